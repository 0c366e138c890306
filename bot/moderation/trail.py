"""The trail of a server, for everybody who looks into it, and what was tried by the wrong person."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.errors import NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.ids import new_id
from bot.moderation.deeds import REFUSED, Deed, Noted, Sought
from bot.store.audit_log import find_deeds, known_values, note, refused_so_often
from bot.store.db import Database
from bot.store.searches import forget_searches, get_deed_search, keep_deed_search

PAGE: Final = 8
EXPORT_MOST: Final = 20_000
"""Deeds in one file, the newest: some megabytes."""

_KEPT: Final = timedelta(days=1)
"""Searches, for the pages that follow."""
_OF_ONE: Final = (10, timedelta(hours=1))
_OF_ALL_IN: Final = timedelta(days=1)
OF_ALL_MOST: Final = 300
"""So many refused attempts are noted, of one person and of all in a server, in such a time: a trail that
somebody could fill with presses would hide what matters."""
_QUIET_MOST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some deeds, newest first."""

    search_id: str
    deeds: tuple[Noted, ...]
    older: int | None
    """Where the next page begins: what was noted before this deed; None where there is none."""
    is_newest: bool


class Trail:
    """Looks, hands over, and notes what has no transaction of its own."""

    def __init__(
        self, database: Database, clock: Clock | None = None, *, attempts_most: int = OF_ALL_MOST
    ) -> None:
        self._database = database
        self._of_all = (attempts_most, _OF_ALL_IN)
        self._clock = clock or SystemClock()
        self._quiet: dict[tuple[str, str], float] = {}

    async def note(self, deed: Deed) -> None:
        """Note what no other transaction goes with."""
        async with self._database.begin() as connection:
            await note(connection, deed)

    async def search(self, sought: Sought, *, user_id: str) -> Page:
        """The newest that fits, kept under an id of this person's for the pages that follow."""
        search_id = new_id()
        now = self._clock.now()
        async with self._database.begin() as connection:
            await forget_searches(connection, before=now - _KEPT)
            await keep_deed_search(connection, search_id, user_id, sought, now)
        return await self._page(search_id, sought, None)

    async def turn(self, search_id: str, before_id: int | None, *, guild_id: str, user_id: str) -> Page:
        """Another page of a search. Raises ``NotFound``: it was not theirs, or is too old."""
        return await self._page(search_id, await self.sought(search_id, guild_id, user_id), before_id)

    async def sought(self, search_id: str, guild_id: str, user_id: str) -> Sought:
        """What somebody looked for in this server. Raises as :meth:`turn`."""
        async with self._database.connect() as connection:
            sought = await get_deed_search(connection, search_id, user_id)
        if sought is None or sought.guild_id != guild_id:
            raise NotFound("trail_search")
        return sought

    async def _page(self, search_id: str, sought: Sought, before_id: int | None) -> Page:
        async with self._database.connect() as connection:
            found = await find_deeds(connection, sought, limit=PAGE + 1, before_id=before_id)
        shown = tuple(found[:PAGE])
        older = shown[-1].id if len(found) > PAGE else None
        return Page(search_id=search_id, deeds=shown, older=older, is_newest=before_id is None)

    async def everything(self, sought: Sought, limit: int | None = EXPORT_MOST) -> list[Noted]:
        """All that fits, oldest first, the newest ``limit`` of it; None: without a limit."""
        async with self._database.connect() as connection:
            found = await find_deeds(connection, sought, limit=limit)
        return found[::-1]

    async def known(self, guild_id: str, name: str) -> list[str]:
        """What a search could name: each ``action`` or ``subject`` of this server, the latest first."""
        async with self._database.connect() as connection:
            return await known_values(connection, guild_id, name)

    async def refused(self, attempt: Deed) -> bool:
        """Note that somebody tried what they may not; whether it was noted.

        Args:
            attempt: Its time and action are set here.
        """
        now = self._clock.now()
        who = (attempt.guild_id, attempt.actor_id)
        if self._quiet.get(who, 0.0) > now.timestamp():
            return False
        async with self._database.begin() as connection:
            for actor_id, (most, within) in ((attempt.actor_id, _OF_ONE), (None, self._of_all)):
                since = now - within
                if await refused_so_often(connection, attempt.guild_id, most, since=since, actor_id=actor_id):
                    self._be_quiet(who, now.timestamp() + within.total_seconds() / most)
                    return False
            await note(connection, dataclasses.replace(attempt, at=now, action=REFUSED))
        return True

    def _be_quiet(self, who: tuple[str, str], until: float) -> None:
        """A spammer's presses need not be counted in the database each time."""
        if len(self._quiet) >= _QUIET_MOST:
            self._quiet.clear()
        self._quiet[who] = until
