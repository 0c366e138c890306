"""A thousand jobs that wait at a host which sends no webhooks: what asking after them costs.

``python -m tests.bench.polls [jobs] [seconds]`` prints JSON.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog
from aiohttp import web

from bot.jobs.limits import HostTimes, Times
from bot.protocol.predictions import RIFFUSION_MODEL, RIFFUSION_VERSION
from bot.providers import PredictionsHost
from bot.store.db import Database, open_database
from bot.store.tables.jobs import jobs as jobs_table
from bot.web.app import serving
from tests.bench.jobs import BenchWorld, fill

PAGE = 100
SLOT_S = 5.0
"""The shortest pause between two questions about one job: what falls into it is one round."""


def _listing(names: list[str], called_at: list[float]) -> web.Application:
    """A host where all of them run, listed newest first."""
    created_at = datetime.now(UTC).isoformat()
    runs = [{"id": name, "status": "processing", "created_at": created_at} for name in names]

    async def page(request: web.Request) -> web.Response:
        called_at.append(time.monotonic())
        begin = int(request.query.get("cursor", 0))
        onward = f"http://elsewhere.example/?cursor={begin + PAGE}" if begin + PAGE < len(runs) else None
        return web.json_response({"next": onward, "results": runs[begin : begin + PAGE]})

    async def one(request: web.Request) -> web.Response:
        called_at.append(time.monotonic())
        return web.json_response({"id": request.match_info["id"], "status": "processing"})

    app = web.Application()
    app.router.add_get("/predictions", page)
    app.router.add_get("/predictions/{id}", one)
    return app


async def _wait_since(database: Database, names: list[str]) -> None:
    """Orders of the last ten minutes, all of them to be asked after now."""
    now = datetime.now(UTC)
    async with database.begin() as connection:
        for number, name in enumerate(names):
            asked_at = now - timedelta(seconds=600 * number / len(names))
            values = {"intent_at": asked_at, "poll_at": now, "due": now}
            await connection.execute(sa.update(jobs_table).where(jobs_table.c.id == name).values(values))


async def measure(count: int, seconds: float) -> dict[str, object]:
    """Let the machine ask for a while and count the calls that arrive."""
    called_at: list[float] = []
    async with AsyncExitStack() as stack:
        world = BenchWorld(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        async with open_database(world.url) as database:
            names = await fill(database, count)
            await _wait_since(database, names)
        url = await stack.enter_async_context(serving(_listing(names, called_at), bind="127.0.0.1", port=0))
        host = PredictionsHost(
            name="engine", base_url=url, model=RIFFUSION_MODEL, version=RIFFUSION_VERSION, local=True
        )
        stack.push_async_callback(host.close)
        database = await stack.enter_async_context(open_database(world.url))
        jobs = world.new_jobs(database, times=Times(hosts={"engine": HostTimes()}), hosts={"engine": host})
        await jobs.start()
        stack.push_async_callback(jobs.stop)
        await asyncio.sleep(seconds)
    rounds = Counter(int((at - called_at[0] + 1) // SLOT_S) for at in called_at)
    return {
        "waiting": count,
        "seconds": seconds,
        "calls": len(called_at),
        "rounds": len(rounds),
        "calls_a_round": dict(sorted(rounds.items())),
    }


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asked = [float(argument) for argument in sys.argv[1:]] + [1_000, 60][len(sys.argv) - 1 :]
    print(json.dumps(asyncio.run(measure(int(asked[0]), asked[1]))))  # noqa: T201
