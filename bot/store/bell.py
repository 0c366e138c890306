"""Telling other processes that there is work, without holding up those who made it.

PostgreSQL lets one transaction with a NOTIFY commit at a time, whichever it is, and a commit waits for the
disk. So the ring comes after the transaction, and one ring tells of all that was written until then. Should
this process die in between, the others look for themselves soon enough.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_log = structlog.get_logger(__name__)

CHANNEL: Final = "riffcord_jobs"
_RING: Final = sa.text(f"SELECT pg_notify('{CHANNEL}', :name)")
_WISH: Final = "riffcord_rings"
_PAUSE_S: Final = 0.02
"""Between rings: what comes in it shares the next."""


class Bell:
    """One process's; it is not told of its own rings."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.name: Final = uuid.uuid4().hex
        """By which its own rings are known."""
        self._engine = engine
        self._wanted = False
        self._ringing: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Soon."""
        self._wanted = True
        if self._ringing is None:
            self._ringing = asyncio.create_task(self._ring(), name="bell")

    async def aclose(self) -> None:
        """Ring what is to be rung."""
        while self._ringing is not None:
            await asyncio.wait([self._ringing])

    async def _ring(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                async with self._engine.connect() as connection:
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await connection.execute(_RING, {"name": self.name})
                await asyncio.sleep(_PAUSE_S)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("bell.not_rung", error=repr(error))
        finally:
            self._ringing = None


def wish(connection: AsyncConnection) -> None:
    """The bell is to be rung once this transaction is committed."""
    connection.info[_WISH] = True


def was_wished(connection: AsyncConnection) -> bool:
    """Whether; asked once."""
    return bool(connection.info.pop(_WISH, False))
