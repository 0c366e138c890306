"""Notices for moderators: posted once, edited when decided, quiet and patient when the channel is gone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

from bot.errors import ChannelGone, DiscordDown, MissingPermission
from bot.jobs.preferences import GuildSettings, changed
from bot.library.choices import Choices
from bot.moderation.approvals import Approvals
from bot.moderation.records import REPORT, Notice
from bot.moderation.reports import Reports
from bot.moderation.telling import Telling, Told
from bot.safety.policy import RuleSettings
from bot.store.db import Database
from bot.store.notices import (
    change_notice,
    close_notice,
    forget_words_of,
    notices_like,
    put_notice,
    tell_member,
)
from bot.store.settings import write_guild_settings
from tests.jobs.world import HandClock

GUILD = "1"


@dataclass
class BoardDouble:
    """A Discord that honours nonces, and fails as it is told to."""

    fails: list[BaseException] = field(default_factory=list[BaseException])
    messages: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """By nonce: what each said, one after the other."""
    gone: set[str] = field(default_factory=set[str])
    """Messages that somebody deleted."""
    meanwhile: Any = None
    channels: list[str] = field(default_factory=list[str])

    async def show(self, told: Told) -> str | None:
        """One message a notice."""
        notice = told.notice
        if self.fails:
            raise self.fails.pop(0)
        if notice.message_id in self.gone:
            return None
        verdict = (notice.outcome or {}).get("verdict", "open")
        self.messages.setdefault(notice.id, []).append(f"{notice.facts.get('n', '')}{verdict}")
        self.channels.append(told.channel_id)
        if self.meanwhile is not None:
            doing, self.meanwhile = self.meanwhile, None
            await doing()
        return f"m{len(self.gone)}-{notice.id[:8]}"

    async def tell_member(self, notice: Notice, settings: GuildSettings) -> tuple[str, str]:
        """A direct message."""
        del settings
        if self.fails:
            raise self.fails.pop(0)
        self.messages.setdefault(str(notice.facts["to"]), []).append(str(notice.facts["says"]))
        return "7", f"m-{notice.id[:8]}"


def telling(database: Database, board: BoardDouble, clock: HandClock) -> Telling:
    """The loop, of a process of its own."""
    nothing = cast("Any", None)
    approvals = Approvals(database, nothing, clock)
    return Telling(database, approvals, Reports(database, nothing, nothing, clock), board, clock)


async def channel(database: Database, channel_id: str | None) -> None:
    """The moderators' channel is another one."""
    async with database.begin() as connection:
        rules = RuleSettings(moderators_channel_id=channel_id)
        await write_guild_settings(connection, GUILD, GuildSettings(rules=rules))


async def put(database: Database, clock: HandClock, key: str = "k", kind: str = "pot", **facts: Any) -> bool:
    """Something to tell."""
    async with database.begin() as connection:
        return await put_notice(connection, guild_id=GUILD, key=key, kind=kind, facts=facts, at=clock.now())


async def test_a_notice_is_posted_once_and_edited(database: Database) -> None:
    """However often it is written, by two loops, after an outage, changed while it is sent, and decided."""
    clock, board = HandClock(), BoardDouble()
    await channel(database, "5")
    assert await put(database, clock, n=1)
    assert not await put(database, clock, n=2)
    loops = [telling(database, board, clock) for _ in range(2)]
    board.fails = [DiscordDown()]
    await asyncio.gather(*(each.once() for each in loops))
    assert board.messages == {}
    clock.advance(30)
    await asyncio.gather(*(each.once() for each in loops))
    clock.advance(30)
    ((notice_id, said),) = board.messages.items()
    assert said == ["1open"]

    async def changes() -> None:
        async with database.begin() as connection:
            await change_notice(connection, notice_id, {"n": 4}, clock.now())

    async with database.begin() as connection:
        await change_notice(connection, notice_id, {"n": 3}, clock.now())
    board.meanwhile = changes
    assert [await loops[0].once() for _ in range(3)] == [1, 1, 0]
    assert board.messages[notice_id] == ["1open", "3open", "4open"]
    async with database.begin() as connection:
        assert await close_notice(connection, GUILD, "k", outcome={"verdict": "approved"}, at=clock.now())
        assert not await close_notice(connection, GUILD, "k", outcome={"verdict": "no"}, at=clock.now())
    await loops[1].once()
    assert board.messages[notice_id][-1] == "4approved"
    clock.advance(86_400 * 40)
    assert await loops[1].once() == 0
    assert set(board.channels) == {"5"}


