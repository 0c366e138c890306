"""Telling moderators: what was written down for their channel is posted once, and edited when it changes.

A notice that cannot be shown waits quietly, and is tried again: a channel may come back, or be another one.
What is written down for one member goes to them as a direct message, once, and is given up where they take
none.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.errors import ChannelGone, DiscordDown, DiscordError, MissingPermission, NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.preferences import GuildSettings
from bot.jobs.retry import backoff_s
from bot.moderation.approvals import Approvals, Waiting
from bot.moderation.records import HOLD, MEMBER, POT_NEWS, REPORT, Notice
from bot.moderation.reports import Report, Reports
from bot.store.db import Database
from bot.store.holds import set_aside
from bot.store.notices_due import claim_notices, forget_notices, notice_stands, notice_waits
from bot.store.settings import read_settings

_log = structlog.get_logger(__name__)

LOOK_S: Final = 3.0
"""How soon after it was written a notice is posted."""
_PORTION: Final = 20
_LEASE: Final = timedelta(seconds=60)
_AGAIN: Final = timedelta(minutes=10)
"""How often a channel that is not there, or may not be used, is tried."""
_SLOWEST_S: Final = 300.0
_TRIES: Final = 50
_NEWS_FOR: Final = timedelta(days=1)
"""A warning that could not be told for so long is none any more."""
_KEPT: Final = timedelta(days=30)
_FORGET_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice with all that its message shows."""

    notice: Notice
    channel_id: str
    settings: GuildSettings
    waiting: Waiting | None = None
    """Of a held order."""
    report: Report | None = None
    set_aside: int = 0
    """Of news about the pot: its credits that are held by orders which wait."""


class Board(Protocol):
    """The moderators' channels on Discord. Errors are ``bot.errors.DiscordError``s."""

    async def show(self, told: Told) -> str | None:
        """Post it, or edit its message; the message's id, None where that was deleted. Idempotent."""
        ...

    async def tell_member(self, notice: Notice, settings: GuildSettings) -> tuple[str, str]:
        """Tell one member alone; channel and message. Idempotent."""
        ...


class Telling:
    """The loop."""

    def __init__(
        self,
        database: Database,
        approvals: Approvals,
        reports: Reports,
        board: Board,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._approvals = approvals
        self._reports = reports
        self._board = board
        self._clock = clock or SystemClock()
        self._forgot_at: datetime | None = None

    async def run_forever(self) -> None:
        """Look, post, look again, until cancelled."""
        while True:
            try:
                done = await self.once()
                await self._forget()
            except Exception:
                _log.exception("notices.round_broke")
                done = 0
            await asyncio.sleep(0 if done == _PORTION else LOOK_S)

    async def once(self) -> int:
        """Everything that is due, at most a portion; how many that were."""
        now = self._clock.now()
        async with self._database.begin() as connection:
            claimed = await claim_notices(connection, now=now, until=now + _LEASE, limit=_PORTION)
        for notice in claimed:
            await self._show(notice)
        return len(claimed)

    async def _show(self, notice: Notice) -> None:
        try:
            await self._try(notice)
        except (ChannelGone, MissingPermission) as error:
            trouble = "channel_gone" if isinstance(error, ChannelGone) else "missing_permission"
            await self._give_up_or_wait(notice, self._later(notice), trouble)
        except DiscordDown:
            await self._wait(notice, self._soon(notice), None)
        except DiscordError as error:
            _log.warning("notice.refused", notice=notice.id, error=str(error))
            again = self._soon(notice) if notice.attempts < _TRIES else None
            await self._give_up_or_wait(notice, again, "refused")
        except Exception:
            _log.exception("notice.broke", notice=notice.id)
            await self._wait(notice, self._soon(notice) if notice.attempts < _TRIES else None, None)

    async def _try(self, notice: Notice) -> None:
        async with self._database.connect() as connection:
            settings = (await read_settings(connection, notice.guild_id, "")).guild
        if notice.kind == MEMBER:
            await self._try_member(notice, settings)
            return
        channel_id = notice.channel_id or settings.rules.moderators_channel_id
        if channel_id is None:
            await self._wait(notice, self._later(notice), "no_channel")
            return
        told = await self._told(notice, channel_id, settings)
        try:
            message_id = await self._board.show(told)
        except ChannelGone:
            elsewhere = settings.rules.moderators_channel_id
            if notice.message_id is None or elsewhere in (None, channel_id):
                raise
            message_id = None
        if message_id is None and notice.done_at is None:  # it was deleted, and is still to be decided
            channel_id = settings.rules.moderators_channel_id or channel_id
            afresh = replace(notice, message_id=None, channel_id=None)
            message_id = await self._board.show(replace(told, notice=afresh, channel_id=channel_id))
        async with self._database.begin() as connection:
            if message_id is None:
                await notice_waits(connection, notice, due=None, trouble=None)
            else:
                await notice_stands(
                    connection, notice, channel_id=channel_id, message_id=message_id, at=self._clock.now()
                )

    async def _try_member(self, notice: Notice, settings: GuildSettings) -> None:
        if self._clock.now() - notice.created_at > _NEWS_FOR:
            await self._wait(notice, None, None)
            return
        channel_id, message_id = await self._board.tell_member(notice, settings)
        async with self._database.begin() as connection:
            at = self._clock.now()
            await notice_stands(connection, notice, channel_id=channel_id, message_id=message_id, at=at)

    async def _give_up_or_wait(self, notice: Notice, due: datetime | None, trouble: str) -> None:
        """Whoever takes no direct messages is not asked again, and nobody is told of it."""
        to_member = notice.kind == MEMBER
        await self._wait(notice, None if to_member else due, None if to_member else trouble)

    async def _told(self, notice: Notice, channel_id: str, settings: GuildSettings) -> Told:
        told = Told(notice=notice, channel_id=channel_id, settings=settings)
        try:
            if notice.kind == HOLD:
                waiting = await self._approvals.waiting(str(notice.facts["job"]), notice.guild_id)
                return replace(told, waiting=waiting)
            if notice.kind == REPORT:
                report = await self._reports.get(notice.id, notice.guild_id)
                return replace(told, report=replace(report, notice=notice))
            if notice.kind in POT_NEWS:
                async with self._database.connect() as connection:
                    return replace(told, set_aside=await set_aside(connection, notice.guild_id))
        except NotFound:  # erased at somebody's wish: what is left is that there was something
            _log.info("notice.subject_gone", notice=notice.id)
        return told

    def _later(self, notice: Notice) -> datetime | None:
        """When to look for its channel again; None where nothing needs to be told any more."""
        now = self._clock.now()
        over = notice.done_at is not None or (
            notice.kind not in (HOLD, REPORT) and now - notice.created_at > _NEWS_FOR
        )
        return None if over else now + _AGAIN

    def _soon(self, notice: Notice) -> datetime:
        return self._clock.now() + timedelta(seconds=backoff_s(notice.attempts, 0.5, _SLOWEST_S))

    async def _wait(self, notice: Notice, due: datetime | None, trouble: str | None) -> None:
        async with self._database.begin() as connection:
            await notice_waits(connection, notice, due=due, trouble=trouble)

    async def _forget(self) -> None:
        now = self._clock.now()
        if self._forgot_at is None or now - self._forgot_at >= _FORGET_EVERY:
            self._forgot_at = now
            async with self._database.begin() as connection:
                await forget_notices(connection, before=now - _KEPT)
