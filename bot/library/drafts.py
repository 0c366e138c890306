"""Drafts: what a member sees before it is spent. Each is ordered once, or forgotten after a day."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.ids import new_id
from bot.jobs.orders import Also
from bot.jobs.recipes import Recipe
from bot.jobs.upkeep import LOOKED_AT
from bot.library.records import Draft, Terms
from bot.store.db import Database
from bot.store.drafts import change_draft, forget_drafts, get_draft, put_draft, take_draft


class Drafts:
    """Keeps them across restarts."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def keep(
        self,
        recipe: Recipe,
        *,
        user_id: str,
        guild_id: str,
        parent_take_id: str | None,
        terms: Terms | None = None,
        instead_of: Draft | None = None,
    ) -> Draft:
        """Keep a new one; old ones of everybody are forgotten.

        Raises:
            NotFound: The one that it takes the place of was ordered or given up.
        """
        now = self._clock.now()
        draft = Draft(
            id=new_id(),
            user_id=user_id,
            guild_id=guild_id,
            recipe=recipe,
            parent_take_id=parent_take_id,
            created_at=now,
            terms=terms or Terms(),
        )
        async with self._database.begin() as connection:
            await forget_drafts(connection, before=now - LOOKED_AT)
            if instead_of is not None:
                await _taken(connection, instead_of)
            await put_draft(connection, draft)
        return draft

    async def of(self, draft_id: str, user_id: str) -> Draft:
        """This member's draft. Raises ``NotFound`` when it was ordered or given up, or is a day old."""
        async with self._database.connect() as connection:
            draft = await get_draft(connection, draft_id)
        if draft is None or draft.user_id != user_id or draft.created_at < self._clock.now() - LOOKED_AT:
            raise NotFound("draft")
        return draft

    async def change(self, draft: Draft, recipe: Recipe, terms: Terms) -> None:
        """Another recipe in its place, on other terms. Raises ``NotFound``."""
        async with self._database.begin() as connection:
            if not await change_draft(connection, draft.id, recipe, terms):
                raise NotFound("draft")

    async def take(self, draft: Draft) -> None:
        """Give it up. Raises ``NotFound`` where a second press was faster."""
        async with self._database.begin() as connection:
            await _taken(connection, draft)

    def taking(self, draft: Draft) -> Also:
        """What gives it up in the very transaction that places its order: both happen, or neither.

        It raises ``NotFound`` where a second press was faster.
        """

        async def taken(connection: AsyncConnection) -> None:
            await _taken(connection, draft)

        return taken


async def _taken(connection: AsyncConnection, draft: Draft) -> None:
    if not await take_draft(connection, draft.id):
        raise NotFound("draft")
