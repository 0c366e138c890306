"""The flow's steps as tasks of procrastinate, a queue on PostgreSQL; for ``side_by_side``."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any, Final

import procrastinate
import sqlalchemy as sa
from aiohttp import web

from bot.jobs.ids import new_id
from bot.jobs.wanted import suited, wanted_of
from bot.web.app import serving
from tests.bench.jobs_world import an_address
from tests.bench.side_flow import Run, kept
from tests.jobs.world import an_order

PARALLEL: Final = 32
"""Tasks at the same time, as the machine's own steps."""
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
        if not await run.is_signed(host, request, body):
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
        await run.all_ordered(order)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
