"""A host that answers with whatever single bytes a test wants; and what the tests order from it.

What hosts are documented or were seen to do has names, in ``tests.peers.standin``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.jobs.order import Order
from bot.jobs.recipes import Riff
from bot.jobs.wanted import wanted_of
from bot.protocol.engine import EngineInput
from bot.protocol.predictions import ENGINE_MODEL, RIFFUSION_MODEL, RIFFUSION_VERSION
from bot.providers import PredictionsHost
from bot.providers.http import HostHttp, Limits
from bot.providers.rates import Rates

TOKEN = "r8_verysecrettoken"

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Call:
    """One call as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Script:
    """What the host does with the next calls, in order; the last entry stays."""

    url: str
    acts: list[Behaviour] = field(default_factory=list[Behaviour])
    calls: list[Call] = field(default_factory=list[Call])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Note the call and play the next act."""
        raw = await request.read()
        self.calls.append(
            Call(
                request.method,
                request.path,
                dict(request.query),
                dict(request.headers),
                json.loads(raw) if raw and request.content_type == "application/json" else None,
            )
        )
        act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
        return await act(request)


@contextlib.asynccontextmanager
async def scripted(*acts: Behaviour) -> AsyncGenerator[Script]:
    """A host that plays ``acts``."""
    listener = socket.create_server(("127.0.0.1", 0))
    script = Script(f"http://127.0.0.1:{listener.getsockname()[1]}", list(acts))
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", script.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield script
    finally:
        await runner.cleanup()


def answer(status: int, told: object = None, **headers: str) -> Behaviour:
    """Answer with JSON."""
    return raw(status, json.dumps(told).encode(), **{"Content-Type": "application/json", **headers})


def problem(status: int, **told: object) -> Behaviour:
    """Answer with problem+json, as Replicate does."""
    content = {"status": status, **told}
    return raw(status, json.dumps(content).encode(), **{"Content-Type": "application/problem+json"})


def raw(status: int, body: bytes, **headers: str) -> Behaviour:
    """Answer with bytes."""

    async def act(_: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return act


async def drop(request: web.Request) -> web.Response:
    """Take the call, then close the connection without an answer."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def hang(request: web.Request) -> web.Response:
    """Take the call and never answer."""
    await asyncio.Event().wait()
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    """A WAV header and then zeros for ever."""
    response = web.StreamResponse(headers={"Content-Type": "audio/wav"})
    await response.prepare(request)
    await response.write(b"RIFF\0\0\0\0WAVE")
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(bytes(2**16))
    return response


def cut_off(body: bytes) -> Behaviour:
    """Promise more than ``body`` and break off."""

    async def act(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(body) + 1_000)})
        await response.prepare(request)
        await response.write(body)
        assert request.transport is not None
        request.transport.close()
        return response

    return act


def told(**changes: Any) -> dict[str, Any]:
    """A prediction object as Replicate tells it (a sample of its API reference, shortened)."""
    base: dict[str, Any] = {
        "id": "k3v9q0t7ahrme0cx2d81b5s6zw",
        "model": RIFFUSION_MODEL,
        "version": RIFFUSION_VERSION,
        "input": {"prompt_a": "lo-fi rain piano"},
        "logs": "",
        "output": None,
        "data_removed": False,
        "error": None,
        "status": "starting",
        "source": "api",
        "created_at": "2026-02-03T04:05:06.789Z",
        "urls": {"get": "https://api.replicate.com/v1/predictions/k3v9q0t7ahrme0cx2d81b5s6zw"},
    }
    return {**base, **changes}


def an_order(**options: Any) -> Order:
    """An order of one riff."""
    given: dict[str, Any] = {"prompt": "lo-fi rain piano", **options}
    riff = Riff.checked(**given)
    return Order(host="replicate", recipe=riff, guild_id="1", channel_id="2", user_id="3", user_name="Ann")


def wanted(**options: Any) -> EngineInput:
    """What is asked for with that order."""
    asked = wanted_of(an_order(**options))
    assert isinstance(asked, EngineInput)
    return asked


@dataclass
class Pauses:
    """Notes how long it should have paused, and does not; its clock goes on as if it had."""

    asked_s: list[float] = field(default_factory=list[float])
    now_s: float = 1_000.0

    async def __call__(self, seconds: float) -> None:
        """Note one pause."""
        self.asked_s.append(seconds)
        self.now_s += seconds

    def clock(self) -> float:
        """The time."""
        return self.now_s


async def _no_pause(_: float) -> None:
    await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def client(
    url: str,
    *,
    model: str = RIFFUSION_MODEL,
    local: bool = True,
    limits: Limits | None = None,
    pauses: Pauses | None = None,
) -> AsyncGenerator[PredictionsHost]:
    """A client of the host at ``url`` that never really pauses."""
    host = PredictionsHost(
        name="replicate",
        base_url=f"{url}/v1",
        token=TOKEN,
        model=model,
        version=None if model == ENGINE_MODEL else RIFFUSION_VERSION,
        local=local,
    )
    pause = pauses or Pauses()
    host.http = HostHttp(
        host=host.name,
        base_url=host.base_url,
        token=TOKEN,
        limits=limits or Limits(),
        rates=Rates(clock=pause.clock),
        pause=pause,
    )
    host.downloads.pause = host.streams.pause = pause
    host.reads.pause = _no_pause
    try:
        yield host
    finally:
        await host.close()
