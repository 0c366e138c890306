"""What the engine server adds: ``python -m tests.bench.engine_server`` prints one JSON object.

Each part starts a server process of its own and calls it from another process, pinned to another core.
Parts can be named: ``one reads creates queued crowd cluster``. Ratios are taken within one run.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
import psutil

from bot.processes import free_port

_RIFFS = 30
_CONNECTIONS = 64
_READ_S = 5.0
_CREATES = 1_000
_QUEUED = 1_000
_CROWD_TOKENS = 20
_CROWD_RIFFS = 200
_CLUSTER_RIFFS = 24
_PATH = "/v1/models/riffcord/engine/predictions"
_LONG = {"input": {"length_s": 60, "num_inference_steps": 1_000}}


@dataclass(frozen=True, slots=True)
class Running:
    """A server and its process."""

    url: str
    process: psutil.Process
    ready_s: float

    def cpu_s(self) -> float:
        """CPU seconds of the server itself, its workers not counted."""
        times = self.process.cpu_times()
        return times.user + times.system

    def rss_mb(self) -> float:
        """Resident megabytes of the server itself."""
        return self.process.memory_info().rss / 2**20


@contextlib.asynccontextmanager
async def engine_server(core: int | None = None, **settings: str) -> AsyncGenerator[Running]:
    """``python -m bot engine`` on an empty folder, with its own process pinned to ``core``."""
    with tempfile.TemporaryDirectory() as data:
        port = free_port()
        given = {"RIFFCORD_DATA": data, "ENGINE_PORT": str(port), "LOG_LEVEL": "ERROR", **settings}
        began_s = time.perf_counter()
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "engine"),
            env={**os.environ, **given},
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert server.stdout is not None
            await server.stdout.readline()
            process = psutil.Process(server.pid)
            if core is not None:
                process.cpu_affinity([core])
            yield Running(f"http://127.0.0.1:{port}", process, time.perf_counter() - began_s)
        finally:
            server.terminate()
            await server.wait()


def _cores() -> tuple[int, int]:
    """A core for the server, and another for those who call it."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


