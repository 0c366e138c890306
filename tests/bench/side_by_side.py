"""The same flow three times in one run: ``python -m tests.bench.side_by_side [jobs] [seconds]`` prints JSON.

``ours`` is the machine, on SQLite and on PostgreSQL; ``procrastinate`` the flow's steps as tasks of that
library on the same PostgreSQL server; ``polling`` the wait loop of the official client (a GET for each run
every half second), in memory only, so a restart would lose every order. All order everything at once from the
same stand-in host over HTTP, in a process of its own; each run there takes so many seconds, and the first two
are told by webhook. All keep the same small files. Needs the extra ``bench``.
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
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import aiohttp
import procrastinate
import sqlalchemy as sa
import structlog
from aiohttp import web
from replicate.client import Client

from bot.jobs.ids import new_id
from bot.jobs.parcels import Delivery
from bot.jobs.records import Fetched, Job
from bot.jobs.service import Jobs
from bot.jobs.wanted import suited, wanted_of
from bot.protocol.predictions import ENGINE_MODEL
from bot.protocol.runs import Result
from bot.store.blobs import FolderBlobs
from bot.store.db import open_database
from bot.store.migrate import upgrade
from bot.web.app import build_app, serving
from bot.web.signatures import Signatures
from bot.web.webhooks import WebhookDoor
from tests.bench.jobs_upload import BareHost, clip_in, healthy, peer
from tests.bench.jobs_world import WIDE, Lag, an_address, cpu_s, load, quantiles
from tests.jobs.world import Accidents, FinisherDouble, StageDouble, an_order

_checker: Signatures | None = None
PARALLEL: Final = 32
"""Tasks at the same time, as the machine's own steps."""


class Run:
    """What is noted of one flow."""

    def __init__(self, folder: Path, peer_url: str, count: int) -> None:
        self.folder = folder
        self.peer_url = peer_url
        self.count = count
        self.woken_ms: list[float] = []
        self.over = asyncio.Event()
        self._done = 0

    def woke(self, address: str) -> None:
        """A result is known here."""
        done_s = float(parse_qs(urlsplit(address).query)["done"][0])
        self.woken_ms.append((time.time() - done_s) * 1000)

    def delivered(self) -> None:
        """One more is at its end."""
        self._done += 1
        if self._done == self.count:
            self.over.set()

    def host(self) -> NotingHost:
        """The stand-in's client."""
        made = NotingHost(name="engine", base_url=self.peer_url, model=ENGINE_MODEL, version=None, local=True)
        made.noted = self
        return made


class NotingHost(BareHost):
    """Tells when a result begins to be fetched."""

    noted: Run

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """At once."""
        self.noted.woke(result.audio or "")
        return await super().fetch(result, folder)


async def ours(run: Run, *, postgres: bool) -> None:
    """The machine with its web door."""
    url = an_address(run.folder, postgres=postgres)
    await asyncio.to_thread(upgrade, url, "bot")
    stage = StageDouble(Accidents())
    deliver = stage.deliver

    async def counted(job: Job, delivery: Delivery) -> str:
        message_id = await deliver(job, delivery)
        run.delivered()
        return message_id

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
            finisher=FinisherDouble(Accidents()),
            blobs=FolderBlobs(run.folder / "blobs"),
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

        await asyncio.gather(*(order(number) for number in range(run.count)))
        await run.over.wait()


async def kept(run: Run, host: NotingHost, address: str, take_id: str) -> None:
    """What both others do with a result, too: fetch, finish, three files."""
    folder = run.folder / "work" / take_id
    folder.mkdir(parents=True)
    order = an_order()
    finished = await FinisherDouble(Accidents()).finish(
        await host.fetch(Result(audio=address), folder), order, folder
    )
    blobs = FolderBlobs(run.folder / "blobs")
    for file in (finished.lossless, finished.upload, finished.picture):
        await blobs.put(file, key=f"{take_id}/{file.name}")


_TABLE: Final = """
CREATE TABLE orders (id text PRIMARY KEY, state text NOT NULL, request jsonb NOT NULL, intent_at float8,
    run_id text UNIQUE, audio text);
CREATE TABLE entries (key text PRIMARY KEY, amount bigint NOT NULL);
"""


