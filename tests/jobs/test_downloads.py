"""Addresses of whole takes: only ours open anything; and files of formats that are made on demand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotFound
from bot.jobs import hooks
from bot.jobs.downloads import Ticket, WholeFiles, path, ticket_of
from bot.store.blobs import FolderBlobs
from tests.jobs.world import Accidents, FinisherDouble
from tests.ui.records import a_take

SECRET = hooks.new_secret()
TICKET = Ticket("zyxwvutsrqponmlkjihgfe", "ogg", datetime(2030, 1, 1, tzinfo=UTC))
TOKEN = path(SECRET, TICKET).removeprefix("/takes/")


def test_an_address_opens_what_it_was_made_for_and_only_here() -> None:
    """Take, format and expiry come back; another secret opens nothing, the path is safe in a URL."""
    assert ticket_of(SECRET, TOKEN) == TICKET
    assert ticket_of(hooks.new_secret(), TOKEN) is None
    assert all(c.isascii() and (c.isalnum() or c in "._-") for c in TOKEN)


@given(
    token=st.one_of(
        st.text(max_size=120),
        st.tuples(st.integers(0, len(TOKEN) - 1), st.characters(codec=None, exclude_categories=[])).map(
            lambda change: TOKEN[: change[0]] + change[1] + TOKEN[change[0] + 1 :]
        ),
    )
)
def test_a_changed_address_opens_nothing(token: str) -> None:
    """One character is enough, whichever it is, and nothing of it raises."""
    assert token == TOKEN or ticket_of(SECRET, token) is None


async def test_formats_that_are_not_kept_are_made_once(tmp_path: Path) -> None:
    """MP3 and FLAC are the kept files; others are made from it, once for all who ask at once."""
    blobs = FolderBlobs(tmp_path / "blobs")
    take = a_take()
    take = replace(take, audio=f"{take.id}/audio.flac", upload=f"{take.id}/upload.mp3")
    (tmp_path / "sound").write_bytes(b"sound")
    for key in (take.lossless, take.posted):
        await blobs.put(tmp_path / "sound", key=key)
    files = WholeFiles(blobs, FinisherDouble(Accidents()), tmp_path / "whole")
    assert await files.file(take, "mp3") == await blobs.path(take.posted)
    assert await files.file(take, "flac") == await blobs.path(take.lossless)
    made = await asyncio.gather(*(files.file(take, "ogg") for _ in range(3)))
    assert [file.name for file in made] == [f"{take.id}.ogg"] * 3
    before = made[0].stat().st_mtime_ns
    assert (await files.file(take, "ogg")).stat().st_mtime_ns == before
    for number in range(25):
        other = replace(take, id=f"othertake{number:02d}")
        await files.file(other, "wav")
    assert len(list((tmp_path / "whole").iterdir())) == 20
    await blobs.delete_take(take.id)
    with pytest.raises(NotFound):
        await files.file(take, "flac")
