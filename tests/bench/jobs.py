"""What the job machine costs: ``python -m tests.bench.jobs`` prints JSON, ``--help`` names the parts.

In ``one_by_one``, ``burst``, ``pot`` and ``waiting`` everything but the machine is empty: the host answers at
once and tells the result from inside its call, Discord takes no time, files are a few bytes. ``upload`` and
``whole`` go over real HTTP (``jobs_upload``). SQLite with full synchronisation, in a temporary folder, or
PostgreSQL with ``--postgres``. Times are wall milliseconds; CPU is this process, in percent of one core.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import sqlalchemy as sa
import structlog

from bot.errors import RiffcordError
from bot.jobs.parcels import Delivery, Posted
from bot.jobs.preferences import GuildSettings
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.money.policy import MoneySettings, PotPolicy, Share
from bot.money.prices import Prices
from bot.protocol.runs import Result, Run
from bot.store.db import Database, open_database
from bot.store.settings import write_guild_settings
from bot.store.tables.jobs import jobs as jobs_table
from bot.ui.words import sentence
from tests.bench.jobs_steady import steady
from tests.bench.jobs_upload import webhook_to_upload
from tests.bench.jobs_world import BenchWorld, Lag, an_address, cpu_s, load, quantiles
from tests.jobs.world import an_order

__all__ = ["BenchWorld", "fill"]


async def _until(done: asyncio.Event, limit_s: float) -> None:
    async with asyncio.timeout(limit_s):
        await done.wait()


async def enqueue_to_submit(folder: Path, *, postgres: bool = False) -> dict[str, object]:
    """One order after the other, on an idle machine."""
    world = BenchWorld(folder, postgres=postgres)
    ordered_ms: list[float] = []
    shown_ms: list[float] = []
    from_order_ms: list[float] = []
    async with world.running() as (jobs, _):
        for number in range(100):
            began = time.perf_counter()
            job = await jobs.order(an_order(user=f"u{number}"), interaction_token=None)
            accepted = time.perf_counter()
            await jobs.card_shown(job.id, str(number))
            while job.reference not in world.host.called_at:  # noqa: ASYNC110  measured from outside
                await asyncio.sleep(0.0005)
            called = world.host.called_at[job.reference]
            ordered_ms.append((accepted - began) * 1000)
            shown_ms.append((called - accepted) * 1000)
            from_order_ms.append((called - began) * 1000)
            await asyncio.sleep(0.01)
    return {
        "order_call_ms": quantiles(ordered_ms),
        "card_shown_to_host_call_ms": quantiles(shown_ms),
        "order_to_host_call_ms": quantiles(from_order_ms),
    }


async def burst_paid(folder: Path, *, postgres: bool = False) -> dict[str, object]:
    """The same from a pot that holds enough, with shares of members and of the channel."""
    return await burst(folder, postgres=postgres, price=1)


async def pot(folder: Path, members: int = 200, *, postgres: bool = False) -> dict[str, object]:
    """Everybody orders at the same instant from a pot of fifty; those who can pay have their music."""
    world = BenchWorld(folder, postgres=postgres)
    world.prices = Prices({"engine": 1})
    await _decide(world, MoneySettings(pot=PotPolicy(amount=50)))
    played = asyncio.Semaphore(0)
    deliver = world.stage.deliver

    async def counted(job: Job, delivery: Delivery) -> Posted:
        posted = await deliver(job, delivery)
        played.release()
        return posted

    world.stage.deliver = counted
    async with world.running() as (jobs, _):
        world.host.finishes = jobs
        began = time.perf_counter()
        orders = (world.order(jobs, user=f"u{number}") for number in range(members))
        answers = await asyncio.gather(*orders, return_exceptions=True)
        answered_s = time.perf_counter() - began
        accepted = [each for each in answers if isinstance(each, Job)]
        async with asyncio.timeout(120):
            for _ in accepted:
                await played.acquire()
        took_s = time.perf_counter() - began
    refused = Counter(sentence(each) for each in answers if isinstance(each, RiffcordError))
    music = [each for each in world.stage.messages.values() if each.text.startswith("take ")]
    return {
        "accepted": len(accepted),
        "refused": refused,
        "charged": len(world.host.runs),
        "messages_with_music": len(music),
        "all_answered_s": round(answered_s, 2),
        "all_played_s": round(took_s, 2),
        "books": await _books(world),
    }


async def _shared_pot(world: BenchWorld) -> None:
    shares = (Share(subject="member", cap=5), Share(subject="channel", id="11", cap=500))
    await _decide(world, MoneySettings(shares=shares))


async def _decide(world: BenchWorld, money: MoneySettings) -> None:
    async with open_database(world.url) as database, database.begin() as connection:
        await write_guild_settings(connection, "1", GuildSettings(money=money))


async def burst(
    folder: Path, count: int = 200, *, postgres: bool = False, price: int = 0
) -> dict[str, object]:
    """Many orders at the same instant, through every state to the end."""
    world = BenchWorld(folder, postgres=postgres)
    world.prices = Prices({"engine": price})
    if price:
        await _shared_pot(world)
    done = asyncio.Event()
    delivered: list[str] = []
    deliver = world.stage.deliver

    async def counted(job: Job, delivery: Delivery) -> Posted:
        posted = await deliver(job, delivery)
        delivered.append(job.id)
        if len(delivered) == count:
            done.set()
        return posted

    world.stage.deliver = counted
    async with world.running() as (jobs, _):
        world.host.finishes = jobs
        before_s = cpu_s()
        began = time.perf_counter()
        async with Lag() as lag:
            await asyncio.gather(*(world.order(jobs, user=f"u{number}") for number in range(count)))
            await _until(done, 120)
        took_s = time.perf_counter() - began
        used_s = cpu_s() - before_s
    return {
        "jobs": count,
        "seconds": round(took_s, 2),
        "jobs_per_s": round(count / took_s, 1),
        "cpu_ms_per_job": round(1000 * used_s / count, 1),
        "worst_loop_lag_ms": round(lag.worst_ms, 1),
        "worst_loop_lag_cpu_ms": round(lag.worst_cpu_ms, 1),
        "books": await _books(world),
    }


async def _books(world: BenchWorld) -> list[str]:
    async with world.life() as jobs:
        return await jobs.check_books()


async def fill(database: Database, count: int) -> list[str]:
    """Rows that wait for their host, polled in an hour."""
    now = datetime.now(UTC)
    ids = [f"bench{number:017d}" for number in range(count)]
    rows = [
        {
            "id": job_id,
            "state": "queued",
            "host": "engine",
            "guild_id": str(number % 50),
            "channel_id": str(number % 500),
            "user_id": str(number),
            "priority": 0,
            "request": an_order(user=str(number)).model_dump(mode="json"),
            "price": 0,
            "created_at": now,
            "updated_at": now,
            "moved_at": now,
            "cause": "bench",
            "actor": "bench",
            "reference": job_id,
        }
        for number, job_id in enumerate(ids)
    ]
    waiting = {
        "state": "waiting",
        "due": now + timedelta(hours=1),
        "poll_at": now + timedelta(hours=1),
        "deadline_at": now + timedelta(hours=2),
        "intent_at": now,
        "run_id": jobs_table.c.id,
    }
    async with database.begin() as connection:
        await connection.execute(sa.insert(jobs_table), rows)
        await connection.execute(sa.update(jobs_table).values(state="submit"))
        await connection.execute(sa.update(jobs_table).values(waiting))
    return ids


async def waiting_rows(
    folder: Path, count: int = 5_000, seconds: float = 5.0, *, postgres: bool = False
) -> dict[str, object]:
    """Thousands of jobs that wait: what they cost, and how fast one of them wakes up."""
    world = BenchWorld(folder, postgres=postgres)
    process = psutil.Process()
    async with world.running() as (jobs, database):
        await asyncio.sleep(0.5)
        idle = await _cpu_percent(process, seconds)
        memory_before = process.memory_info().rss
        ids = await fill(database, count)
        await jobs.card_shown(ids[-1], "1")  # any news: the loop looks at the crowd
        await asyncio.sleep(1)
        crowded = await _cpu_percent(process, seconds)
        memory_after = process.memory_info().rss
        wakes_ms = [await _wake(world, jobs, job_id) for job_id in ids[:100]]
    return {
        "waiting": count,
        "cpu_percent_without": idle,
        "cpu_percent_with": crowded,
        "rss_growth_mb": round((memory_after - memory_before) / 2**20, 1),
        "told_to_fetch_ms": quantiles(wakes_ms),
    }


async def _cpu_percent(process: psutil.Process, seconds: float) -> float:
    process.cpu_percent()
    await asyncio.sleep(seconds)
    return round(process.cpu_percent(), 2)


async def _wake(world: BenchWorld, jobs: Jobs, job_id: str) -> float:
    """From a webhook to the moment at which the result is fetched."""
    fetched = asyncio.Event()
    fetch = type(world.host).fetch
    at = 0.0

    async def noted(result: Result, target: Path) -> object:
        nonlocal at
        at = time.perf_counter()
        fetched.set()
        return await fetch(world.host, result, target)

    world.host.fetch = noted  # pyright: ignore[reportAttributeAccessIssue]
    began = time.perf_counter()
    await jobs.told(job_id, Run(id=job_id, status="succeeded", results=(Result(audio=job_id),)))
    await _until(fetched, 10)
    while (await jobs.get(job_id)).state is not State.DONE:  # noqa: ASYNC110  seen from outside
        await asyncio.sleep(0.002)
    return (at - began) * 1000


async def _steady(folder: Path, *, postgres: bool) -> dict[str, object]:
    return await steady(folder, an_address(folder, postgres=postgres))


async def _upload(folder: Path, *, postgres: bool) -> dict[str, object]:
    return await webhook_to_upload(folder, an_address(folder, postgres=postgres), whole=False)


async def _upload_burst(folder: Path, *, postgres: bool) -> dict[str, object]:
    return await webhook_to_upload(folder, an_address(folder, postgres=postgres), whole=False, spaced=False)


async def _whole(folder: Path, *, postgres: bool) -> dict[str, object]:
    return await webhook_to_upload(folder, an_address(folder, postgres=postgres), whole=True, count=20)


async def _whole_burst(folder: Path, *, postgres: bool) -> dict[str, object]:
    url = an_address(folder, postgres=postgres)
    return await webhook_to_upload(folder, url, whole=True, count=200, spaced=False)


_Part = Callable[..., Awaitable[dict[str, object]]]
PARTS: dict[str, tuple[_Part, str]] = {
    "one_by_one": (enqueue_to_submit, "one order after the other: how soon the host is called"),
    "burst": (burst, "200 orders at once through all states, with empty steps"),
    "burst_paid": (burst_paid, "the same from a pot with shares"),
    "pot": (pot, "200 orders at once from a pot of 50: who is refused, and fifty played and paid"),
    "waiting": (waiting_rows, "5,000 jobs that wait: what they cost, and how soon one wakes up"),
    "steady": (_steady, "webhook to upload over HTTP while 100 are in flight and results come, ten a second"),
    "upload": (_upload, "the same, 17 a second, while 200 to 100 are in flight and nothing new is ordered"),
    "upload_burst": (_upload_burst, "the same, 100 webhooks at the same instant: how long the queue gets"),
    "whole": (_whole, "the same with fetching and all audio work"),
    "whole_burst": (_whole_burst, "200 webhooks at once, with fetching, all audio work and Discord"),
}


async def measure(parts: list[str], *, postgres: bool) -> dict[str, object]:
    """These parts, one after the other."""
    told: dict[str, object] = {"database": "PostgreSQL" if postgres else "SQLite"}
    with tempfile.TemporaryDirectory(prefix="bench-jobs-") as name:
        for part in parts:
            folder = Path(name) / part
            folder.mkdir()
            before = load()
            told[part] = {"machine": before, **await PARTS[part][0](folder, postgres=postgres)}
    return told


def main() -> None:
    """Measure and print."""
    lines = "\n".join(f"  {name:12} {text}" for name, (_, text) in PARTS.items())
    parser = argparse.ArgumentParser(
        description="What the job machine costs, as one JSON object.",
        epilog=f"parts:\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="part", help="default: all")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    wish = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    told = asyncio.run(measure(wish.parts or list(PARTS), postgres=wish.postgres))
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
