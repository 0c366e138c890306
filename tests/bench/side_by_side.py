"""The same flow several times in one run: ``python -m tests.bench.side_by_side`` prints JSON; see ``--help``.

``ours`` is the machine, on SQLite and on PostgreSQL; ``procrastinate`` the flow's steps as tasks of that
library on the same PostgreSQL server; ``polling`` the wait loop of the official client (a GET for each run
every half second), in memory only, so a restart would lose every order; ``polling_safe`` the same with a
synced SQLite row an order. Orders come at random moments, so many a second, to the same stand-in host over
HTTP, in a process of its own; each run there takes so many seconds, a quarter more or less, and the first two
are told by webhook. All keep the same files, synced. ``done_to_fetch_ms`` is from a result's being ready
to its being fetched; money, fences and cards are ours alone, and in our CPU time. Needs the extra ``bench``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import structlog

from bot.jobs.parcels import Delivery, Posted
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.store.db import open_database
from bot.store.migrate import upgrade
from bot.web.app import build_app, serving
from bot.web.webhooks import WebhookDoor
from tests.bench.jobs_upload import BareFinisher, clip_in, healthy, peer
from tests.bench.jobs_world import WIDE, Lag, an_address, cpu_s, load, quantiles
from tests.bench.side_flow import Run
from tests.bench.side_polling import by_polling
from tests.bench.side_queue import by_procrastinate
from tests.jobs.world import Accidents, StageDouble, an_order


async def ours(run: Run, *, postgres: bool) -> None:
    """The machine with its web door."""
    url = an_address(run.folder, postgres=postgres)
    await asyncio.to_thread(upgrade, url, "bot")
    stage = StageDouble(Accidents())
    deliver = stage.deliver

    async def counted(job: Job, delivery: Delivery) -> Posted:
        posted = await deliver(job, delivery)
        run.delivered()
        return posted

    stage.deliver = counted
    async with AsyncExitStack() as stack:
        host = run.host()
        stack.push_async_callback(host.close)
        database = await stack.enter_async_context(open_database(url))
        bases: dict[str, str] = {}
        jobs = Jobs(
            database,
            hosts={"engine": host},
            stage=stage,
            finisher=BareFinisher(),
            blobs=run.blobs,
            workspace=run.folder / "work",
            webhook_bases=bases,
            limits=WIDE,
        )
        app = build_app(WebhookDoor(jobs, {"engine": host}), healthy)
        bases["engine"] = await stack.enter_async_context(serving(app, bind="127.0.0.1", port=0))
        await jobs.start()
        stack.push_async_callback(jobs.stop)

        async def order(number: int) -> None:
            job = await jobs.order(an_order(user=f"u{number}"), interaction_token=str(number))
            await jobs.card_shown(job.id, stage.card(job, str(number)))

        await run.all_ordered(order)


FLOWS: dict[str, Callable[[Run], Awaitable[None]]] = {
    "ours_sqlite": partial(ours, postgres=False),
    "ours_postgres": partial(ours, postgres=True),
    "procrastinate": by_procrastinate,
    "polling": partial(by_polling, safe=False),
    "polling_safe": partial(by_polling, safe=True),
}


async def measured(name: str, count: int, run_s: float, rate_per_s: float) -> dict[str, Any]:
    """One flow, with a stand-in of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-side-") as folder:
        async with peer(clip_in(Path(folder)), run_s) as peer_url:
            run = Run(Path(folder), peer_url, count, rate_per_s)
            machine, before_s, began = load(), cpu_s(), time.perf_counter()
            async with Lag() as lag, asyncio.timeout(300):
                await FLOWS[name](run)
            took_s, used_s = time.perf_counter() - began, cpu_s() - before_s
            async with aiohttp.ClientSession() as session, session.get(f"{peer_url}/calls") as answer:
                calls = (await answer.json())["calls"]
    return {
        "machine": machine,
        "seconds": round(took_s, 2),
        "jobs_per_s": round(count / took_s, 1),
        "cpu_ms_per_job": round(1000 * used_s / count, 1),
        "done_to_fetch_ms": quantiles(run.woken_ms),
        "host_calls_per_job": round(calls / count, 2),
        "worst_loop_lag_ms": round(lag.worst_ms, 1),
    }


def _ratios(flows: dict[str, dict[str, Any]], base: str) -> dict[str, dict[str, float]]:
    """How many times as much as ``base``."""

    def one(flow: dict[str, Any]) -> dict[str, float]:
        mine = flows[base]
        plain = {key: flow[key] / mine[key] for key in ("cpu_ms_per_job", "host_calls_per_job")}
        wake = flow["done_to_fetch_ms"]["p50"] / mine["done_to_fetch_ms"]["p50"]
        return {key: round(value, 2) for key, value in {**plain, "done_to_fetch_p50": wake}.items()}

    return {name: one(flow) for name, flow in flows.items() if name != base}


async def _main(name: str | None, count: int, run_s: float, rate_per_s: float) -> dict[str, Any]:
    if name is not None:
        return await measured(name, count, run_s, rate_per_s)
    flows: dict[str, dict[str, Any]] = {}
    for flow in FLOWS:  # each in a fresh process, so that none pays for another's imports and memory
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.bench.side_by_side",
            str(count),
            str(run_s),
            str(rate_per_s),
            flow,
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await process.communicate()
        flows[flow] = json.loads(told[told.index(b"{\n") :])  # the server from a wheel prints a line first
    return {
        "jobs": count,
        "host_takes_s": run_s,
        "orders_per_s": rate_per_s,
        "flows": flows,
        "times_ours_on_postgres": _ratios(flows, "ours_postgres"),
        "times_ours_on_sqlite": _ratios(flows, "ours_sqlite"),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("jobs", nargs="?", type=int, default=200)
    parser.add_argument("seconds", nargs="?", type=float, default=2.0, help="that a run takes at the host")
    parser.add_argument("rate", nargs="?", type=float, default=10.0, help="orders a second, random moments")
    parser.add_argument("flow", nargs="?", choices=list(FLOWS), help="only this one, in this process")
    wish = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    told = asyncio.run(_main(wish.flow, wish.jobs, wish.seconds, wish.rate))
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
