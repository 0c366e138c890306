"""From a host's webhook to the upload at Discord, over real HTTP: a part of ``tests.bench.jobs``.

The real web application, machine and Discord stage in this process; the host and Discord in another, which
takes the times. ``bare`` leaves out fetching, probing, levelling, encoding and drawing; ``whole`` does all of
it in the audio worker.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import discord
import numpy as np
import soundfile as sf
from discord.http import Route

from bot.audio import AudioFinisher
from bot.jobs.order import Order
from bot.jobs.ports import Finisher, Host
from bot.jobs.records import Facts, Fetched, Finished, Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.processes import settle
from bot.protocol.predictions import ENGINE_MODEL
from bot.protocol.runs import Result
from bot.providers import PredictionsHost
from bot.store.blobs import FolderBlobs
from bot.store.db import open_database
from bot.store.migrate import upgrade
from bot.ui.delivery import DiscordStage
from bot.web.app import build_app, serving
from bot.web.webhooks import WebhookDoor
from tests.bench.jobs_world import WIDE, Lag, cpu_s, quantiles
from tests.jobs.world import Accidents, FinisherDouble, an_order

SPACING_S = 0.06
"""Mean pause between webhooks, where they do not all come at once."""


class BareHost(PredictionsHost):
    """Nothing is fetched: a few bytes stand for the sound."""

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """At once."""
        audio = folder / "fetched.wav"
        await asyncio.to_thread(audio.write_bytes, b"RIFF")
        return Fetched(audio=audio, facts=Facts())


class BareFinisher(FinisherDouble):
    """Three small files, written in a thread: the audio worker does that in a process of its own."""

    def __init__(self) -> None:
        super().__init__(Accidents())

    async def finish(self, fetched: Fetched, order: Order, folder: Path) -> Finished:
        """At once."""
        lossless, upload, picture = (folder / name for name in ("take.flac", "take.mp3", "take.png"))

        def write() -> None:
            for file in (lossless, upload, picture):
                file.write_bytes(b"RIFF")

        await asyncio.to_thread(write)
        return Finished(
            lossless=lossless,
            upload=upload,
            picture=picture,
            duration_s=8.0,
            bpm=None,
            key=None,
            lufs=-14.0,
            true_peak_db=-1.2,
        )


@asynccontextmanager
async def peer(clip: Path, *run_s: float) -> AsyncGenerator[str, None]:
    """The other process; its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.jobs_peer",
        str(clip),
        *map(str, run_s),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process without pipes")
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()


def clip_in(folder: Path) -> Path:
    """Eight seconds of quiet noise."""
    noise = np.random.default_rng(1).normal(0, 0.1, (8 * 44_100, 2)).astype(np.float32)
    path = folder / "clip.wav"
    sf.write(path, noise, 44_100)
    return path


async def healthy() -> dict[str, object]:
    """What ``/health`` tells here."""
    return {"ok": True}


class House:
    """Bot and peer, running."""

    def __init__(self, jobs: Jobs, stage: DiscordStage, peer_url: str) -> None:
        self.jobs = jobs
        self.stage = stage
        self.peer_url = peer_url
        self._last_message = 1_000

    async def order(self, count: int) -> list[tuple[Job, str]]:
        """Orders that all wait for their host; each with the id of its card's message."""
        placed = [await self.order_one() for _ in range(count)]
        async with asyncio.timeout(60):
            for job, _ in placed:
                while (await self.jobs.get(job.id)).state is not State.WAITING:  # noqa: ASYNC110  from outside
                    await asyncio.sleep(0.02)
        return placed

    async def order_one(self) -> tuple[Job, str]:
        """An order with its card, whose message's number ends its prompt."""
        self._last_message += 1
        message = str(self._last_message)
        wish = an_order(prompt=f"funk {message}", user=f"u{message}", channel=message)
        job = await self.jobs.order(wish, interaction_token=None)
        await self.jobs.card_shown(job.id, message)
        return job, message

    async def tell(self, placed: list[tuple[Job, str]], pauses: list[float]) -> dict[str, Any]:
        """Have the host tell of all of them; the peer's answer."""
        runs: list[tuple[str | None, str, float]] = []
        for (job, message), after_s in zip(placed, pauses, strict=True):
            runs.append(((await self.jobs.get(job.id)).run_id, message, after_s))
        return await self.ask("/tell", {"runs": runs})

    async def ask(self, path: str, wish: dict[str, Any]) -> dict[str, Any]:
        """One of the peer's controls; its answer."""
        limit = aiohttp.ClientTimeout(total=600)
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.post(self.peer_url + path, json=wish) as answer,
        ):
            answer.raise_for_status()
            told: dict[str, Any] = await answer.json()
            return told


