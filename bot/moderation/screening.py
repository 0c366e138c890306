"""The screen of servers: their rules, compiled once a version, and what becomes of orders that meet one."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption
from bot.gate import Case
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.order import Order
from bot.jobs.preferences import Settings
from bot.moderation.deeds import REFUSED, Deed
from bot.moderation.trail import Trail
from bot.safety.budget import Budget
from bot.safety.rulebook import Hit, Rulebook
from bot.safety.words import Rule
from bot.store.db import Database
from bot.store.screen_rules import rules_of, screen_version

_log = structlog.get_logger(__name__)

SCREENED: Final = "screened"
"""The problem of an order whose words a server does not want."""
_RULES_KEPT: Final = 50_000
"""Compiled rules of all servers together, a kilobyte or two each; those asked for longest ago go first."""
_NONE: Final = Rulebook()
_JUDGED_KEPT: Final = 1_000
"""Orders that were looked at and may still come to the gate."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules of a server say about texts."""

    met: tuple[str, ...]
    """Texts of those that are met."""
    refusing: tuple[int, ...]
    """Numbers of those that refuse."""


class Screening:
    """Asks the rules of servers. One for a process: it holds what was compiled."""

    def __init__(self, database: Database, trail: Trail | None = None, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._trail = trail or Trail(database, clock)
        self._books: OrderedDict[str, tuple[int, Rulebook]] = OrderedDict()
        self._compiling: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._judged: OrderedDict[tuple[object, ...], Judged] = OrderedDict()

    async def book(self, guild_id: str, version: int, connection: AsyncConnection | None = None) -> Rulebook:
        """The rules of a server as they stand in a version that was just read."""
        if version == 0:
            return _NONE
        known = self._books.get(guild_id)
        if known is not None and known[0] >= version:
            self._books.move_to_end(guild_id)
            return known[1]
        if connection is None:
            async with self._database.connect() as fresh:
                version = await screen_version(fresh, guild_id)
                rules = await rules_of(fresh, guild_id)
        else:
            rules = await rules_of(connection, guild_id)
        return await self.hand_in(guild_id, version, rules)

    async def hand_in(self, guild_id: str, version: int, rules: Sequence[Rule]) -> Rulebook:
        """Compile what stands in a version, once for all who ask from now on."""
        async with self._compiling.setdefault(guild_id, asyncio.Lock()):
            known = self._books.get(guild_id)
            if known is not None and known[0] >= version:
                return known[1]
            book = await asyncio.to_thread(Rulebook, rules)
            self._keep(guild_id, version, book)
            return book

    def _keep(self, guild_id: str, version: int, book: Rulebook) -> None:
        known = self._books.get(guild_id)
        if known is not None and known[0] > version:
            return  # somebody read a later one meanwhile
        self._books[guild_id] = (version, book)
        self._books.move_to_end(guild_id)
        while len(self._books) > 1 and sum(len(each) for _, each in self._books.values()) > _RULES_KEPT:
            self._books.popitem(last=False)

    async def judged(
        self, order: Order, settings: Settings, connection: AsyncConnection | None = None
    ) -> tuple[str, ...]:
        """The rules for which a moderator should look at an order, as they stand now; empty: for none.

        Whoever asks again with the same words and the same version of the rules, as the gate does after
        :meth:`look`, is told what was found then.

        Raises:
            InvalidOption: ``screened``: the server does not want to read this.
        """
        version, texts = settings.screen_version, order.recipe.texts
        if version == 0:
            return ()
        told = hashlib.sha256(repr(texts).encode("utf-8", "backslashreplace")).digest()
        key = (
            *(order.guild_id, version, settings.channel.strictness),
            *(order.member.age_restricted, told),
        )
        known = self._judged.pop(key, None)
        if known is None:
            book = await self.book(order.guild_id, version, connection)
            hits = await _hits_in(book, texts, settings, age_restricted=order.member.age_restricted)
            met = tuple(dict.fromkeys(hit.rule.text for hit in hits))
            known = Judged(met, tuple(hit.rule.id for hit in refusals(hits)))
        self._judged[key] = known
        while len(self._judged) > _JUDGED_KEPT:
            self._judged.popitem(last=False)
        if known.refusing:
            raise InvalidOption("prompt", SCREENED, rules=[*known.refusing])
        return known.met

    async def look(self, order: Order, settings: Settings) -> bool:
        """Whether there is any, before there is a transaction; a refusal is noted, by the rule.

        Raises as :meth:`judged`.
        """
        try:
            return bool(await self.judged(order, settings))
        except InvalidOption as error:
            book = await self.book(order.guild_id, settings.screen_version)
            await self._refused(book, order.guild_id, order.channel_id, order.user_id, error)
            raise

    async def look_at_text(
        self,
        option: str,
        words: str,
        settings: Settings,
        *,
        guild_id: str,
        channel_id: str,
        user_id: str,
        age_restricted: bool,
    ) -> None:
        """Whether the bot may say this for a member. It waits for nobody: what would be held is refused.

        Raises:
            InvalidOption: ``screened``.
        """
        book = await self.book(guild_id, settings.screen_version)
        hits = await _hits_in(book, (words,), settings, age_restricted=age_restricted)
        if hits:
            error = InvalidOption(option, SCREENED, rules=[hit.rule.id for hit in hits])
            await self._refused(book, guild_id, channel_id, user_id, error)
            raise error

    async def _refused(
        self, book: Rulebook, guild_id: str, channel_id: str, user_id: str, error: InvalidOption
    ) -> None:
        """Note it with the rule as it stands now, which can be removed later; never what was written."""
        rules: Any = error.facts["rules"]
        _log.info("screen.refused", guild=guild_id, user=user_id, rules=rules)
        deed = Deed(
            at=self._clock.now(),
            guild_id=guild_id,
            actor_id=user_id,
            action=REFUSED,
            subject=f"rule {rules[0]}",
            channel_id=channel_id,
            reason=SCREENED,
            after=next(({"rule": each.text} for each in book.rules if each.id == rules[0]), None),
        )
        await self._trail.refused(deed)


class ScreenDoor:
    """What the screen asks of every order, in the transaction that accepts it: a part of the gate."""

    def __init__(self, screening: Screening) -> None:
        self._screening = screening

    async def check(self, connection: AsyncConnection, case: Case) -> tuple[str, ...]:
        """``flagged``: its words should be looked at. Raises as :meth:`Screening.judged`.

        Whose words were looked at before the transaction costs nothing here unless the rules changed since.
        """
        return await self._screening.judged(case.order, case.settings, connection)


async def _hits_in(
    book: Rulebook, texts: Sequence[str], settings: Settings, *, age_restricted: bool
) -> list[Hit]:
    """Every rule that the texts of one order meet in a channel."""
    strictness, budget = settings.channel.strictness, Budget()

    def found() -> list[Hit]:
        return [
            hit
            for text in texts
            for hit in book.met(text, strictness=strictness, age_restricted=age_restricted, budget=budget)
        ]

    return await asyncio.to_thread(found) if len(book) and strictness != "off" else []


def refusals(hits: Sequence[Hit]) -> list[Hit]:
    """Those that refuse. What a pattern could not say in time is for a moderator, whatever it would do."""
    return [hit for hit in hits if hit.rule.action == "refuse" and hit.in_time]
