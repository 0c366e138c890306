"""Writers of a SQLite file take turns, and those who come together share one commit.

SQLite has one writer at a time, and a commit costs a sync of the disk, however little is in it. So a
writer that waits while others write gets its turn in the same transaction, between two savepoints: what
it did is undone alone if it fails, and is on disk before it is told that it is done. If the commit fails,
it fails for all who share it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.quick_sqlite import QuickConnection

WRITES: Final = "riffcord_writes"
"""Execution option of a connection whose transactions take the write lock from the start."""
_MOST: Final = 32
"""Turns that share a commit: the first must not wait for ever for the last."""


_TOLD_AT_ONCE: Final = 8
"""Each goes on when it is told: all of them in one round of the loop would keep others waiting."""


class _Turn:
    """One writer's wish, and how far it is."""

    def __init__(self, *, long: bool) -> None:
        loop = asyncio.get_running_loop()
        self.long = long
        self.granted: asyncio.Future[AsyncConnection] = loop.create_future()
        self.over: asyncio.Future[bool] = loop.create_future()
        """Whether what was done is to be kept."""
        self.committed: asyncio.Future[None] = loop.create_future()

    def settle(self, error: BaseException | None) -> None:
        """Tell the writer what became of the commit, whatever it waits for."""
        for waited in (self.granted, self.committed):
            if not waited.done():
                _tell(waited, error)


def _tell(
    waited: asyncio.Future[AsyncConnection] | asyncio.Future[None], error: BaseException | None
) -> None:
    if error is None or isinstance(error, asyncio.CancelledError):
        waited.cancel()
    else:
        waited.set_exception(error)
        waited.exception()  # seen: a writer that was cancelled does not look any more


class Turns:
    """Hands the one writing connection round. It is taken from the pool only while somebody wants it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: deque[_Turn] = deque()
        self._round: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def turn(self, *, long: bool) -> AsyncGenerator[AsyncConnection, None]:
        """A transaction; at the end of the block it is on disk, or undone on any error.

        Args:
            long: Its statements may take longer than some milliseconds, so they must not run in the
                thread of the event loop.
        """
        turn = _Turn(long=long)
        self._waiting.append(turn)
        self._begin_round()
        try:
            yield await turn.granted
        except BaseException:
            if not turn.over.done():
                turn.over.set_result(False)
            raise
        if not turn.over.done():
            turn.over.set_result(True)
        await asyncio.shield(turn.committed)

    async def aclose(self) -> None:
        """Wait until everything is written."""
        while self._round is not None:
            await asyncio.wait([self._round])

    def _begin_round(self) -> None:
        if self._round is None:
            self._round = asyncio.create_task(self._hand_round(), name="sqlite writer")

    async def _hand_round(self) -> None:
        sharing: list[_Turn] = []
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(**{WRITES: True})
                driver = (await connection.get_raw_connection()).driver_connection
                if not isinstance(driver, QuickConnection):
                    raise TypeError("a SQLite file that open_database did not open")
                try:
                    while self._waiting:
                        sharing = []
                        await self._share(connection, driver, sharing)
                finally:
                    await driver.rollback()  # a commit that failed leaves its transaction open
        except BaseException as error:
            self._fail(sharing, error)
            if not isinstance(error, Exception):
                raise
        finally:
            self._round = None
            if self._waiting:  # came while the connection was given back, or did not share what failed
                self._begin_round()

    def _fail(self, sharing: list[_Turn], error: BaseException) -> None:
        """Those who share the transaction fail with it; who waits, only where none can be begun."""
        ending = not isinstance(error, Exception)
        failing = list(sharing)
        if ending or all(turn.committed.done() for turn in sharing):
            failing += self._waiting
            self._waiting.clear()
        for turn in failing:
            turn.settle(error)

    async def _share(
        self, connection: AsyncConnection, driver: QuickConnection, sharing: list[_Turn]
    ) -> None:
        """One transaction of all who wait, and who come while it lasts."""
        async with connection.begin() as transaction:
            while self._waiting and len(sharing) < _MOST:
                turn = self._waiting.popleft()
                if turn.granted.done():  # cancelled while it waited
                    continue
                sharing.append(turn)
                driver.at_once("SAVEPOINT turn")
                turn.granted.set_result(connection)
                with driver.quick(not turn.long):
                    keep = await turn.over
                if not keep:
                    driver.at_once("ROLLBACK TO turn")
                driver.at_once("RELEASE turn")
            await transaction.commit()
        for told, turn in enumerate(sharing, 1):
            if not turn.committed.done():
                turn.committed.set_result(None)
            if told % _TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)
