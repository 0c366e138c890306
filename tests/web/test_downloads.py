"""Whole takes over a real socket: in one piece, in parts, and what is said where there is nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest

from bot.errors import NotFound, StoreFailed
from bot.jobs import hooks
from bot.jobs.downloads import Ticket, path, ticket_of
from bot.jobs.recipes import Riff
from bot.jobs.records import Take
from bot.settings import load
from bot.web.app import build_app, serving
from bot.web.downloads import DownloadDoor, disposition
from bot.web.reach import for_people
from tests.ui.records import a_take

SECRET = hooks.new_secret()
SOUND = bytes(range(256)) * 40
TICKET = Ticket("zyxwvutsrqponmlkjihgfe", "mp3", datetime.now(UTC) + timedelta(days=1))


@dataclass
class Shelf:
    """The jobs room, with one take in it."""

    file: Path
    trouble: Exception | None = None
    take: Take = field(default_factory=lambda: a_take(recipe=Riff(prompt='爵士 "lo-fi"\r\nX: 1 / été')))

    def ticket(self, token: str) -> Ticket | None:
        """As the real room: by this instance's secret."""
        return ticket_of(SECRET, token)

    async def download(self, ticket: Ticket) -> tuple[Take, Path]:
        """The one take, unless there is trouble."""
        if self.trouble is not None:
            raise self.trouble
        return self.take, self.file


@dataclass
class Room:
    """A listening web room."""

    url: str
    shelf: Shelf

    async def get(
        self, method: str = "GET", where: str = path(SECRET, TICKET), **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url + where, headers=sent) as answer,
        ):
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, await answer.read()


async def _healthy() -> dict[str, object]:
    return {"ok": True}


@pytest.fixture
async def room(tmp_path: Path) -> AsyncGenerator[Room]:
    """The door with a file behind it."""
    file = tmp_path / "upload.mp3"
    file.write_bytes(SOUND)
    shelf = Shelf(file)
    app = build_app(DownloadDoor(shelf), _healthy)
    async with serving(app, bind="127.0.0.1", port=0) as url:
        yield Room(url, shelf)


async def test_a_take_is_handed_out_whole_with_a_name_and_no_leaks(room: Room) -> None:
    """Type, length, a name in any script that cannot break out of its header, and no referrer or index."""
    status, headers, body = await room.get()
    assert (status, body) == (200, SOUND)
    assert headers["content-type"] == "audio/mpeg"
    assert headers["accept-ranges"] == "bytes"
    ascii_name, full_name = headers["content-disposition"].split("; ")[1:]
    assert ascii_name == 'filename="lo-fi-X-1-t.mp3"'
    assert unquote(full_name.removeprefix("filename*=UTF-8''")) == "爵士-lo-fi-X-1-été.mp3"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert disposition("爵士", "ogg").startswith('inline; filename="riff.ogg"; ')
    told, headers, body = await room.get("HEAD")
    assert (told, body, headers["content-length"]) == (200, b"", str(len(SOUND)))


async def test_parts_are_handed_out_as_players_ask_for_them(room: Room) -> None:
    """The middle, the end, the last bytes; what lies beyond is a 416 that tells the length (RFC 9110, 14)."""
    for asked, part in (
        ("bytes=100-199", SOUND[100:200]),
        ("bytes=10000-", SOUND[10_000:]),
        ("bytes=-7", SOUND[-7:]),
    ):
        status, headers, body = await room.get(Range=asked)
        assert (status, body) == (206, part)
        assert headers["content-range"].endswith(f"/{len(SOUND)}")
    status, headers, _ = await room.get(Range=f"bytes={len(SOUND)}-")
    assert (status, headers["content-range"]) == (416, f"bytes */{len(SOUND)}")


async def test_a_part_of_another_file_is_never_mixed_in(room: Room) -> None:
    """If-Range: the same tag or date goes on, another one begins anew; a known file is not sent again."""
    _, headers, _ = await room.get()
    tag, date = headers["etag"], headers["last-modified"]
    for same in (tag, date):
        assert (await room.get(Range="bytes=5-9", If_Range=same))[0] == 206
    for other in ('"another"', f"W/{tag}", "Mon, 01 Jan 2001 00:00:00 GMT"):
        status, _, body = await room.get(Range="bytes=5-9", If_Range=other)
        assert (status, body) == (200, SOUND)
    assert (await room.get(If_None_Match=tag))[0] == 304


async def test_what_is_not_there_says_so_to_people(room: Room) -> None:
    """404 for an address that nobody made, 410 for what is over, 503 where the store does not answer."""
    status, headers, body = await room.get(where=path(hooks.new_secret(), TICKET))
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no music at this address" in body.decode()
    room.shelf.trouble = NotFound("take")
    status, headers, body = await room.get(Accept_Language='de"><script>,en')
    assert status == 410
    assert '<html lang="en">' in body.decode()
    assert "This music is not here any more" in body.decode()
    room.shelf.trouble = StoreFailed("down")
    assert (await room.get())[0] == 503


def test_links_are_told_only_where_people_reach_them() -> None:
    """PUBLIC_URL, or the room on this machine; a real Discord's members cannot reach a loopback address."""
    here = "http://127.0.0.1:8080"
    public = load(None, public_url="https://riffs.example/", discord_token="t")
    room = load(None, discord_api_url="http://127.0.0.1:1/api")
    assert for_people(public, here) == "https://riffs.example"
    assert for_people(room, here) == here
    assert for_people(load(None, discord_token="t"), here) is None
