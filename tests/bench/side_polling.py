"""The wait loop of the official client, a GET for each run every half second: a part of ``side_by_side``."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from replicate.client import Client

from bot.jobs.ids import new_id
from tests.bench.side_flow import Run, kept

_TABLE: Final = "CREATE TABLE orders (id TEXT PRIMARY KEY, state TEXT NOT NULL, request TEXT, run_id TEXT)"


class Notes:
    """A row an order in a SQLite file, each write synced as ours are, in a thread of its own; or nothing."""

    def __init__(self, run: Run, *, safe: bool) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._file = run.folder / "orders.sqlite"
        self._connection: sqlite3.Connection | None = self._open() if safe else None

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(_TABLE)
        return connection

    async def write(self, statement: str, *values: Any) -> None:
        """On disk when this returns, where anything is noted."""
        if self._connection is not None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._connection.execute, statement, values)

    def close(self) -> None:
        """Close the file."""
        self._thread.shutdown()
        if self._connection is not None:
            self._connection.close()


async def by_polling(run: Run, *, safe: bool) -> None:
    """Order, then ask every half second until it is over. ``safe``: a restart could go on with the rows."""
    client = Client(api_token="bench", base_url=run.peer_url)
    host, notes = run.host(), Notes(run, safe=safe)

    async def one(number: int) -> None:
        order_id = new_id()
        await notes.write("INSERT INTO orders VALUES (?, 'submit', ?, NULL)", order_id, f"funk {number}")
        made = await client.predictions.async_create(version="v", input={"prompt": f"funk {number}"})
        await notes.write("UPDATE orders SET state = 'waiting', run_id = ? WHERE id = ?", made.id, order_id)
        await made.async_wait()
        if made.output is None:
            raise LookupError("a run without a result")
        await notes.write("UPDATE orders SET state = 'collect' WHERE id = ?", order_id)
        await kept(run, host, str(made.output["audio"]), order_id)
        await notes.write("UPDATE orders SET state = 'done' WHERE id = ?", order_id)
        run.delivered()

    try:
        await run.all_ordered(one)
    finally:
        await host.close()
        notes.close()
