"""Server-sent events of a prediction, read as the official clients read them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from replicate.client import Client
from replicate.stream import ServerSentEvent

from bot.web.api.app import Bounds
from tests.web.api.support import VERSION, Server, TinyEngine, server

Event = dict[str, str]


def read(text: str) -> list[Event]:
    """Events as the WHATWG's rules have them; comments are left out."""
    events: list[Event] = []
    for block in text.split("\n\n"):
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            name, colon, value = line.partition(": ")
            if colon and name:
                fields.setdefault(name, []).append(value)
        if fields:
            events.append({name: "\n".join(values) for name, values in fields.items()})
    return events


async def listen(engine: Server, told: dict[str, Any], last_id: str | None = None) -> list[Event]:
    """All events until the stream ends; no token is sent."""
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    async with (
        aiohttp.ClientSession() as session,
        session.get(told["urls"]["stream"], headers=headers) as response,
    ):
        assert (response.status, response.content_type) == (200, "text/event-stream")
        return read(await response.text())


async def test_a_stream_tells_logs_files_and_the_end(tmp_path: Path) -> None:
    """Followed from the start: the logs add up, each file has an event, each event an id, done is last."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny, tokens=["t"], token="t") as engine:
        made = await engine.create()
        following = asyncio.create_task(listen(engine, made))
        await engine.until(made["id"], lambda told: "50%" in told["logs"])
        tiny.free.set()
        heard = await following
        told = await engine.ended(made["id"])
    assert "".join(event["data"] for event in heard if event["event"] == "logs") == told["logs"]
    outputs = [event["data"] for event in heard if event["event"] == "output"]
    assert outputs == [told["output"]["audio"], told["output"]["spectrogram"]]
    assert (heard[-1]["event"], heard[-1]["data"]) == ("done", "{}")
    ids = [event["id"] for event in heard]
    assert len(set(ids)) == len(ids)
    assert {event["event"] for event in heard} <= {"output", "logs", "error", "done"}


async def test_a_late_reader_hears_everything(tmp_path: Path) -> None:
    """After the end the same is told as along the way, and any place can be gone on from."""
    async with server(tmp_path) as engine:
        made = await engine.create()
        told = await engine.ended(made["id"])
        heard = await listen(engine, made)
        assert heard[0]["data"] == told["logs"]
        for number, event in enumerate(heard[:-1]):
            assert await listen(engine, made, event["id"]) == heard[number + 1 :]
        assert await listen(engine, made, "what is this") == heard


async def test_a_reader_goes_on_in_the_middle_of_the_logs(tmp_path: Path) -> None:
    """``Last-Event-ID`` within the logs brings the rest of them, and no character twice."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        made = await engine.create()
        before = await engine.until(made["id"], lambda told: "50%" in told["logs"])
        async with engine.session.get(made["urls"]["stream"]) as response:
            first = b""
            while b"50%" not in first:
                first += await response.content.readany()
        tiny.free.set()
        told = await engine.ended(made["id"])
        logs = [event for event in read(first.decode()) if event["event"] == "logs"]
        rest = await listen(engine, made, logs[-1]["id"])
    assert "".join(event["data"] for event in logs) == before["logs"]
    assert before["logs"] + rest[0]["data"] == told["logs"]


async def test_a_failure_and_a_cancel_have_their_own_ends(tmp_path: Path) -> None:
    """``error`` carries the sentence; ``done`` the reason."""
    tiny = TinyEngine()
    tiny.fail = ValueError("No such\u2028sound.")
    async with server(tmp_path, engine=tiny) as engine:
        failed = await engine.create()
        await engine.ended(failed["id"])
        heard = await listen(engine, failed)
        assert [(event["event"], event["data"]) for event in heard[-2:]] == [
            ("error", "No such sound."),
            ("done", '{"reason":"error"}'),
        ]
        tiny.free.clear()
        cancelled = await engine.create()
        await engine.call("POST", f"/v1/predictions/{cancelled['id']}/cancel")
        heard = await listen(engine, cancelled)
        assert (heard[-1]["event"], heard[-1]["data"]) == ("done", '{"reason":"canceled"}')
        tiny.free.set()


async def test_silence_is_filled_with_comments(tmp_path: Path) -> None:
    """While nothing happens a comment keeps the connection; it is no event."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny, bounds=Bounds(heartbeat_s=0.01)) as engine:
        made = await engine.create()
        async with engine.session.get(made["urls"]["stream"]) as response:
            text = b""
            while text.count(b": still there\n\n") < 3:
                text += await response.content.readany()
        tiny.free.set()


async def test_a_stream_needs_its_key_and_has_room_for_so_many(tmp_path: Path) -> None:
    """404 for any other key; beyond the bound 429 with a time to come back."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny, tokens=["t"], token="t") as engine:
        made = await engine.create()
        other = await engine.create()
        key = other["urls"]["stream"].rpartition("/")[2]
        assert (await engine.call("GET", f"/v1/files/{made['id']}/stream/{key}"))[0] == 404
        assert (await engine.call("GET", f"/v1/files/{made['id']}/stream/é"))[0] == 404
        open_ones = [await engine.session.get(made["urls"]["stream"]) for _ in range(50)]
        async with engine.session.get(made["urls"]["stream"]) as response:
            assert (response.status, response.headers["Retry-After"]) == (429, "5")
        for response in open_ones:
            response.close()
        tiny.free.set()


async def test_a_stopping_server_ends_its_streams(tmp_path: Path) -> None:
    """Readers are let go without ``done``, so that they come back."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        made = await engine.create()
        async with engine.session.get(made["urls"]["stream"]) as response:
            await engine.stop()
            text = await response.text()
        assert "event: done" not in text
        tiny.free.set()


@pytest.mark.parametrize("model", [f"riffusion/riffusion:{VERSION}", "riffcord/engine"])
async def test_the_official_client_streams(tmp_path: Path, model: str) -> None:
    """``stream()`` yields events up to done."""
    async with server(tmp_path, tokens=["t"]) as engine:

        def run() -> list[str]:
            # The client never closes its connections; with a transport of ours we can.
            with httpx.HTTPTransport() as transport:
                client = Client(api_token="t", base_url=engine.url, transport=transport)
                kinds: list[str] = []
                for event in client.stream(model, input={"prompt_a": "lofi"}):
                    assert isinstance(event, ServerSentEvent)
                    kinds.append(event.event.value)
                return kinds

        kinds = await asyncio.to_thread(run)
    assert kinds[-1] == "done"
    assert kinds.count("output") == 2