async def test_a_channel_that_is_gone_is_waited_for(sqlite_database: Database) -> None:
    """None is set, it is gone, it may not be used: quiet. Another one gets what waits, and no old news."""
    clock, board = HandClock(), BoardDouble()
    loop = telling(sqlite_database, board, clock)
    await put(sqlite_database, clock, "old")
    await put(sqlite_database, clock, "report:t:1", REPORT, take="t", author="2", by=[])
    assert await loop.once() == 2
    await channel(sqlite_database, "5")
    for error in (ChannelGone(), MissingPermission("Send Messages")):
        clock.advance(601)
        board.fails = [error, error]
        assert await loop.once() == 2
    async with sqlite_database.connect() as connection:
        ((notice),) = await notices_like(connection, GUILD, REPORT, "report:t:")
    assert (notice.trouble, notice.message_id) == ("missing_permission", None)
    clock.advance(86_400)
    board.fails = [ChannelGone(), ChannelGone()]
    assert await loop.once() == 2
    await Choices(sqlite_database, clock).edit_guild(
        GUILD, "rules", lambda old: changed(old, "rules", {"moderators_channel_id": "6"}), actor_id="9"
    )
    assert await loop.once() == 1
    assert list(board.messages) == [notice.id]
    assert board.channels == ["6"]


async def test_a_member_is_told_once_or_not_at_all(sqlite_database: Database) -> None:
    """Without a moderators' channel too; after an outage again; who takes no messages is not asked twice."""
    clock, board = HandClock(), BoardDouble()
    loop = telling(sqlite_database, board, clock)

    async def tell(says: str, user_id: str) -> None:
        """Decided just now."""
        who = {"guild_id": GUILD, "user_id": user_id}
        async with sqlite_database.begin() as connection:
            await tell_member(connection, **who, says=says, about="j1", facts={"n": 1}, at=clock.now())

    for _ in range(2):
        await tell("approved", "3")
    clock.advance(1)
    await tell("rejected", "4")
    board.fails = [DiscordDown(), MissingPermission("Send Messages")]
    for _ in range(3):
        await loop.once()
        clock.advance(700)
    assert board.messages == {"3": ["approved"]}
    await tell("deleted", "3")
    async with sqlite_database.begin() as connection:
        await forget_words_of(connection, "3", clock.now())
    assert await loop.once() == 0


async def test_a_deleted_card_comes_back_while_it_is_open(sqlite_database: Database) -> None:
    """Deleted from the channel: posted anew when there is news; once decided it stays away."""
    clock, board = HandClock(), BoardDouble()
    loop = telling(sqlite_database, board, clock)
    await channel(sqlite_database, "5")
    await put(sqlite_database, clock)
    await loop.once()
    ((notice_id, said),) = board.messages.items()
    board.gone = {f"m0-{notice_id[:8]}"}
    async with sqlite_database.begin() as connection:
        await change_notice(connection, notice_id, {"n": 2}, clock.now())
    await loop.once()
    assert said == ["open", "2open"]
    board.gone.add(f"m1-{notice_id[:8]}")
    async with sqlite_database.begin() as connection:
        await close_notice(connection, GUILD, "k", outcome={"verdict": "no"}, at=clock.now())
    await loop.once()
    assert said == ["open", "2open"]
    assert await loop.once() == 0