async def by_procrastinate(run: Run) -> None:
    """A row an order, its steps as tasks: each writes its state and defers the next."""
    url = sa.make_url(an_address(run.folder, postgres=True)).set(drivername="postgresql")
    connector = procrastinate.PsycopgConnector(conninfo=url.render_as_string(hide_password=False))
    tasks = procrastinate.App(connector=connector)
    host, base = run.host(), ""

    async def write(text: str, **values: Any) -> None:
        await connector.execute_query_async(text, **values)

    @tasks.task(name="submit")
    async def submit(order_id: str, number: int) -> None:
        await write(
            "UPDATE orders SET state = 'submit', intent_at = %(now)s WHERE id = %(id)s",
            now=time.time(),
            id=order_id,
        )
        wanted = suited(wanted_of(an_order(user=f"u{number}")), host.offers)
        made = await host.create(wanted, reference=order_id, webhook=f"{base}/hooks/{order_id}")
        await write(
            "UPDATE orders SET state = 'waiting', run_id = %(run)s WHERE id = %(id)s",
            run=made.id,
            id=order_id,
        )

    @tasks.task(name="collect")
    async def collect(order_id: str, audio: str) -> None:
        await kept(run, host, audio, order_id)
        await write("UPDATE orders SET state = 'deliver' WHERE id = %(id)s", id=order_id)
        await deliver.defer_async(order_id=order_id)

    @tasks.task(name="deliver")
    async def deliver(order_id: str) -> None:
        await write(
            "WITH paid AS (INSERT INTO entries VALUES (%(key)s, 0) ON CONFLICT DO NOTHING) "
            "UPDATE orders SET state = 'done' WHERE id = %(id)s",
            key=f"end:{order_id}",
            id=order_id,
        )
        run.delivered()

    async def told(request: web.Request) -> web.Response:
        body = await request.read()
        if not await checked(host, request, body):
            raise web.HTTPUnauthorized
        audio = host.told(body).results[0].audio or ""
        order_id = request.match_info["order"]
        await write(
            "UPDATE orders SET state = 'collect', audio = %(audio)s WHERE id = %(id)s",
            audio=audio,
            id=order_id,
        )
        await collect.defer_async(order_id=order_id, audio=audio)
        return web.Response(status=204)

    async def order(number: int) -> None:
        order_id = new_id()
        request = an_order(user=f"u{number}").model_dump_json()
        await write(
            "WITH held AS (INSERT INTO entries VALUES (%(key)s, 0)) "
            "INSERT INTO orders VALUES (%(id)s, 'queued', %(request)s)",
            key=f"reserve:{order_id}",
            id=order_id,
            request=request,
        )
        await submit.defer_async(order_id=order_id, number=number)

    app = web.Application()
    app.router.add_post("/hooks/{order}", told)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(host.close)
        await stack.enter_async_context(tasks.open_async())
        await tasks.schema_manager.apply_schema_async()
        for statement in _TABLE.split(";")[:2]:
            await write(statement)
        base = await stack.enter_async_context(serving(app, bind="127.0.0.1", port=0))
        worker = asyncio.create_task(
            tasks.run_worker_async(concurrency=PARALLEL, install_signal_handlers=False)
        )
        await asyncio.gather(*(order(number) for number in range(run.count)))
        await run.over.wait()
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def checked(host: NotingHost, request: web.Request, body: bytes) -> bool:
    """Whether the stand-in signed it."""
    global _checker  # noqa: PLW0603  one host a process
    if _checker is None:
        _checker = Signatures(host, time.monotonic)
    return await _checker.are_needed() and await _checker.fits(request.headers, body)


async def by_polling(run: Run) -> None:
    """The official client: order, then ask every half second until it is over."""
    client = Client(api_token="bench", base_url=run.peer_url)
    host = run.host()

    async def one(number: int) -> None:
        made = await client.predictions.async_create(version="v", input={"prompt": f"funk {number}"})
        await made.async_wait()
        if made.output is None:
            raise LookupError("a run without a result")
        await kept(run, host, str(made.output["audio"]), new_id())
        run.delivered()

    await asyncio.gather(*(one(number) for number in range(run.count)))
    await host.close()


FLOWS: dict[str, Callable[[Run], Awaitable[None]]] = {
    "ours_sqlite": partial(ours, postgres=False),
    "ours_postgres": partial(ours, postgres=True),
    "procrastinate": by_procrastinate,
    "polling": by_polling,
}


async def measured(name: str, count: int, run_s: float) -> dict[str, Any]:
    """One flow, with a stand-in of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-side-") as folder:
        async with peer(clip_in(Path(folder)), run_s) as peer_url:
            run = Run(Path(folder), peer_url, count)
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
        plain = {key: flow[key] / mine[key] for key in ("jobs_per_s", "cpu_ms_per_job", "host_calls_per_job")}
        wake = flow["done_to_fetch_ms"]["p50"] / mine["done_to_fetch_ms"]["p50"]
        return {key: round(value, 2) for key, value in {**plain, "done_to_fetch_p50": wake}.items()}

    return {name: one(flow) for name, flow in flows.items() if name != base}


async def _main(name: str | None, count: int, run_s: float) -> dict[str, Any]:
    if name is not None:
        return await measured(name, count, run_s)
    flows: dict[str, dict[str, Any]] = {}
    for flow in FLOWS:  # each in a fresh process, so that none pays for another's imports and memory
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.bench.side_by_side",
            str(count),
            str(run_s),
            flow,
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await process.communicate()
        flows[flow] = json.loads(told[told.index(b"{\n") :])  # the server from a wheel prints a line first
    return {
        "jobs": count,
        "host_takes_s": run_s,
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
    parser.add_argument("flow", nargs="?", choices=list(FLOWS), help="only this one, in this process")
    wish = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    told = asyncio.run(_main(wish.flow, wish.jobs, wish.seconds))
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
