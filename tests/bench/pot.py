"""What asking the pot costs each order: ``python -m tests.bench.pot [--postgres]`` prints JSON.

A server in whose period so many paid orders were made, of which some came back, all in one channel that has a
share, by a hundred members who have one, and all today (the dearest case) or in the last ``--days``. Wall
milliseconds of whoever pays, inside the transaction that accepts an order; nothing is written. On SQLite all
of it is this thread's work.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.jobs.booking import booked
from bot.jobs.preferences import GuildSettings
from bot.money.ledger import Transfer, pot, refund, reserve, settle
from bot.money.policy import MoneySettings, PotPolicy, Share
from bot.store.db import Database, open_database
from bot.store.ledger import write_transfers
from bot.store.migrate import upgrade
from bot.store.settings import write_guild_settings
from bot.treasury.paying import PotPayer
from tests.bench.jobs_world import an_address, load, quantiles
from tests.jobs.world import an_order

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONEY = MoneySettings(
    pot=PotPolicy(amount=1_000_000),
    shares=(Share(subject="member", cap=100_000), Share(subject="channel", id="11", cap=100_000)),
)


async def fill(database: Database, orders: int, came_back: int, *, before: int = 0, days: int = 1) -> None:
    """Paid orders of this period, and ``before`` of earlier ones, of which the same part came back."""
    async with database.begin() as connection:
        await write_guild_settings(connection, "1", GuildSettings(money=MONEY))
    times = [NOW - timedelta(days=each) for each in reversed(range(days))]
    for count, at in ((before, NOW - timedelta(days=40)), *((orders // days, each) for each in times)):
        async with database.begin() as connection:
            await PotPayer().pay(connection, an_order(host="paid"), price=1, parts=1, at=at)
            for number in range(count):
                failed = number * came_back // orders != (number + 1) * came_back // orders
                await write_transfers(connection, _entries(f"{at:%m%d}-{number}", number, failed=failed), at)


def _entries(job_id: str, number: int, *, failed: bool) -> list[Transfer]:
    order = an_order(host="paid", user=str(number % 100))
    end = refund(job_id, pot("1"), 1) if failed else settle(job_id, "paid", 1)
    return [booked(each, order) for each in (reserve(job_id, pot("1"), 1), end)]


async def tidy(database: Database) -> None:
    """What PostgreSQL does by itself within a minute."""
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(sa.text("VACUUM ANALYZE ledger"))


async def ask(database: Database, times: int) -> dict[str, dict[str, float]]:
    """How long whoever pays thinks about one more order."""
    took_ms: list[float] = []
    computed_ms: list[float] = []
    for number in range(times):
        order = an_order(host="paid", user=str(number % 100))
        async with database.begin() as connection:
            began, computed_s = time.perf_counter(), time.thread_time()
            await PotPayer().pay(connection, order, price=1, parts=1, at=NOW + timedelta(minutes=1))
            took_ms.append((time.perf_counter() - began) * 1000)
            computed_ms.append((time.thread_time() - computed_s) * 1000)
    return {
        "asked_ms": {"least": round(min(took_ms), 1), **quantiles(took_ms)},
        "of_that_this_thread_computed_ms": quantiles(computed_ms),
    }


async def measure(
    orders: int, came_back: int, *, before: int, days: int, postgres: bool
) -> dict[str, object]:
    """Fill a database of its own, and ask."""
    with tempfile.TemporaryDirectory(prefix="bench-pot-") as folder:
        url = an_address(Path(folder), postgres=postgres)
        upgrade(url, "bot")
        async with open_database(url) as database:
            await fill(database, orders, came_back, before=before, days=days)
            if postgres:
                await tidy(database)
            return {
                "database": "PostgreSQL" if postgres else "SQLite",
                "machine": load(),
                "paid_orders": orders,
                "days": days,
                "came_back": came_back,
                "paid_orders_before": before,
                **await ask(database, 200),
            }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What asking the pot costs each order, as one JSON object.")
    parser.add_argument("--orders", type=int, default=10_000, help="paid orders of this period")
    parser.add_argument("--came-back", type=int, default=3_000, help="of them")
    parser.add_argument("--before", type=int, default=0, help="paid orders of an earlier period")
    parser.add_argument("--days", type=int, default=1, help="on which they were made")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    wish = parser.parse_args()
    told = asyncio.run(
        measure(wish.orders, wish.came_back, before=wish.before, days=wish.days, postgres=wish.postgres)
    )
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
