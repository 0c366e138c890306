"""What moderators decide about members of their server: blocked, muted, slowed, trusted. Each is noted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Barred, InvalidOption
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.service import Jobs
from bot.moderation.deeds import By
from bot.moderation.records import Standing
from bot.safety.policy import RuleSettings
from bot.store.audit_log import note
from bot.store.db import Database
from bot.store.holds import show_open_holds
from bot.store.notices import tell_member
from bot.store.settings import read_settings
from bot.store.standings import barred_members, get_standing, put_standing

_log = structlog.get_logger(__name__)

_BARRING: Final = {"block": "blocked", "mute": "muted"}
"""Whose reason they read, with what they are told."""
SLOW_MOST_S: Final = 86_400
MUTE_MOST_S: Final = 365 * 86_400
MUTE_LEAST_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Whom it is about."""

    user_id: str
    name: str = ""
    """As they are called now; shown while a moderator types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """What became of somebody who may order no more."""

    standing: Standing
    taken_back: int
    """Orders that waited, and ended with that."""


Also = Callable[[AsyncConnection, Shut], Awaitable[None]]
"""Further writes of the transaction that decides; what it raises leaves everything as it was."""


class People:
    """Changes and tells how members stand."""

    def __init__(self, database: Database, jobs: Jobs, clock: Clock | None = None) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock or SystemClock()

    async def standing(self, guild_id: str, user_id: str) -> Standing:
        """How a member stands."""
        async with self._database.connect() as connection:
            return await get_standing(connection, guild_id, user_id)

    async def barred(self, guild_id: str) -> list[Standing]:
        """Who is blocked, muted or slowed, the newest decision first."""
        async with self._database.connect() as connection:
            return await barred_members(connection, guild_id, self._clock.now())

    async def require_not_blocked(self, guild_id: str, user_id: str, rules: RuleSettings) -> None:
        """Raises ``Barred`` (blocked) for whoever is: they change nothing that others read."""
        standing = await self.standing(guild_id, user_id)
        if standing.blocked:
            raise blocked(standing, rules)

    async def block(
        self, who: Member, by: By, *, reason: str | None = None, also: Also | None = None
    ) -> Shut:
        """They order nothing any more, and what waits of theirs ends. Raises ``InvalidOption``: oneself."""
        return await self._shut(
            who, by, "block", lambda was: replace(was, blocked=True, trusted=False), reason, also
        )

    async def unblock(self, who: Member, by: By, *, reason: str | None = None) -> Standing:
        """No block, no mute, no slow mode of their own any more; of oneself, too."""

        def free(was: Standing) -> Standing:
            return replace(was, blocked=False, muted_until=None, slow_mode_s=0)

        async with self._database.begin() as connection:
            return await _judge(connection, who, by, "unblock", free, at=self._clock.now(), reason=reason)

    async def mute(self, who: Member, by: By, *, for_s: int, reason: str | None = None) -> Shut:
        """They order nothing for so long, and what waits of theirs ends. Raises ``InvalidOption``."""
        if not MUTE_LEAST_S <= for_s <= MUTE_MOST_S:
            raise InvalidOption("duration", "bad_duration")
        until = self._clock.now().timestamp() + for_s
        when = datetime.fromtimestamp(until, self._clock.now().tzinfo)
        return await self._shut(who, by, "mute", lambda was: replace(was, muted_until=when), reason)

    async def slow(self, who: Member, by: By, *, seconds: int, reason: str | None = None) -> Standing:
        """They wait so long between two orders; 0: no longer. Raises ``InvalidOption``."""
        if not 0 <= seconds <= SLOW_MOST_S:
            raise InvalidOption("seconds", "out_of_range", low=0, high=SLOW_MOST_S)
        _require_another(who, by)

        def slowed(was: Standing) -> Standing:
            return replace(was, slow_mode_s=seconds)

        async with self._database.begin() as connection:
            return await _judge(connection, who, by, "slow", slowed, at=self._clock.now(), reason=reason)

    async def trust(self, who: Member, by: By, *, trusted: bool, reason: str | None = None) -> Standing:
        """Their orders wait for their words alone, or no longer."""
        _require_another(who, by)
        async with self._database.begin() as connection:
            return await trust(connection, who, by, trusted=trusted, at=self._clock.now(), reason=reason)

    async def _shut(
        self,
        who: Member,
        by: By,
        action: str,
        edit: Callable[[Standing], Standing],
        reason: str | None,
        also: Also | None = None,
    ) -> Shut:
        _require_another(who, by)
        async with self._database.glance() as connection:
            rules = (await read_settings(connection, by.guild_id, "")).guild.rules

        async def decide(connection: AsyncConnection, taken_back: int) -> Shut:
            at = self._clock.now()
            before = await get_standing(connection, by.guild_id, who.user_id, lock=True)
            standing = await _judge(connection, who, by, action, edit, at=at, reason=reason)
            shut = Shut(standing=standing, taken_back=taken_back)
            until = standing.muted_until if action == "mute" else None
            facts = {"reason": reason, "until": None if until is None else until.isoformat()}
            # who is blocked already learns nothing from a second block, unless its reason is another one
            if action != "block" or not before.blocked or standing.reason != before.reason:
                await tell_member(
                    connection,
                    guild_id=by.guild_id,
                    user_id=who.user_id,
                    says=_BARRING[action],
                    about=f"{who.user_id}:{at.timestamp():.0f}",
                    facts=facts,
                    at=at,
                )
            if also is not None:
                await also(connection, shut)
            return shut

        return await self._jobs.take_back(
            guild_id=by.guild_id,
            user_id=who.user_id,
            actor_id=by.actor_id,
            appeals=rules.appeals,
            decide=decide,
        )


def blocked(standing: Standing, rules: RuleSettings) -> Barred:
    """What whoever is blocked reads: the moderator's reason, and whom to ask."""
    told = {"reason": standing.reason, "appeals": rules.appeals}
    return Barred("blocked", **{name: fact for name, fact in told.items() if fact})