async def _create(session: aiohttp.ClientSession, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    async with session.post(_PATH, json=body, headers=headers) as response:
        told: dict[str, Any] = await response.json(content_type=None)
        assert response.status in (201, 202), told
        return told


async def one_riff() -> dict[str, float]:
    """Cold start, and what a call takes beyond the worker's own time."""
    async with engine_server(ENGINE_WORKERS="1") as server, aiohttp.ClientSession(server.url) as session:

        async def riff(seed: int) -> tuple[float, float]:
            began_s = time.perf_counter()
            told = await _create(session, {"input": {"seed": seed}}, Prefer="wait")
            return time.perf_counter() - began_s, float(told["metrics"]["predict_time"])

        first_s = server.ready_s + (await riff(0))[0]
        cpu_s = server.cpu_s()
        riffs = [await riff(seed) for seed in range(_RIFFS)]
        return {
            "cold_to_ready_s": server.ready_s,
            "cold_to_first_riff_s": first_s,
            "riff_s": statistics.median(wall for wall, _ in riffs),
            "added_ms": 1000 * statistics.median(wall - worker for wall, worker in riffs),
            "server_cpu_ms": 1000 * (server.cpu_s() - cpu_s) / _RIFFS,
            "server_rss_mb": server.rss_mb(),
        }


async def reads() -> dict[str, float]:
    """GET of a finished prediction by 64 connections: rate, latency, and the server's CPU for each.

    The rate that one whole core would reach is ``requests`` over the server's CPU seconds.
    """
    core, other = _cores()
    async with engine_server(core, ENGINE_WORKERS="1") as server:
        async with aiohttp.ClientSession(server.url) as session:
            made = await _create(session, {"input": {}}, Prefer="wait")
        cpu_s = server.cpu_s()
        told = await _caller(other, server.url, f"/v1/predictions/{made['id']}")
        used_s = server.cpu_s() - cpu_s
    return {**told, "server_cpu_share": used_s / _READ_S, "per_cpu_second": told["requests"] / used_s}


async def _caller(core: int, url: str, path: str) -> dict[str, float]:
    arguments = (
        "taskset",
        "-c",
        str(core),
        sys.executable,
        "-m",
        "tests.bench.engine_server",
        "call",
        url,
        path,
    )
    caller = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
    out, _ = await caller.communicate()
    return json.loads(out)


async def call(url: str, path: str) -> dict[str, float]:
    """Ask the same again and again over raw connections; a client library would be what is measured."""
    host, _, port = url.removeprefix("http://").partition(":")
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    taken_ms: list[float] = []
    until_s = time.perf_counter() + _READ_S

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        while (began_s := time.perf_counter()) < until_s:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            taken_ms.append(1000 * (time.perf_counter() - began_s))
        writer.close()

    await asyncio.gather(*(connection() for _ in range(_CONNECTIONS)))
    taken_ms.sort()
    return {
        "requests": len(taken_ms),
        "rate_a_second": len(taken_ms) / _READ_S,
        "p50_ms": taken_ms[len(taken_ms) // 2],
        "p99_ms": taken_ms[len(taken_ms) * 99 // 100],
    }


async def creates() -> dict[str, float]:
    """Predictions accepted a second while the only worker is busy, by 16 callers at once."""
    core, other = _cores()
    async with (
        engine_server(core, ENGINE_WORKERS="1", ENGINE_QUEUE="5000") as server,
        aiohttp.ClientSession(server.url) as session,
    ):
        for child in server.process.children(recursive=True):
            child.cpu_affinity([other])
        await _create(session, _LONG)
        left = iter(range(_CREATES))
        began_s, cpu_s = time.perf_counter(), server.cpu_s()

        async def caller() -> None:
            for seed in left:
                await _create(session, {"input": {"seed": seed}})

        await asyncio.gather(*(caller() for _ in range(16)))
        used_s = server.cpu_s() - cpu_s
        return {
            "rate_a_second": _CREATES / (time.perf_counter() - began_s),
            "per_server_cpu_second": _CREATES / used_s,
        }


async def queued() -> dict[str, float]:
    """Memory of a thousand that wait."""
    async with (
        engine_server(ENGINE_WORKERS="1", ENGINE_QUEUE="5000") as server,
        aiohttp.ClientSession(server.url) as session,
    ):
        await _create(session, {"input": {}}, Prefer="wait")
        idle_mb = server.rss_mb()
        await _create(session, _LONG)
        for seed in range(_QUEUED):
            await _create(session, {"input": {"seed": seed}})
        return {
            "idle_mb": idle_mb,
            "with_a_thousand_mb": server.rss_mb(),
            "more_mb": server.rss_mb() - idle_mb,
        }


async def crowd() -> dict[str, float]:
    """200 riffs of 20 tokens that come at once, the first token's before all others'."""
    tokens = [f"token-{number}" for number in range(_CROWD_TOKENS)]
    async with (
        engine_server(ENGINE_TOKENS=",".join(tokens)) as server,
        aiohttp.ClientSession(server.url) as session,
    ):
        workers = len(os.sched_getaffinity(0))
        for token in tokens[:workers]:
            await _create(session, {"input": {}}, Authorization=f"Bearer {token}", Prefer="wait")
        began_s, cpu_s = time.perf_counter(), server.cpu_s()
        made: list[tuple[str, str]] = []
        for token in tokens:
            for seed in range(_CROWD_RIFFS // _CROWD_TOKENS):
                told = await _create(session, {"input": {"seed": seed}}, Authorization=f"Bearer {token}")
                made.append((token, told["id"]))
        predict_s, first_s, last_s = 0.0, dict.fromkeys(tokens, 1e9), dict.fromkeys(tokens, 0.0)
        for token, prediction in made:
            told = await _ended(session, prediction, token)
            predict_s += told["metrics"]["predict_time"]
            waited_s = told["metrics"]["total_time"]
            first_s[token] = min(first_s[token], waited_s)
            last_s[token] = max(last_s[token], waited_s)
        wall_s = time.perf_counter() - began_s
        used_s = server.cpu_s() - cpu_s
    # Everybody asks for the same, so a fair server serves each token's first in the first twentieth's turn.
    turn_s = wall_s * _CROWD_TOKENS / _CROWD_RIFFS
    return {
        "wall_s": wall_s,
        "riffs_a_second": _CROWD_RIFFS / wall_s,
        "throughput_of_possible": predict_s / workers / wall_s,
        "server_cpu_of_all": used_s / (wall_s * workers),
        "worst_first_wait_of_fair_share": max(first_s.values()) / turn_s,
        "worst_last_wait_of_fair_share": max(last_s.values()) / wall_s,
    }


async def _ended(session: aiohttp.ClientSession, prediction: str, token: str) -> dict[str, Any]:
    """Poll as rarely as a client with many jobs does."""
    while True:
        headers = {"Authorization": f"Bearer {token}"}
        async with session.get(f"/v1/predictions/{prediction}", headers=headers) as response:
            told: dict[str, Any] = await response.json()
        if told["status"] == "succeeded":
            return told
        assert told["status"] in ("starting", "processing"), told
        await asyncio.sleep(1.0)


async def cluster() -> dict[str, float]:
    """The same riffs on one Dask worker and on two."""
    one_s = await _on_workers(1)
    two_s = await _on_workers(2)
    return {"one_worker_s": one_s, "two_workers_s": two_s, "ratio": one_s / two_s}


async def _on_workers(count: int) -> float:
    from tests.cluster.support import cluster as dask_cluster

    with tempfile.TemporaryDirectory() as folder:
        from pathlib import Path

        async with dask_cluster(Path(folder)) as nodes:
            await nodes.start_scheduler()
            for _ in range(count):
                await nodes.start_worker()
            async with (
                engine_server(DASK_SCHEDULER=nodes.address) as server,
                aiohttp.ClientSession(server.url) as session,
            ):

                async def play(seed: int) -> None:
                    told = await _create(session, {"input": {"seed": seed, "length_s": 20}})
                    await _ended(session, told["id"], "")

                await asyncio.gather(*(play(seed) for seed in range(2 * count)))
                began_s = time.perf_counter()
                await asyncio.gather(*(play(seed) for seed in range(_CLUSTER_RIFFS)))
                return time.perf_counter() - began_s


_PARTS: dict[str, Callable[[], Coroutine[Any, Any, dict[str, float]]]] = {
    "one": one_riff,
    "reads": reads,
    "creates": creates,
    "queued": queued,
    "crowd": crowd,
    "cluster": cluster,
}


async def measure(names: list[str]) -> dict[str, dict[str, float]]:
    """The named parts, one after the other; all without a name."""
    found: dict[str, dict[str, float]] = {}
    for name in names or _PARTS:
        told = await _PARTS[name]()
        found[name] = {fact: round(value, 3) for fact, value in told.items()}
        found[name]["load_average"] = round(os.getloadavg()[0], 1)
    return found


if __name__ == "__main__":
    wanted = sys.argv[1:]
    if wanted[:1] == ["call"]:
        sys.stdout.write(json.dumps(asyncio.run(call(*wanted[1:]))) + "\n")
    else:
        sys.stdout.write(json.dumps(asyncio.run(measure(wanted)), indent=2) + "\n")
