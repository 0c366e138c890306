"""The stand-in itself: a socket, the dialects' routes, a script by point, and books."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.peers.standin.behaviours import BEHAVIOURS
from tests.peers.standin.container import Container
from tests.peers.standin.files import content_of
from tests.peers.standin.good import Call, Good, refused
from tests.peers.standin.predictions import Predictions
from tests.peers.standin.songs import Songs

Dialect = Literal["predictions", "aggregator", "songs", "cog"]
Point = Literal[
    "create",
    "get",
    "list",
    "cancel",
    "account",
    "secret",
    "stream",
    "file",
    "generate",
    "topic",
    "feed",
    "upload",
    "health",
    "schema",
]
"""The calls that can be made to play something."""

TOKEN = "r8_verysecrettoken"
_PREFIX: Mapping[str, str] = {
    "predictions": "/v1",
    "aggregator": "/replicate/v1",
    "songs": "/riffusion",
    "cog": "",
}
_OPEN = frozenset({"file", "stream"})
"""Points that ask for no key: their addresses are unguessable."""


@dataclass
class StandIn:
    """One host. Well-behaved until :meth:`play` or :meth:`always` says otherwise."""

    dialect: Dialect
    url: str
    calls: list[Call] = field(default_factory=list[Call])
    """Every call that arrived, in order, refused ones included."""
    charges: list[str] = field(default_factory=list[str])
    """One entry an accepted order: what the account holder pays."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """Behaviours that are slow go on once it is set."""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a slow behaviour stands at the gate."""
    predictions: Predictions = field(init=False, repr=False)
    accounts: dict[str, Predictions] = field(default_factory=dict[str, Predictions], repr=False)
    """Those of other keys, each with a list of its own."""
    songs: Songs = field(init=False, repr=False)
    container: Container = field(init=False, repr=False)
    _next: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list), repr=False)
    _always: dict[str, str] = field(default_factory=dict[str, str], repr=False)

    def __post_init__(self) -> None:
        self.predictions = Predictions(self.url, self.dialect == "aggregator", self.charges)
        self.songs = Songs(self.url, self.charges)
        self.container = Container(self.charges)

    @property
    def base_url(self) -> str:
        """As a person configures it: aggregators and songs by their root, Replicate with its ``/v1``."""
        return f"{self.url}/v1" if self.dialect == "predictions" else self.url

    def account(self, key: str) -> Predictions:
        """The account of another key; from now on that key is taken."""
        if key not in self.accounts:
            self.accounts[key] = Predictions(self.url, self.dialect == "aggregator", [])
        return self.accounts[key]

    def play(self, point: Point, *names: str) -> None:
        """The next calls at ``point`` meet these behaviours, one a call; afterwards all is well again."""
        self._next[point] += [_known(name) for name in names]

    def always(self, point: Point, name: str) -> None:
        """Every call at ``point`` meets this behaviour, once what was planned has been played."""
        self._always[point] = _known(name)

    def at(self, point: Point) -> list[Call]:
        """The calls that arrived at one point."""
        return [call for call in self.calls if call.point == point]

    async def handle(self, request: web.Request, point: Point) -> web.StreamResponse:
        """Note the call, and play what is planned for it."""
        raw = await request.read()
        call = Call(
            point=point,
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=dict(request.headers),
            content=raw,
            rest=request.match_info.get("rest", ""),
        )
        self.calls.append(call)
        name = self._next[point].pop(0) if self._next[point] else self._always.get(point, "well")
        return await BEHAVIOURS[name](Scene(self, request, call))

    def good(self, call: Call) -> Good:
        """What a host that works answers, with all that follows from it."""
        if self.dialect == "cog":
            return self.container.answer(call)
        key = call.headers.get("Authorization", "").removeprefix("Bearer ")
        if call.point not in _OPEN and key != TOKEN and key not in self.accounts:
            return refused("401 gateway" if self.dialect == "songs" else "401")
        if call.point == "file":
            content, kind = content_of(call.rest)
            return Good(200, content, kind)
        if self.dialect == "songs":
            return self.songs.answer(call)
        return self.accounts.get(key, self.predictions).answer(call)


@dataclass
class Scene:
    """One call at a stand-in: what a behaviour has to work with."""

    host: StandIn
    request: web.Request
    call: Call

    def good(self) -> Good:
        """Do what was asked and tell what would be answered. Orders are accepted, and charged, here."""
        return self.host.good(self.call)

    async def wait(self) -> None:
        """Stand at the gate until the test opens it."""
        self.host.reached.set()
        await self.host.gate.wait()

    async def stream(self) -> web.StreamResponse:
        """The events of a run, as they come."""
        return await self.host.predictions.stream(self.request, self.call.rest)


def _known(name: str) -> str:
    if name not in BEHAVIOURS:
        raise KeyError(f"no behaviour is called {name!r}: {sorted(BEHAVIOURS)}")
    return name


def _routes(host: StandIn, app: web.Application) -> None:
    prefix = _PREFIX[host.dialect]

    def add(method: str, path: str, point: Point, *, root: str = prefix) -> None:
        async def handler(request: web.Request) -> web.StreamResponse:
            return await host.handle(request, point)

        app.router.add_route(method, root + path, handler)

    add("GET", "/files/{id}/{rest}", "file", root="")
    if host.dialect == "songs":
        add("POST", "/generate", "generate")
        add("POST", "/generate/topic", "topic")
        add("GET", "/feed/{rest}", "feed")
        add("POST", "/upload", "upload")
        return
    if host.dialect == "cog":
        add("PUT", "/predictions/{rest}", "create")
        add("POST", "/predictions/{rest}/cancel", "cancel")
        add("GET", "/health-check", "health")
        add("GET", "/openapi.json", "schema")
        return
    add("POST", "/predictions", "create")
    add("POST", "/models/{owner}/{name}/predictions", "create")
    add("GET", "/predictions/{rest}", "get")
    if host.dialect == "predictions":  # of aggregators none of these is documented
        add("GET", "/predictions", "list")
        add("POST", "/predictions/{rest}/cancel", "cancel")
        add("GET", "/account", "account")
        add("GET", "/webhooks/default/secret", "secret")
        add("GET", "/stream/{rest}", "stream", root="")


@contextlib.asynccontextmanager
async def standin(dialect: Dialect = "predictions") -> AsyncGenerator[StandIn]:
    """A host of this dialect on a port of its own, closed at the end of the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    host = StandIn(dialect, f"http://127.0.0.1:{listener.getsockname()[1]}")
    app = web.Application(client_max_size=64 * 2**20)
    _routes(host, app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield host
    finally:
        host.gate.set()
        await runner.cleanup()


def body_of(call: Call) -> Any:
    """The JSON that came with a call."""
    return json.loads(call.content)
