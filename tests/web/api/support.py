"""A real server on a real socket with a tiny engine in a thread, and a receiver of webhooks."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import socket
import threading
import wave
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.protocol.predictions import RIFFUSION_VERSION
from bot.web.api.app import STOP, Bounds, open_app
from bot.web.api.book import Now, utc_now
from bot.web.api.pool import RenderPool
from bot.web.api.progress import Reporter
from bot.web.api.render import Rendered, RenderJob
from bot.web.malformed import HTTP_LOG

VERSION = RIFFUSION_VERSION
AUDIO_NAME, PICTURE_NAME = "riff.wav", "spectrogram.jpg"
BODY: dict[str, Any] = {"version": VERSION, "input": {}}
"""The shortest create call."""
MOST_HOOK_BYTES = 48 * 2**20
"""Of a webhook that brings files along."""


class TinyEngine:
    """Renders a tenth of a second of sine; while ``hold`` is set it stays at the middle step."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()
        self.jobs: list[RenderJob] = []
        self.fail: Exception | None = None

    def __call__(self, job: RenderJob) -> Rendered:
        """Do the work, reporting each step."""
        self.jobs.append(job)
        reporter = Reporter(job.folder)
        total = job.wanted.steps
        reporter.step(total // 2, total)
        while not self.free.wait(0.04):
            reporter.step(total // 2, total)
        if self.fail is not None:
            raise self.fail
        write_sine(job.folder / AUDIO_NAME)
        (job.folder / PICTURE_NAME).write_bytes(b"\xff\xd8\xff\xd9")
        facts = {"bpm": 120.0, "key": "A minor", "seed": job.wanted.specs[0]["seed"], "duration_s": 0.1}
        files = {"audio": AUDIO_NAME, "spectrogram": PICTURE_NAME}
        return Rendered(output={**files, **facts}, predict_time_s=0.01)


def write_sine(path: Path) -> None:
    """0.1 s of 440 Hz, mono, 16 bit, 44.1 kHz."""
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(44_100)
        wav.writeframes(_sine())


@functools.cache
def _sine() -> bytes:
    samples = (round(20_000 * math.sin(math.tau * 440 * n / 44_100)) for n in range(4_410))
    return b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)


def growing_pauses_s() -> Iterator[float]:
    """How long to rest between looks: what is quick is seen at once, what takes long is not held up by it."""
    pause_s = 0.01
    while True:
        yield pause_s
        pause_s = min(pause_s * 1.25, 0.08)


@dataclass(kw_only=True)
class Server:
    """A running server and a session to it."""

    url: str
    engine: TinyEngine
    session: aiohttp.ClientSession
    app: web.Application | None = None

    async def stop(self) -> None:
        """Have the server stop, without time for what runs; it still answers."""
        assert self.app is not None
        await self.app[STOP](0.0)

    async def call(
        self, method: str, path: str, *, json: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, aiohttp.ClientResponse]:
        """Status, decoded body and the response itself."""
        async with self.session.request(method, self.url + path, json=json, headers=headers) as response:
            return response.status, await response.json(content_type=None), response

    async def create(self, path: str = "/v1/predictions", **body: Any) -> dict[str, Any]:
        """Create a riffusion prediction; it must be accepted."""
        filled = {"version": VERSION, "input": {"prompt_a": "lofi"}, **body}
        status, told, _ = await self.call("POST", path, json=filled)
        assert status == 201, told
        return told

    async def until(self, prediction_id: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Poll the prediction, as clients do, until ``wanted``."""
        pauses_s = growing_pauses_s()
        async with asyncio.timeout(60):
            while True:
                _, told, _ = await self.call("GET", f"/v1/predictions/{prediction_id}")
                if wanted(told):
                    return told
                await asyncio.sleep(next(pauses_s))

    async def rest(self, seconds: float = 0.01) -> None:
        """A moment, before a client looks again."""
        await asyncio.sleep(seconds)

    async def ended(self, prediction_id: str) -> dict[str, Any]:
        """The prediction when it has ended."""
        return await self.until(prediction_id, lambda told: told["status"] not in ("starting", "processing"))


def listening() -> tuple[socket.socket, str]:
    """A listening socket on a free port of this machine, and its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextlib.asynccontextmanager
async def serving(app: web.Application, listener: socket.socket) -> AsyncGenerator[None]:
    """Serve an application on a listening socket."""
    runner = web.AppRunner(app, access_log=None, logger=HTTP_LOG, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def server(
    data: Path,
    *,
    engine: TinyEngine | None = None,
    tokens: Iterable[str] = (),
    token: str | None = None,
    private_webhooks: bool = True,
    private_sources: bool = False,
    public_url: str | None = None,
    slots: int = 1,
    bounds: Bounds | None = None,
    now: Now = utc_now,
) -> AsyncGenerator[Server]:
    """A server over ``data`` whose engine is tiny."""
    engine = engine or TinyEngine()
    pool = RenderPool(lambda: ThreadPoolExecutor(slots), slots, work=engine)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    listener, url = listening()
    try:
        async with (
            open_app(
                data=data,
                own_url=url,
                tokens=tokens,
                private_webhooks=private_webhooks,
                private_sources=private_sources,
                public_url=public_url,
                pool=pool,
                bounds=bounds,
                now=now,
            ) as app,
            serving(app, listener),
            aiohttp.ClientSession(headers=headers) as session,
        ):
            yield Server(url=url, engine=engine, session=session, app=app)
    finally:
        await pool.stop()


@dataclass
class Heard:
    """One webhook as it arrived."""

    headers: dict[str, str]
    body: bytes
    told: dict[str, Any]


@dataclass
class Receiver:
    """Takes webhooks; ``answers`` are the statuses of the next ones, then 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list[int])
    heard: asyncio.Queue[Heard] = field(default_factory=asyncio.Queue[Heard])

    async def take(self, request: web.Request) -> web.Response:
        """Note one webhook."""
        body = await request.read()
        self.heard.put_nowait(Heard(dict(request.headers), body, await request.json()))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})

    async def next(self) -> Heard:
        """The next webhook, within a minute."""
        async with asyncio.timeout(60):
            return await self.heard.get()


@contextlib.asynccontextmanager
async def receiver() -> AsyncGenerator[Receiver]:
    """A receiver of webhooks on this machine."""
    made = Receiver()
    app = web.Application(client_max_size=MOST_HOOK_BYTES)
    app.router.add_post("/hook/{tail:.*}", made.take)
    listener, url = listening()
    made.url = f"{url}/hook/1"
    async with serving(app, listener):
        yield made
