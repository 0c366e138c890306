"""Event streams, read as the standard says, from hosts that break off, repeat themselves or never end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncGenerator

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.event_parser import MOST_EVENT_CHARACTERS, EndlessEvent, Event, EventParser
from bot.providers.events import StreamLimits, Streams
from tests.providers.support import TOKEN, Behaviour, Pauses, hang, raw, scripted

KIND = {"Content_Type": "text/event-stream"}


def _parsed(stream: bytes, piece: int) -> list[Event]:
    parser = EventParser()
    return [event for at in range(0, len(stream), piece) for event in parser.feed(stream[at : at + piece])]


HARD: list[tuple[bytes, list[tuple[str, str, str]]]] = [
    (b"data: a\n\n", [("message", "a", "")]),
    (b"event: output\nid: 1:0\ndata: a\ndata: b\n\n", [("output", "a\nb", "1:0")]),
    (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [("message", each, "") for each in "abc"]),
    ("\ufeffdata: é🎹\n\n".encode(), [("message", "é🎹", "")]),
    (b"data:  two spaces \n\n", [("message", " two spaces ", "")]),
    (b"data\ndata\n\n", [("message", "\n", "")]),
    (b": heartbeat\n\nid: 5\n\ndata: x\n\n", [("message", "x", "5")]),
    (b"event: a\n\ndata: x\n\n", [("message", "x", "")]),
    (
        b"id: 1\ndata: x\n\ndata: y\n\nid\ndata: z\n\n",
        [("message", "x", "1"), ("message", "y", "1"), ("message", "z", "")],
    ),
    (b"id: a\0b\ndata: x\n\n", [("message", "x", "")]),
    (b"retry: 1x\nwhat: 1\ndata: x\n\n", [("message", "x", "")]),
    ("data: a\u2028b\x0bc\n\n".encode(), [("message", "a\u2028b\x0bc", "")]),
    (b"data: cut o", []),
    (b"data: \xff\xfe\n\n", [("message", "\ufffd\ufffd", "")]),
]


@pytest.mark.parametrize("piece", [1, 2, 3, 1_000])
@pytest.mark.parametrize("case", range(len(HARD)))
def test_hard_streams_are_read_by_the_standard(case: int, piece: int) -> None:
    """However the bytes are cut."""
    stream, told = HARD[case]
    assert [(event.name, event.data, event.id) for event in _parsed(stream, piece)] == told


NAMES = st.sampled_from([b"data: ", b"event: ", b"id:", b"retry: ", b":", b""])
LINES = st.lists(st.tuples(NAMES, st.binary(max_size=12)).map(b"".join), max_size=12)


@given(LINES, st.sampled_from([b"\n", b"\r", b"\r\n"]), st.integers(1, 9))
def test_nothing_raises_and_cuts_change_nothing(lines: list[bytes], end: bytes, piece: int) -> None:
    """Any bytes are events or none, the same ones in whatever pieces they come."""
    stream = end.join(lines) + end
    assert _parsed(stream, piece) == _parsed(stream, len(stream))


@pytest.mark.parametrize("line", [b"data: x", b"data: x\n"])
def test_an_event_without_end_is_given_up(line: bytes) -> None:
    """In one line or in many: memory is bounded."""
    parser = EventParser()
    with pytest.raises(EndlessEvent):
        list(map(parser.feed, itertools.repeat(line * 10_000, 1_000)))


def test_a_long_line_costs_what_it_is_long() -> None:
    """A megabyte in pieces of a few bytes: nothing that came is gone through again."""
    parser = EventParser()
    began_s = time.process_time()
    for _ in range(2**17 - 2):
        parser.feed(b"data: x:")
    (event,) = parser.feed(b"\n\n")
    assert time.process_time() - began_s < 4
    assert len(event.data) == 2**20 - 22


@contextlib.asynccontextmanager
async def streams(base_url: str, *, local: bool = True) -> AsyncGenerator[Streams]:
    """Streams of the host at an address."""
    made = Streams(
        host="h",
        base_url=base_url,
        token=TOKEN,
        local=local,
        limits=StreamLimits(silence_s=0.3),
        pause=Pauses(),
    )
    try:
        yield made
    finally:
        await made.close()


async def _all(made: Streams, address: str) -> list[str]:
    return [f"{event.name} {event.data}" async for event in made.events(address)]


DONE = b"event: done\nid: 9:9\ndata: {}\n\n"
LOGS = b"event: logs\nid: 1:%d\ndata: 50%%|\n\n"


async def test_a_stream_is_taken_up_where_it_broke_off() -> None:
    """Last-Event-ID goes along; the end ends it."""
    first, second = raw(200, LOGS % 1, **KIND), raw(200, LOGS % 2 + DONE + LOGS % 3, **KIND)
    async with scripted(first, raw(503, b""), second) as host, streams(host.url) as made:
        assert await _all(made, f"{host.url}/s") == ["logs 50%|", "logs 50%|", "done {}"]
    assert [call.headers.get("Last-Event-ID") for call in host.calls] == [None, "1:1", "1:1"]


async def test_the_key_goes_to_its_own_origin_alone() -> None:
    """The same machine at another port is another origin."""
    async with scripted(raw(200, DONE, **KIND)) as host, streams(f"{host.url}/v1") as made:
        await _all(made, f"{host.url}/s")
        async with scripted(raw(200, DONE, **KIND)) as other:
            assert await _all(made, f"{other.url}/s") == ["done {}"]
    assert host.calls[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Authorization" not in other.calls[0].headers


async def silent(request: web.Request) -> web.StreamResponse:
    """Begin a stream and say nothing."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await asyncio.Event().wait()
    return response


@pytest.mark.parametrize(
    "act",
    [
        raw(404, b""),
        raw(200, DONE),
        raw(302, b"", Location="https://example.org/"),
        raw(200, b"data: " + b"x" * (MOST_EVENT_CHARACTERS + 10), **KIND),
        raw(200, LOGS % 1, **KIND),  # again and again from the start
        raw(200, b": nothing\n\n", **KIND),
        hang,
        silent,
    ],
)
async def test_a_stream_that_leads_nowhere_is_given_up(act: Behaviour) -> None:
    """After a few tries, and without an error: it was a convenience."""
    async with scripted(act) as host, streams(host.url) as made:
        assert len(await _all(made, f"{host.url}/s")) <= 8
    assert 1 <= len(host.calls) <= 2 * 5


@pytest.mark.parametrize(
    "address", ["", "nothing", "ftp://x/", "http://[", "http://api.example/s", "javascript:1"]
)
async def test_other_addresses_are_not_followed(address: str) -> None:
    """A host out there names https, or its own origin."""
    async with streams("https://api.example/v1", local=False) as made:
        assert await _all(made, address) == []


async def test_private_addresses_are_for_local_hosts() -> None:
    """By whatever name."""
    async with scripted(raw(200, DONE, **KIND)) as host, streams("https://api.example", local=False) as made:
        port = host.url.rpartition(":")[2]
        assert await _all(made, f"https://127.0.0.1:{port}/s") == []
        assert await _all(made, f"https://localhost:{port}/s") == []
    assert host.calls == []
