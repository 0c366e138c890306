"""The gate in front of every job: small checks, each of a room of its own, in one order.

An order passes who may order at all, then the screen of its words, then whoever pays, and last those who may
want it to wait for a moderator. ``bot.app`` puts them together; each reads and writes in the transaction that
accepts the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotEnough
from bot.jobs.order import Order
from bot.jobs.ports import Candidate, Passage
from bot.jobs.preferences import Settings
from bot.jobs.pricing import price_of_one
from bot.money.allowance import UNBOUNDED, Allowance
from bot.store.settings import read_settings
from bot.treasury.paying import PotPayer


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An order at the gate, with what its server decided."""

    candidate: Candidate
    settings: Settings
    price: int
    """Credits, for each of its parts."""

    @property
    def order(self) -> Order:
        """What is asked for."""
        return self.candidate.order


class Check(Protocol):
    """Somebody who may refuse an order, or want it looked at."""

    async def check(self, connection: AsyncConnection, case: Case) -> tuple[str, ...]:
        """The rules for which a moderator should look at it; none: empty. Raises ``UserError``: refused."""
        ...


class Payer(Protocol):
    """Somebody who may pay."""

    async def pay(self, connection: AsyncConnection, case: Case) -> Passage | None:
        """From which account, and by whose key; None: somebody else. Raises ``NotEnough``."""
        ...


class Hold(Protocol):
    """Whoever decides which orders wait."""

    async def hold(
        self, connection: AsyncConnection, case: Case, passage: Passage, reasons: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Why it waits, and what moderators are told is written; empty: it does not.

        ``reasons`` are those of the checks.
        """
        ...


class ServerGate:
    """The gate of a bot whose servers have rules and pots."""

    def __init__(
        self,
        *,
        checks: Sequence[Check] = (),
        payers: Sequence[Payer] = (),
        holds: Hold | None = None,
        allowance: Allowance = UNBOUNDED,
    ) -> None:
        """Put it together.

        Args:
            checks: Asked first, in this order.
            payers: Asked before the server's pot, in this order, e.g. for whoever brought a key of their own.
            holds: Asked last.
            allowance: What whoever runs the bot lets each server have.
        """
        self._checks = checks
        self._payers = payers
        self._holds = holds
        self._pot = PotPayer(allowance)

    async def pass_(self, connection: AsyncConnection, candidate: Candidate) -> Passage:
        """As :class:`bot.jobs.ports.Gate`."""
        order = candidate.order
        settings = await read_settings(connection, order.guild_id, order.home)
        price = price_of_one(order.recipe, order.host, candidate.prices, settings.guild.money)
        case = Case(candidate=candidate, settings=settings, price=price)
        reasons = tuple([why for each in self._checks for why in await each.check(connection, case)])
        passage = await self._paid(connection, case)
        if self._holds is None:
            return passage
        return replace(passage, held=await self._holds.hold(connection, case, passage, reasons))

    async def refused(self, connection: AsyncConnection, candidate: Candidate, error: NotEnough) -> None:
        """As :class:`bot.jobs.ports.Gate`."""
        await self._pot.refused(connection, candidate.order, error, at=candidate.at)

    async def _paid(self, connection: AsyncConnection, case: Case) -> Passage:
        for payer in self._payers:
            if (passage := await payer.pay(connection, case)) is not None:
                return passage
        return await self._pot.pay(
            connection,
            case.order,
            price=case.price,
            parts=case.candidate.parts,
            at=case.candidate.at,
        )