async def trust(
    connection: AsyncConnection,
    who: Member,
    by: By,
    *,
    trusted: bool,
    at: datetime,
    reason: str | None = None,
) -> Standing:
    """As :meth:`People.trust`, in a transaction that decides more."""
    action = "trust" if trusted else "distrust"

    def edit(was: Standing) -> Standing:
        if trusted and was.blocked:
            raise InvalidOption("member", "is_blocked")
        return replace(was, trusted=trusted)

    return await _judge(connection, who, by, action, edit, at=at, reason=reason)


async def _judge(
    connection: AsyncConnection,
    who: Member,
    by: By,
    action: str,
    edit: Callable[[Standing], Standing],
    *,
    at: datetime,
    reason: str | None,
) -> Standing:
    """Change how a member stands, noted with how they stood before."""
    before = await get_standing(connection, by.guild_id, who.user_id, lock=True)
    kept = _reason_kept(before, action, reason)
    after = edit(replace(before, user_name=(who.name or before.user_name)[:100], reason=kept))
    await put_standing(connection, after, at)
    await show_open_holds(connection, by.guild_id, who.user_id, at)
    deed = by.deed(at, action, who.user_id, reason=reason, before=_facts(before), after=_facts(after))
    await note(connection, deed)
    _log.info("member.judged", guild=by.guild_id, member=who.user_id, actor=by.actor_id, deed=action)
    return after


def _reason_kept(before: Standing, action: str, reason: str | None) -> str | None:
    """The reason that they read from now on; a block keeps its own until it ends, or is given another one."""
    if action not in (*_BARRING, "unblock"):
        return before.reason
    stays = before.blocked and (action == "mute" or (action == "block" and reason is None))
    return before.reason if stays else reason


def _require_another(who: Member, by: By) -> None:
    if who.user_id == by.actor_id:
        raise InvalidOption("member", "oneself")


def _facts(standing: Standing) -> dict[str, Any]:
    until = standing.muted_until
    return {
        "blocked": standing.blocked,
        "muted_until": None if until is None else until.isoformat(timespec="seconds"),
        "slow_mode_s": standing.slow_mode_s,
        "trusted": standing.trusted,
    }
