"""Consent of authors: whether an order may be placed, asking those who want to be asked, and their answers.

A question keeps the whole order, so that it goes through whenever its author says yes, whatever was restarted
in between. Where something is made from takes of several authors, they are asked in turn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotAllowed, NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.ids import new_id
from bot.jobs.order import Order
from bot.jobs.orders import Also
from bot.jobs.recipes import Image, TakeSource
from bot.library.consent import Lent, strictest
from bot.library.records import Ask
from bot.store.asks import (
    add_ask,
    close_ask,
    forget_asks,
    get_ask,
    lent_takes,
    open_asks_of,
)
from bot.store.db import Database

_log = structlog.get_logger(__name__)

ANSWER_WITHIN: Final = timedelta(days=3)
"""After that nobody waits for it any more."""
_KEPT: Final = timedelta(days=7)
OPEN_MOST: Final = 3
"""Questions of one member that wait at once: authors are not to be pestered."""


@dataclass(frozen=True, slots=True)
class MustAsk:
    """An author who has to be asked before an order is placed."""

    take_id: str
    author_id: str


class Consent:
    """What the counter asks before it places an order."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def check(self, order: Order, *, granted: tuple[str, ...] = ()) -> MustAsk | None:
        """None where the order may be placed, else the author to ask first.

        Args:
            order: What would be placed.
            granted: Authors who said yes to it.

        Raises:
            NotAllowed: ``remix``: an author of what it is made from wants nobody to.
        """
        take_ids = made_of(order)
        if not take_ids:
            return None
        async with self._database.connect() as connection:
            lent = await lent_takes(connection, take_ids)
        permission, decides = strictest(
            lent,
            actor_id=order.user_id,
            granted=granted,
            dresses=is_cover(order),
            is_moderator=order.member.moderates,
        )
        if permission == "refused":
            raise NotAllowed("remix")
        return None if permission == "allowed" or decides is None else _to_ask(decides)

    async def ask(
        self, order: Order, whom: MustAsk, *, granted: tuple[str, ...] = (), also: Also | None = None
    ) -> Ask:
        """Keep the question, with the order that waits for it, and do ``also`` in the same transaction.

        Raises:
            NotAllowed: ``ask_more``: this member waits for as many answers as one may.
        """
        now = self._clock.now()
        ask = Ask(
            id=new_id(),
            take_id=whom.take_id,
            author_id=whom.author_id,
            asker_id=order.user_id,
            order=order,
            granted=granted,
            state="open",
            created_at=now,
            expires_at=now + ANSWER_WITHIN,
        )
        async with self._database.begin() as connection:
            await forget_asks(connection, expired_before=now - _KEPT)
            if not granted and await open_asks_of(connection, order.user_id, now) >= OPEN_MOST:
                raise NotAllowed("ask_more")
            if also is not None:
                await also(connection)
            await add_ask(connection, ask)
        _log.info("consent.asked", ask=ask.id, take=ask.take_id, author=ask.author_id, asker=ask.asker_id)
        return ask

    async def open_ask(self, ask_id: str) -> Ask:
        """A question that waits for its answer.

        Raises:
            NotFound: ``ask``: it was answered, its time is over, or it never was.
        """
        async with self._database.connect() as connection:
            ask = await get_ask(connection, ask_id)
        if ask is None or ask.state != "open" or ask.expires_at <= self._clock.now():
            raise NotFound("ask")
        return ask

    async def next_question(self, ask: Ask, *, actor_id: str) -> Ask | None:
        """The author said yes: the question to the next author, or None where the order may be placed now.

        Raises:
            NotAllowed: ``answer_ask``: somebody else than the author; ``remix``: another author refuses.
        """
        if actor_id != ask.author_id:
            raise NotAllowed("answer_ask")
        granted = (*ask.granted, ask.author_id)
        whom = await self.check(ask.order, granted=granted)
        if whom is None:
            return None
        following = replace(ask, id=new_id(), take_id=whom.take_id, author_id=whom.author_id, granted=granted)
        async with self._database.begin() as connection:
            await self._close(connection, ask.id, "allowed")
            await add_ask(connection, following)
        return following

    def allowing(self, ask: Ask) -> Also:
        """What closes the question in the very transaction that places its order: both happen, or neither.

        It raises ``NotFound`` where a second press was faster.
        """

        async def close(connection: AsyncConnection) -> None:
            await self._close(connection, ask.id, "allowed")

        return close

    async def refuse(self, ask: Ask, *, actor_id: str) -> Literal["refused", "withdrawn"]:
        """The author says no, or the asker does not want it any more.

        Raises:
            NotAllowed: ``answer_ask``: anybody else.
            NotFound: ``ask``: somebody was faster.
        """
        if actor_id not in (ask.author_id, ask.asker_id):
            raise NotAllowed("answer_ask")
        state = "refused" if actor_id == ask.author_id else "withdrawn"
        async with self._database.begin() as connection:
            await self._close(connection, ask.id, state)
        return state

    async def _close(
        self, connection: AsyncConnection, ask_id: str, state: Literal["allowed", "refused", "withdrawn"]
    ) -> None:
        if not await close_ask(connection, ask_id, state, now=self._clock.now()):
            raise NotFound("ask")

    async def rule_of(self, take_id: str) -> Lent | None:
        """All that decides who may use a take; None of one that is gone."""
        async with self._database.connect() as connection:
            found = await lent_takes(connection, [take_id])
        return found[0] if found else None


def made_of(order: Order) -> tuple[str, ...]:
    """Every take that an order is made from or after."""
    source = order.recipe.made_of
    named = [order.parent_take_id, source.take_id if isinstance(source, TakeSource) else None]
    if isinstance(order.recipe, Image) and order.recipe.cover_of is not None:
        named.append(order.recipe.cover_of.take_id)
    return tuple(dict.fromkeys(take_id for take_id in named if take_id is not None))


def is_cover(order: Order) -> bool:
    """Whether what is made becomes the cover of somebody's music."""
    return isinstance(order.recipe, Image) and order.recipe.cover_of is not None


def _to_ask(lent: Lent) -> MustAsk:
    return MustAsk(take_id=lent.take_id, author_id=lent.author_id)