@asynccontextmanager
async def house(folder: Path, url: str, *, whole: bool) -> AsyncGenerator[House, None]:
    """Everything wired as ``bot.app`` does, but for the gateway."""
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(upgrade, url, "bot")
        peer_url = await stack.enter_async_context(peer(clip_in(folder)))
        Route.BASE = peer_url
        client = discord.Client(intents=discord.Intents.none())
        stack.push_async_callback(client.close)
        await client.login("bench")
        kind = PredictionsHost if whole else BareHost
        host = kind(name="engine", base_url=peer_url, model=ENGINE_MODEL, version=None, local=True)
        stack.push_async_callback(host.close)
        finisher: Finisher = BareFinisher()
        if whole:
            worker = AudioFinisher()
            stack.push_async_callback(worker.stop)
            await worker.start()
            finisher = worker
        database = await stack.enter_async_context(open_database(url))
        hosts: dict[str, Host] = {"engine": host}
        bases: dict[str, str] = {}
        stage = DiscordStage(client)
        jobs = Jobs(
            database,
            hosts=hosts,
            stage=stage,
            finisher=finisher,
            blobs=FolderBlobs(folder / "blobs"),
            workspace=folder / "work",
            webhook_bases=bases,
            limits=WIDE,
        )
        app = build_app(WebhookDoor(jobs, {"engine": host}), healthy)
        bases["engine"] = await stack.enter_async_context(serving(app, bind="127.0.0.1", port=0))
        await jobs.start()
        stack.push_async_callback(jobs.stop)
        settle()
        yield House(jobs, stage, peer_url)


async def webhook_to_upload(
    folder: Path, url: str, *, whole: bool, count: int = 100, spaced: bool = True
) -> dict[str, object]:
    """``count`` jobs wait, and as many again that are never told of; then the webhooks come."""
    chance = random.Random(1)
    async with house(folder, url, whole=whole) as home:
        warm = await home.order(3)
        await home.tell(warm, [0.0, 0.5, 1.0])  # connections, secret, codecs
        placed = (await home.order(2 * count if spaced else count))[:count]
        at, pauses = 0.0, list[float]()
        for _ in placed:
            pauses.append(at)
            at += chance.expovariate(1 / SPACING_S) if spaced else 0.0
        before_s, began = cpu_s(), time.perf_counter()
        async with Lag() as lag:
            told = await home.tell(placed, pauses)
        used_s = cpu_s() - before_s
        took_s = time.perf_counter() - began
    return {
        "jobs": count,
        "in_flight": 2 * count if spaced else count,
        "webhooks": f"one each {SPACING_S * 1000:.0f} ms (random)" if spaced else "all at once",
        "webhook_to_upload_ms": quantiles([wait * 1000 for wait in told["waits_s"]]),
        "all_uploads_begun_s": round(told["all_s"], 2),
        "jobs_per_s": round(count / told["all_s"], 1),
        "cpu_ms_per_job": round(1000 * used_s / count, 1),
        "cpu_of_a_core": round(used_s / took_s, 2),
        "worst_loop_lag_ms": round(lag.worst_ms, 1),
        "worst_loop_lag_cpu_ms": round(lag.worst_cpu_ms, 1),
    }
