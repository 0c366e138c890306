"""The folder of sounds."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest

from bot.errors import NoSpace, NotFound, StartupError, StoreFailed
from bot.jobs.ports import Blobs
from bot.store.blobs import FolderBlobs
from bot.store.db import Database
from bot.store.objects import ObjectStore
from bot.store.places import blobs_of, require_same_place

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


async def _all_of(blobs: Blobs) -> set[str]:
    return {each.key async for shelf in blobs.shelves() for each in shelf}


async def test_machines_share_a_store(tmp_path: Path, source: Path) -> None:
    """What one keeps the other finds, counts and forgets; older music in a folder stays where it is."""
    url = (tmp_path / "store").as_uri()
    key, older = f"{TAKE}/upload.mp3", "olderolder1/upload.mp3"
    await FolderBlobs(tmp_path / "one" / "blobs").put(source, key=older)
    one, two = (blobs_of(tmp_path / name, url) for name in ("one", "two"))
    await one.put(source, key=key)
    assert (await two.path(key)).read_bytes() == b"sound"
    assert (await _all_of(one), await _all_of(two)) == ({key, older}, {key})
    assert (await one.used_bytes(), await two.used_bytes()) == (10, 5)
    assert await one.path(older)
    with pytest.raises(NotFound):
        await two.path(older)
    copy = await two.path(key)
    yesterday = copy.stat().st_mtime - 90_000
    os.utime(copy, (yesterday, yesterday))
    assert await _all_of(two) == {key}
    assert not copy.exists()
    await two.delete_take(TAKE)
    await one.delete(older)
    assert (await _all_of(one), await _all_of(two)) == (set(), set())
    with pytest.raises(NotFound):
        await two.path(key)


async def test_processes_of_a_database_look_in_one_place(
    postgres_database: Database, sqlite_database: Database, tmp_path: Path
) -> None:
    """A process on another machine would lose music that it cannot find: it does not start."""
    one, two = tmp_path / "one", tmp_path / "two"
    await require_same_place(sqlite_database, two, None)
    for _ in range(2):
        await require_same_place(postgres_database, one, None)
    with pytest.raises(StartupError) as refused:
        await require_same_place(postgres_database, two, None)
    assert refused.value.problem == "blobs_elsewhere"
    store, other = (tmp_path / "store").as_uri(), (tmp_path / "other").as_uri()
    for data in (one, two):
        await require_same_place(postgres_database, data, store)
    with pytest.raises(StartupError) as refused:
        await require_same_place(postgres_database, two, other)
    assert refused.value.problem == "blobs_in_other_store"
    (tmp_path / "other" / "database-id").write_text(str(refused.value.facts["mark"]))
    await require_same_place(postgres_database, two, other)
    with pytest.raises(StartupError):
        await require_same_place(postgres_database, one, None)


async def test_a_store_that_is_away_keeps_only_the_first_from_starting(
    postgres_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would ever find the mark that the first could not leave; the others are let in unchecked."""
    url = (tmp_path / "store").as_uri()

    def away(*_: object) -> None:
        raise StoreFailed("away")

    with monkeypatch.context() as broken:
        broken.setattr(ObjectStore, "put", away)
        with pytest.raises(StartupError) as refused:
            await require_same_place(postgres_database, tmp_path, url)
    assert refused.value.problem == "blobs_unreachable"
    await require_same_place(postgres_database, tmp_path, url)
    monkeypatch.setattr(ObjectStore, "get", away)
    await require_same_place(postgres_database, tmp_path, url)
