"""What the engine server adds to a riff: ``python -m tests.bench.engine_server`` prints one JSON object.

A real server process with one worker, asked over HTTP by this one. ``added_ms`` is what a call takes beyond
the worker's own time, ``server_cpu_ms`` the server process's CPU for one prediction, workers not counted.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from typing import Any

import aiohttp
import psutil

from bot.processes import free_port

_RIFFS = 30
_CREATES = 100
_PATH = "/v1/models/riffcord/engine/predictions"


async def _riff(session: aiohttp.ClientSession, seed: int) -> tuple[float, float]:
    """Wall seconds of one waited-for riff, and the worker's part of them."""
    began_s = time.perf_counter()
    body = {"input": {"prompt_a": "funky synth solo", "seed": seed}}
    async with session.post(_PATH, json=body, headers={"Prefer": "wait"}) as response:
        told: dict[str, Any] = await response.json()
    return time.perf_counter() - began_s, float(told["metrics"]["predict_time"])


async def _create_and_cancel(session: aiohttp.ClientSession) -> float:
    """Wall seconds of a create call whose prediction is cancelled at once."""
    began_s = time.perf_counter()
    async with session.post(_PATH, json={"input": {"length_s": 60}}) as response:
        told: dict[str, Any] = await response.json()
    taken_s = time.perf_counter() - began_s
    async with session.post(f"/v1/predictions/{told['id']}/cancel"):
        return taken_s


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def measure() -> dict[str, float]:
    """Start a server on an empty folder, ask, stop."""
    with tempfile.TemporaryDirectory() as data:
        port = free_port()
        environment = {"RIFFCORD_DATA": data, "ENGINE_PORT": str(port), "ENGINE_WORKERS": "1"}
        began_s = time.perf_counter()
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "engine"),
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert server.stdout is not None
            await server.stdout.readline()
            ready_s = time.perf_counter() - began_s
            async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
                await _riff(session, 0)
                first_s = time.perf_counter() - began_s
                process = psutil.Process(server.pid)
                cpu_s = _cpu_s(process)
                riffs = [await _riff(session, seed) for seed in range(_RIFFS)]
                cpu_s = _cpu_s(process) - cpu_s
                creates = [await _create_and_cancel(session) for _ in range(_CREATES)]
                rss_bytes = process.memory_info().rss
        finally:
            server.terminate()
            await server.wait()
    return {
        "cold_to_ready_s": round(ready_s, 2),
        "cold_to_first_riff_s": round(first_s, 2),
        "riff_s": round(statistics.median(wall for wall, _ in riffs), 3),
        "added_ms": round(1000 * statistics.median(wall - worker for wall, worker in riffs), 1),
        "server_cpu_ms": round(1000 * cpu_s / _RIFFS, 1),
        "create_p50_ms": round(1000 * statistics.median(creates), 1),
        "create_p99_ms": round(1000 * sorted(creates)[int(_CREATES * 0.99) - 1], 1),
        "server_rss_mb": round(rss_bytes / 2**20, 1),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure())) + "\n")
