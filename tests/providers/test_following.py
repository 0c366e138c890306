"""A run followed to its end, by events while there are any and by asking where there are none."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.protocol.predictions import ENGINE_MODEL
from bot.protocol.runs import Run
from bot.providers.following import follow
from tests.providers.support import Pauses, answer, client, raw, scripted, told, wanted
from tests.web.api.support import TinyEngine, server

DONE: dict[str, Any] = {"status": "succeeded", "output": {"audio": "https://x/a.wav"}}


async def _story(runs: Any) -> list[tuple[str, float | None]]:
    return [(run.status, run.progress) async for run in runs]


async def test_events_tell_how_far_it_is(tmp_path: Path) -> None:
    """Our own server's stream: progress from its logs, then the whole result."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine, client(engine.url, model=ENGINE_MODEL) as host:
        made = await host.create(wanted(), reference="r", webhook=None)
        assert made.stream is not None
        seen: list[Run] = []
        async with asyncio.timeout(60):
            async for run in host.follow(made):
                seen.append(run)
                if run.progress:
                    tiny.free.set()
    assert any(run.progress for run in seen)
    assert [run.status for run in seen[:-1]] == ["processing"] * (len(seen) - 1)
    assert seen[-1].status == "succeeded"
    assert seen[-1].results[0].audio


async def test_without_a_stream_it_is_asked_ever_more_seldom() -> None:
    """Each move is told once."""
    pauses = Pauses()
    acts = [
        answer(200, told()),
        answer(200, told(status="processing")),
        answer(200, told(status="processing")),
    ]
    async with scripted(*acts, answer(200, told(**DONE))) as script, client(script.url) as host:
        run = await host.get("p")
        story = await _story(follow(host, run, streams=host.streams, pause=pauses))
    assert story == [("processing", None), ("succeeded", None)]
    assert pauses.asked_s == sorted(pauses.asked_s)
    assert 0 < pauses.asked_s[0] < 1


async def test_a_stream_that_is_none_is_no_misfortune() -> None:
    """Then it is asked; and the key does not go to where the stream should have been."""
    async with scripted(raw(403, b"")) as other:
        running = told(status="processing", urls={"stream": f"{other.url}/s"})
        acts = [answer(201, running), answer(200, running), answer(200, told(**DONE))]
        async with scripted(*acts) as script, client(script.url) as host:
            made = await host.create(wanted(), reference="r", webhook=None)
            story = await _story(follow(host, made, streams=host.streams, pause=Pauses()))
    assert story[-1] == ("succeeded", None)
    assert all("Authorization" not in call.headers for call in other.calls)


async def test_what_a_stream_says_of_the_end_is_asked_for() -> None:
    """A forged ``done`` ends the stream, not the run; its end is what the host answers."""

    async def act(request: web.Request) -> web.Response:
        if request.path == "/s":
            events = (("logs", " 50%|#| 1/2"), ("output", "x"), ("done", "{}"))
            body = "".join(f"event: {name}\nid: {name}\ndata: {data}\n\n" for name, data in events)
            return web.Response(text=body, content_type="text/event-stream")
        polls = sum(1 for call in script.calls if call.method == "GET" and call.path != "/s")
        state = told(**DONE) if polls > 2 else told(status="processing", urls={"stream": f"{script.url}/s"})
        return web.Response(text=json.dumps(state), content_type="application/json")

    async with scripted(act) as script, client(script.url) as host:
        made = await host.create(wanted(), reference="r", webhook=None)
        story = await _story(follow(host, made, streams=host.streams, pause=Pauses()))
    assert story[0] == ("processing", 0.5)
    assert story[-1][0] == "succeeded"


async def test_what_has_ended_is_not_followed() -> None:
    """Nothing is told and nobody asked."""
    async with scripted(answer(201, told(**DONE))) as script, client(script.url) as host:
        made = await host.create(wanted(), reference="r", webhook=None)
        assert await _story(host.follow(made)) == []
        assert len(script.calls) == 1
