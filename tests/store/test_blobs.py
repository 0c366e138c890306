"""The folder of sounds."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest

from bot.errors import NoSpace, NotFound
from bot.store.blobs import FolderBlobs

TAKE = "abcdefgh12345678"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file to keep."""
    path = tmp_path / "source.mp3"
    path.write_bytes(b"sound")
    return path


async def test_what_is_kept_is_found_again(tmp_path: Path, source: Path) -> None:
    """Kept in two levels of folders; kept again, it is overwritten; forgotten, it is gone."""
    blobs = FolderBlobs(tmp_path / "blobs")
    key = f"{TAKE}/upload.mp3"
    await blobs.put(source, key=key)
    await asyncio.to_thread(source.write_bytes, b"louder")
    await blobs.put(source, key=key)
    path = await blobs.path(key)
    assert path.read_bytes() == b"louder"
    assert path.relative_to(tmp_path / "blobs").parts == ("ab", "cd", TAKE, "upload.mp3")
    await blobs.delete(key)
    await blobs.delete(key)
    with pytest.raises(NotFound):
        await blobs.path(key)


async def test_a_take_is_forgotten_whole(tmp_path: Path, source: Path) -> None:
    """All files of one take, and none of another; an unknown take is no error."""
    blobs = FolderBlobs(tmp_path / "blobs")
    for key in (f"{TAKE}/a.mp3", f"{TAKE}/b.png", "abcdother123/a.mp3"):
        await blobs.put(source, key=key)
    await blobs.delete_take(TAKE)
    await blobs.delete_take("nothing12")
    assert [path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == ["a.mp3"]
    assert await blobs.path("abcdother123/a.mp3")


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", f"{TAKE}/../x", f"{TAKE}", "/etc/passwd", f"{TAKE}/a/b", ""]
)
async def test_a_key_cannot_leave_the_folder(tmp_path: Path, key: str) -> None:
    """Only keys of our own form are taken."""
    blobs = FolderBlobs(tmp_path / "blobs")
    with pytest.raises(ValueError, match="not a key"):
        await blobs.path(key)


async def test_a_full_disk_leaves_nothing_half(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full there is a clear error, and no partial file."""

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    blobs = FolderBlobs(tmp_path / "blobs")
    with pytest.raises(NoSpace):
        await blobs.put(source, key=f"{TAKE}/a.mp3")
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []
