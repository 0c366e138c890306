"""Rules of the screen as administrators change them: added, removed, tried."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InvalidOption, NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.moderation.deeds import By
from bot.moderation.screening import Screening
from bot.moderation.setup_rules import RuleChanges, changes_to
from bot.safety.budget import Budget
from bot.safety.entry import checked, require_few
from bot.safety.policy import Strictness
from bot.safety.rulebook import Hit, Rulebook
from bot.safety.words import Rule
from bot.store.audit_log import note
from bot.store.db import Database
from bot.store.screen_rules import (
    next_version,
    put_rules,
    remove_rules,
    rules_of,
    screen_version,
)
from bot.store.takes import latest_takes

_log = structlog.get_logger(__name__)

ADDED, REMOVED = "screen_add", "screen_remove"
"""Actions in the trail."""
TRIED_MOST: Final = 500
_IDS_NOTED: Final = 50
_TEXTS_NOTED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of what somebody wanted to add."""

    new: tuple[str, ...] = ()
    """Texts that became rules."""
    changed: tuple[str, ...] = ()
    """Of rules that stood, and do something else now."""
    stood: tuple[str, ...] = ()
    """Of rules that stood just so."""
    rules: int
    """Of the server now, in all."""
    refused: tuple[tuple[str, InvalidOption], ...] = ()
    """Texts that cannot be rules, and the problem of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What rules would do."""

    hits: tuple[Hit, ...]
    """In the text that was typed."""
    orders: int
    """Latest takes of this server whose words were looked at."""
    stopped: int
    """How many of them meet any rule."""
    met: tuple[tuple[Rule, int], ...]
    """Rules that these meet, and how many do, most first."""


class ScreenRules:
    """Changes the rules of servers, each change noted."""

    def __init__(self, database: Database, screening: Screening, clock: Clock | None = None) -> None:
        self._database = database
        self._screening = screening
        self._clock = clock or SystemClock()

    async def all(self, guild_id: str) -> list[Rule]:
        """Every rule of a server, oldest first."""
        async with self._database.connect() as connection:
            return await rules_of(connection, guild_id)

    async def add(
        self, guild_id: str, wanted: Sequence[Rule], *, actor_id: str, origin: str = "hand"
    ) -> Added:
        """Add rules, whatever their ids are; one that stands already gets the new action and scope.

        Raises:
            InvalidOption: None of one can be a rule; ``too_many``, when there would be more than may be.
        """
        found = await asyncio.to_thread(checked, wanted)
        if not found.good and len(found.refused) == 1:
            raise found.refused[0][1]
        if not found.good:
            return Added(rules=len(await self.all(guild_id)), refused=found.refused)
        async with self._database.begin(long=True) as connection:
            await next_version(connection, guild_id)
            stands = await rules_of(connection, guild_id)
            await self._put(connection, guild_id, found.good, actor_id, origin)
        changes = changes_to(stands, found.good)
        touched = {*changes.new, *changes.otherwise}
        return Added(
            new=tuple(each.text for each in changes.new),
            changed=tuple(each.text for each in changes.otherwise),
            stood=tuple(each.text for each in found.good if each not in touched),
            rules=len(stands) + len(changes.new),
            refused=found.refused,
        )

    async def become(
        self,
        connection: AsyncConnection,
        guild_id: str,
        changes: RuleChanges,
        *,
        actor_id: str,
        origin: str,
    ) -> None:
        """Make these changes, of rules checked before, in a transaction that found them and decides more."""
        await next_version(connection, guild_id)
        if changes.gone:
            await self._remove(connection, guild_id, changes.gone, actor_id)
        if changes.new or changes.otherwise:
            await self._put(connection, guild_id, (*changes.new, *changes.otherwise), actor_id, origin)

    async def _put(
        self, connection: AsyncConnection, guild_id: str, good: Sequence[Rule], actor_id: str, origin: str
    ) -> None:
        """Keep them, and note which rules they became. Raises ``InvalidOption`` where they are too many."""
        now = self._clock.now()
        await put_rules(connection, guild_id, good, origin=origin, added_by=actor_id, at=now)
        every = await rules_of(connection, guild_id)
        require_few(every)
        wanted = {(rule.kind, rule.text) for rule in good}
        ids = [rule.id for rule in every if (rule.kind, rule.text) in wanted]
        does = {rule.does for rule in good}
        told = {
            "rules": ids[:_IDS_NOTED],
            "texts": [rule.text for rule in good[:_TEXTS_NOTED]],
            "count": len(ids),
            "does": does.pop() if len(does) == 1 else "mixed",
            "origin": origin,
        }
        await self._note(connection, guild_id, ADDED, actor_id, ids, after=told)

    async def remove(self, guild_id: str, ids: Collection[int], *, actor_id: str) -> list[Rule]:
        """Remove rules; those that stood. Raises ``NotFound`` where there was none."""
        async with self._database.begin(long=True) as connection:
            await next_version(connection, guild_id)
            gone = [each for each in await rules_of(connection, guild_id) if each.id in ids]
            if not gone:
                raise NotFound("rule")
            await self._remove(connection, guild_id, gone, actor_id)
        return gone

    async def _remove(
        self, connection: AsyncConnection, guild_id: str, gone: Sequence[Rule], actor_id: str
    ) -> None:
        numbers = [each.id for each in gone]
        await remove_rules(connection, guild_id, numbers)
        texts = [each.text for each in gone[:_TEXTS_NOTED]]
        told = {"rules": numbers[:_IDS_NOTED], "texts": texts, "count": len(numbers)}
        await self._note(connection, guild_id, REMOVED, actor_id, numbers, before=told)

    async def _note(
        self,
        connection: AsyncConnection,
        guild_id: str,
        action: str,
        actor_id: str,
        ids: Sequence[int],
        *,
        before: object = None,
        after: object = None,
    ) -> None:
        subject = f"rule {ids[0]}" if len(ids) == 1 else None
        by = By(guild_id=guild_id, actor_id=actor_id)
        await note(connection, by.deed(self._clock.now(), action, subject, before=before, after=after))
        _log.info("screen.changed", guild=guild_id, actor=actor_id, action=action, rules=len(ids))

    async def tried(
        self,
        guild_id: str,
        text: str,
        *,
        strictness: Strictness,
        age_restricted: bool,
        rule_id: int | None = None,
    ) -> Trial:
        """What the rules, or one of them alone, would do to a text, and would have done to the latest takes.

        Raises:
            NotFound: ``rule``: there is none of this number.
        """
        async with self._database.connect() as connection:
            version = await screen_version(connection, guild_id)
            takes = await latest_takes(connection, guild_id, TRIED_MOST)
        book = await self._screening.book(guild_id, version)
        if rule_id is not None:
            # Allowed words still count, or the answer would be another one than the screen's.
            if all(each.id != rule_id for each in book.rules):
                raise NotFound("rule")
            left = [each for each in book.rules if each.id == rule_id or each.kind == "allow"]
            book = await asyncio.to_thread(Rulebook, left)
        texts = [take.recipe.texts for take in takes]
        met, stopped = await asyncio.to_thread(_met, book, texts, strictness, age_restricted)
        hits = await asyncio.to_thread(book.met, text, strictness=strictness, age_restricted=age_restricted)
        return Trial(hits=tuple(hits), orders=len(texts), stopped=stopped, met=tuple(met))


def _met(
    book: Rulebook, texts: Iterable[Sequence[str]], strictness: Strictness, age_restricted: bool
) -> tuple[list[tuple[Rule, int]], int]:
    """How many of these orders meet each rule, most first, and how many meet any."""
    counts: Counter[Rule] = Counter()
    stopped = 0
    for told in texts:
        budget = Budget()
        hits = {
            hit.rule
            for text in told
            for hit in book.met(text, strictness=strictness, age_restricted=age_restricted, budget=budget)
        }
        counts.update(hits)
        stopped += bool(hits)
    return counts.most_common(), stopped
