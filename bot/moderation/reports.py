"""Members' reports about takes: one open card for each take, whoever reports it, until moderators decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyDecided, InvalidOption, NotAllowed, NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.records import Take
from bot.moderation.deeds import THE_BOT, By
from bot.moderation.people import Member, People, Shut
from bot.moderation.records import REPORT, Notice
from bot.moderation.takedown import Takedown
from bot.store.audit_log import note
from bot.store.db import Database
from bot.store.notices import (
    change_notice,
    close_notice,
    get_notice,
    notices_like,
    open_notices,
    put_notice,
)
from bot.store.takes import get_take

_log = structlog.get_logger(__name__)

REASON_MAX: Final = 300
OPEN_MOST: Final = 5
"""Open reports of one member: moderators are not to be flooded."""
TOLD_MOST: Final = 10
"""Reporters that a card names; further ones are counted."""

Reported = Literal["new", "added", "again"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An open or decided report, with the take as it stands."""

    notice: Notice
    take: Take | None

    @property
    def take_id(self) -> str:
        """What it is about, whether it still stands or not."""
        return str(self.notice.facts["take"])

    @property
    def author_id(self) -> str:
        """Who made it."""
        return str(self.notice.facts["author"])


class Reports:
    """Takes reports, and what moderators decide about them."""

    def __init__(
        self, database: Database, people: People, takedown: Takedown, clock: Clock | None = None
    ) -> None:
        self._database = database
        self._people = people
        self._takedown = takedown
        self._clock = clock or SystemClock()

    async def report(self, take: Take, *, reporter_id: str, reason: str, locale: str = "en") -> Reported:
        """Tell moderators about a take. ``again``: this member did before, and nothing is sent.

        ``locale`` is the reporter's: a new card is in it where the server has chosen no language.

        Raises:
            NotAllowed: ``report_more``: as many of this member's reports wait as may.
            InvalidOption: One's own take.
        """
        if take.user_id == reporter_id:
            raise InvalidOption("take", "own_take")
        now = self._clock.now()
        told = {"id": reporter_id, "reason": " ".join(reason.split())[:REASON_MAX]}
        async with self._database.begin() as connection:
            reported = await self._noted(connection, take, told, now, locale)
            if reported == "again":
                return "again"
            by, why = By(guild_id=take.guild_id, actor_id=reporter_id), told["reason"] or None
            await note(connection, by.deed(now, "report", take.id, channel_id=take.channel_id, reason=why))
        _log.info("take.reported", take=take.id, reporter=reporter_id)
        return reported

    async def _noted(
        self, connection: AsyncConnection, take: Take, told: dict[str, str], now: datetime, locale: str
    ) -> Reported:
        """Open a card, or add to the one that is open. Whoever loses the race for a new one reads again."""
        while True:
            earlier = await notices_like(connection, take.guild_id, REPORT, f"{REPORT}:{take.id}:", lock=True)
            if any(told["id"] in _ids(notice) for notice in earlier):
                return "again"
            await self._require_few(connection, take.guild_id, told["id"])
            still_open = next((notice for notice in earlier if notice.done_at is None), None)
            if still_open is not None:
                facts = {**still_open.facts, "by": [*still_open.facts["by"], told]}
                await change_notice(connection, still_open.id, facts, now)
                return "added"
            if await put_notice(
                connection,
                guild_id=take.guild_id,
                key=f"{REPORT}:{take.id}:{len(earlier) + 1}",
                kind=REPORT,
                facts={"take": take.id, "author": take.user_id, "by": [told], "locale": locale},
                at=now,
            ):
                return "new"

    async def _require_few(self, connection: AsyncConnection, guild_id: str, reporter_id: str) -> None:
        waiting = await open_notices(connection, guild_id, [REPORT], 500)
        if sum(reporter_id in _ids(notice) for notice in waiting) >= OPEN_MOST:
            raise NotAllowed("report_more")

    async def get(self, notice_id: str, guild_id: str) -> Report:
        """A report of this server. Raises ``NotFound`` (report)."""
        async with self._database.connect() as connection:
            notice = await _of_server(connection, notice_id, guild_id)
            return Report(notice=notice, take=await get_take(connection, str(notice.facts["take"])))

    async def is_elsewhere(self, notice_id: str, guild_id: str) -> bool:
        """Whether it is a report of another server: whoever asks pressed what is not theirs."""
        async with self._database.glance() as connection:
            notice = await get_notice(connection, notice_id)
        return notice is not None and notice.guild_id != guild_id

    async def delete(self, notice_id: str, by: By) -> None:
        """The take goes everywhere, and all its open reports are answered.

        Raises:
            NotFound: ``report``.
            AlreadyDecided: Somebody was faster.
        """
        report = await self.get(notice_id, by.guild_id)
        _require_open(report.notice)

        async def closed(connection: AsyncConnection) -> None:
            await self._close(connection, notice_id, by, "deleted")

        try:
            await self._takedown.delete(report.take_id, by, also=closed)
        except NotFound:  # it was deleted meanwhile, by whomever: that is what was wanted
            async with self._database.begin() as connection:
                await closed(connection)

    async def block(self, notice_id: str, by: By) -> None:
        """Its author orders nothing any more; it stays open for the take. Raises as :meth:`delete`.

        Whoever blocks by it first is noted, with what was taken back; a second one was too late.
        What was reported is no reason that its author reads: it was written for moderators alone.
        """
        report = await self.get(notice_id, by.guild_id)
        name = "" if report.take is None else report.take.user_name

        async def noted(connection: AsyncConnection, shut: Shut) -> None:
            notice = await _of_server(connection, notice_id, by.guild_id, lock=True)
            _require_open(notice)
            if (earlier := notice.facts.get("blocked_by")) is not None:
                raise AlreadyDecided("blocked", str(earlier))
            facts = {**notice.facts, "blocked_by": by.actor_id, "taken_back": shut.taken_back}
            await change_notice(connection, notice_id, facts, self._clock.now())

        who = Member(user_id=report.author_id, name=name)
        await self._people.block(who, by, also=noted)

    async def dismiss(self, notice_id: str, by: By) -> None:
        """Nothing is wrong with it. Raises as :meth:`delete`."""
        async with self._database.begin() as connection:
            notice = await self._close(connection, notice_id, by, "dismissed")
            take_id, now = str(notice.facts["take"]), self._clock.now()
            await note(connection, by.deed(now, "dismiss", take_id, reason=_reason(notice)))

    async def _close(self, connection: AsyncConnection, notice_id: str, by: By, verdict: str) -> Notice:
        notice = await _of_server(connection, notice_id, by.guild_id, lock=True)
        _require_open(notice)
        outcome = {"verdict": verdict, "actor_id": by.actor_id}
        await close_notice(connection, by.guild_id, notice.key, outcome=outcome, at=self._clock.now())
        return notice


async def _of_server(
    connection: AsyncConnection, notice_id: str, guild_id: str, *, lock: bool = False
) -> Notice:
    notice = await get_notice(connection, notice_id, lock=lock)
    if notice is None or notice.guild_id != guild_id or notice.kind != REPORT:
        raise NotFound("report")
    return notice


def _require_open(notice: Notice) -> None:
    if notice.done_at is not None:
        outcome = notice.outcome or {}
        raise AlreadyDecided(str(outcome.get("verdict")), str(outcome.get("actor_id", THE_BOT)))


def _told(notice: Notice) -> list[dict[str, Any]]:
    return list(notice.facts["by"])


def _ids(notice: Notice) -> set[str]:
    return {str(each["id"]) for each in _told(notice)}


def _reason(notice: Notice) -> str | None:
    return next((str(each["reason"]) for each in _told(notice) if each["reason"]), None)
