"""What all share is not one token's alone, and a document that anybody may ask for costs little."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.web.api import openapi
from bot.web.api.app import Bounds
from bot.web.api.wire import encoded
from tests.web.api.support import BODY, TinyEngine, listening, receiver, server, serving


async def test_one_tokens_readers_leave_room_for_others(tmp_path: Path) -> None:
    """Beyond its share a token's streams are refused, and another's are served."""
    tiny = TinyEngine()
    tiny.free.clear()
    bounds = Bounds(readers_of_owner=2)
    tokens = ["t", "u"]
    async with server(tmp_path, engine=tiny, tokens=tokens, token="t", bounds=bounds) as engine:
        mine = [await engine.create() for _ in range(2)]
        other = {"Authorization": "Bearer u"}
        _, others, _ = await engine.call("POST", "/v1/predictions", json=BODY, headers=other)
        answers: list[aiohttp.ClientResponse] = []
        async with aiohttp.ClientSession() as session:
            for made in (mine[0], mine[0], mine[1], others):
                answers.append(await session.get(str(made["urls"]["stream"])))
            statuses = [response.status for response in answers]
            for response in answers:
                response.close()
        tiny.free.set()
    assert statuses == [200, 200, 429, 200]


async def test_one_tokens_slow_receiver_holds_up_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its webhooks wait for places of its own."""
    monkeypatch.setattr("bot.web.api.notices._MOST_AT_ONCE", 2)
    monkeypatch.setattr("bot.web.api.notices.MOST_OF_OWNER", 1)
    free, stuck = asyncio.Event(), asyncio.Event()

    async def never(_: web.Request) -> web.Response:
        stuck.set()
        await free.wait()
        return web.Response()

    slow = web.Application()
    slow.router.add_post("/", never)
    listener, url = listening()
    events = ["completed"]
    async with (
        serving(slow, listener),
        receiver() as hook,
        server(tmp_path, tokens=["t", "u"], token="t") as engine,
    ):
        for _ in range(3):
            await engine.ended((await engine.create(webhook=url, webhook_events_filter=events))["id"])
        await stuck.wait()
        headers = {"Authorization": "Bearer u"}
        body = {**BODY, "webhook": hook.url, "webhook_events_filter": events}
        _, made, _ = await engine.call("POST", "/v1/predictions", json=body, headers=headers)
        assert (await hook.next()).told["id"] == made["id"]
        free.set()


async def test_a_receiver_that_is_gone_is_told_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """410 ends the tries, which go on after every other refusal."""
    monkeypatch.setattr("bot.web.api.notices._PAUSES_S", (0.0,) * 8)
    async with receiver() as hook, server(tmp_path) as engine:
        hook.answers = [500, 410]
        for tries in (2, 1):
            made = await engine.create(webhook=hook.url, webhook_events_filter=["completed"])
            heard = [(await hook.next()).told["id"] for _ in range(tries)]
            assert heard == [made["id"]] * tries


def test_the_document_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the server is called, only the servers in it differ."""
    wanted = {base: json.loads(encoded(openapi.document(base))) for base in ("http://a", "https://b/c")}
    openapi.document_bytes("http://first")
    monkeypatch.delattr(openapi, "document")
    for base, document in wanted.items():
        assert json.loads(openapi.document_bytes(base)) == document
