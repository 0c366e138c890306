"""Members before the gate: who is kept from ordering, for how long, and what stays when all is forgotten."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import AlreadyDecided, Barred, InvalidOption, NotAllowed
from bot.jobs.limits import Limits
from bot.jobs.records import Job, Take
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.library.privacy import Privacy
from bot.moderation.deeds import By, Sought
from bot.moderation.people import Member, People
from bot.moderation.records import MEMBER
from bot.moderation.reports import Reports
from bot.moderation.takedown import Takedown
from bot.store.audit_log import find_deeds
from bot.store.db import Database, open_database
from bot.store.erasures import forget_wishes
from bot.store.notices import notices_like
from bot.store.notices_due import claim_notices, notice_stands
from bot.store.standings import get_standing
from bot.ui.words import sentence
from tests.jobs.world import World, an_order
from tests.moderation.held import GUILD, JOURNEY, decide_rules, guarded, order
from tests.store.rows import START

MOD = By(guild_id=GUILD, actor_id="900")
ADA = Member(user_id="111", name="Ada")


async def ordered(jobs: Jobs, *, thread: bool = False, guild: str = GUILD) -> Job:
    """Ada orders, in the channel or in a thread of it."""
    wish = an_order(guild=guild, channel="77" if thread else "11")
    return await jobs.order(wish.model_copy(update={"home_id": "11", "locale": "de"}), interaction_token=None)


async def barrier(jobs: Jobs, *, thread: bool = False) -> str | None:
    """What keeps Ada from ordering, None: nothing."""
    try:
        await ordered(jobs, thread=thread)
    except Barred as error:
        return error.barrier if sentence(error) else "said nothing"
    return None


async def test_members_are_kept_from_ordering_and_freed(database_url: str, tmp_path: Path) -> None:
    """Block, mute and slow mode at the gate, threads counted with their channel; each deed is noted."""
    world = guarded(World(tmp_path, database_url))
    async with open_database(database_url) as database:
        await decide_rules(database, held=False)
        jobs = world.new_jobs(database)
        people = People(database, jobs, world)
        await people.slow(ADA, MOD, seconds=60, reason="calm")
        assert [await barrier(jobs), await barrier(jobs, thread=True)] == [None, "slow"]
        world.clock.advance(61)
        assert await barrier(jobs, thread=True) is None
        await people.mute(ADA, MOD, for_s=3_600)
        assert await barrier(jobs) == "muted"
        world.clock.advance(3_601)
        assert await barrier(jobs) is None
        await people.block(ADA, MOD, reason="spam")
        assert await barrier(jobs) == "blocked"
        world.clock.advance(2)
        await people.block(ADA, MOD)  # nothing new to them: neither told again, nor why forgotten
        await people.mute(ADA, MOD, for_s=60, reason="calm")
        assert (await people.standing(GUILD, "111")).reason == "spam"
        world.clock.advance(2)
        await people.block(ADA, MOD, reason="much spam")
        assert (await people.standing(GUILD, "111")).reason == "much spam"
        async with database.connect() as connection:
            told = await notices_like(connection, GUILD, MEMBER, f"{MEMBER}:blocked:")
        assert [(each.facts["reason"], each.facts["locale"]) for each in told] == [
            *(("spam", "de"), ("much spam", "de")),  # as their latest card
        ]
        assert (await ordered(jobs, guild="2")).order.guild_id == "2"
        (barred,) = await people.barred(GUILD)
        assert (barred.user_name, barred.blocked, barred.slow_mode_s) == ("Ada", True, 60)
        for bad in (people.mute(ADA, MOD, for_s=1), people.slow(ADA, MOD, seconds=-1)):
            with pytest.raises(InvalidOption):
                await bad
        with pytest.raises(InvalidOption):
            await people.block(Member(user_id=MOD.actor_id), MOD)
        async with database.connect() as connection:
            noted = await find_deeds(connection, Sought(guild_id=GUILD, subject="111"), limit=9)
        assert [(each.deed.action, each.deed.reason) for each in noted[::-1]] == [
            *(("slow", "calm"), ("mute", None), ("block", "spam"), ("block", None), ("mute", "calm")),
            ("block", "much spam"),
        ]
        await forgotten(database)
        await people.unblock(ADA, MOD)
        await people.unblock(Member(user_id=MOD.actor_id), MOD)
        assert await people.barred(GUILD) == []
        assert await barrier(jobs) is None
        assert await jobs.check_books() == []
        await jobs.stop()
        for number in range(3):  # of two first decisions at once both count
            eve = Member(user_id=f"5{number}")
            await asyncio.gather(people.slow(eve, MOD, seconds=9), people.block(eve, MOD))
            stands = await people.standing(GUILD, eve.user_id)
            assert (stands.slow_mode_s, stands.blocked) == (9, True)


async def test_what_waits_is_taken_back(database_url: str, tmp_path: Path) -> None:
    """In line, held, journeys whole; what has begun goes on, and others' orders; noted, refunded, once."""
    world = guarded(World(tmp_path, database_url))
    world.limits = Limits(per_user=1)
    async with open_database(database_url) as database:
        await decide_rules(database, held=False, appeals="Ask us")
        jobs = world.new_jobs(database)
        people = People(database, jobs, world)
        begun = await order(world, jobs)
        await jobs.step_until_idle()
        in_line = [await order(world, jobs), await order(world, jobs, JOURNEY)]
        await jobs.step_until_idle()
        journey = await jobs.get(in_line[1].id)
        assert journey.state is State.WAITING  # for its steps, of which none has begun
        elsewhere = await jobs.order(an_order(user="222"), interaction_token=None)
        await decide_rules(database, appeals="Ask us")
        held = [await order(world, jobs), await order(world, jobs, JOURNEY)]
        shut = await people.mute(ADA, MOD, for_s=60)
        assert (shut.taken_back, shut.standing.muted_until) == (4, world.clock.now() + timedelta(seconds=60))
        assert (await people.block(ADA, MOD)).taken_back == 0
        await jobs.step_until_idle()
        await world.play(jobs, begun)
        await jobs.step_until_idle()
        states = [(await jobs.get(each.id)).state for each in (begun, elsewhere, *in_line, *held)]
        assert states == [
            *(State.DONE, State.QUEUED),
            *[State.CANCELLED] * 2,
            *[State.REJECTED] * 2,
        ]
        assert (await jobs.get(held[0].id)).ending_facts == {"reason": "", "appeals": "Ask us"}
        assert await jobs.check_books() == []
        async with database.connect() as connection:
            noted = await find_deeds(connection, Sought(guild_id=GUILD, actor_id=MOD.actor_id), limit=9)
        assert [each.deed.action for each in noted[::-1]] == [
            *("cancel", "cancel", "reject", "reject", "mute", "block"),
        ]
        await people.unblock(ADA, MOD)
        await decide_rules(database, held=False)
        for _ in range(3):  # of an order and the decision at once either is first, and the order never stays
            at_once = [jobs.order(an_order(), interaction_token=None), people.block(ADA, MOD)]
            await asyncio.gather(*at_once, return_exceptions=True)
            listed = [each.job for each in await jobs.recent("11", 99)]
            left = [each for each in listed if not each.ended and each.ending is None]
            assert [each.id for each in left] == [elsewhere.id]
            await people.unblock(ADA, MOD)
        await jobs.stop()


async def forgotten(database: Database) -> None:
    """Whoever wants to be forgotten stays blocked, by number alone."""
    async with database.begin() as connection:
        await forget_wishes(connection, "111", START)
        standing = await get_standing(connection, GUILD, "111")
    assert (standing.user_name, standing.reason, standing.blocked) == ("", None, True)


async def test_reports_are_one_card_and_bounded(database_url: str, tmp_path: Path) -> None:
    """Several reporters of a take, five open reports of a member, words that go, and one who decides."""
    world = World(tmp_path, database_url)
    async with open_database(database_url) as database:
        jobs = world.new_jobs(database)

        async def unpost(_: object) -> None:
            """Nothing stands on Discord here."""

        reports = Reports(
            database, People(database, jobs, world), Takedown(database, jobs, unpost, world), world
        )
        takes: list[Take] = []
        for number in range(6):
            world.engine.versions = 2 if number == 5 else 1
            job = await world.order(jobs)
            await jobs.step_until_idle()
            await world.play(jobs, job)
            await jobs.step_until_idle()
            takes += [await jobs.take((await jobs.get(job.id)).take_id or "")]
        at_once = [
            reports.report(takes[0], reporter_id=who, reason=f"by {who}") for who in ("5", "6", "7", "8")
        ]
        assert sorted(await asyncio.gather(*at_once)) == ["added", "added", "added", "new"]
        assert await reports.report(takes[0], reporter_id="6", reason="so") == "again"
        world.clock.advance(timedelta(hours=1).total_seconds())
        for take in takes[1:5]:
            await reports.report(take, reporter_id="5", reason="")
        with pytest.raises(NotAllowed, match="report_more"):
            await reports.report(takes[5], reporter_id="5", reason="")
        async with database.begin() as connection:
            (first,) = await notices_like(connection, GUILD, "report", f"report:{takes[0].id}:")
            await notice_stands(connection, first, channel_id="2", message_id="3", at=world.clock.now())
            await forget_wishes(connection, "5", world.clock.now())
            due = await claim_notices(connection, now=world.clock.now(), until=world.clock.now(), limit=9)
            (shown_again,) = [each for each in due if each.message_id is not None]
        assert {each["id"]: each["reason"] for each in shown_again.facts["by"]} == {
            **{who: f"by {who}" for who in "678"},
            "0": "",
        }
        await reports.block(first.id, MOD)
        with pytest.raises(AlreadyDecided, match="blocked") as late:
            await reports.block(first.id, By(guild_id=GUILD, actor_id="901"))
        assert "<@900>" in sentence(late.value)
        assert (await reports.get(first.id, GUILD)).notice.facts["blocked_by"] == "900"
        by_two = [reports.delete(first.id, MOD), reports.dismiss(first.id, MOD)]
        done = await asyncio.gather(*by_two, return_exceptions=True)
        assert sum(isinstance(each, AlreadyDecided) for each in done) == 1
        await reports.report(takes[5], reporter_id="6", reason="")
        (other,) = await jobs.beside(takes[5])
        await jobs.delete_take(takes[1].id, actor_id="111", is_moderator=False)
        await jobs.choose(other.id, both=False, actor_id="900", is_moderator=True)
        await Privacy(database, jobs, world.blobs, unpost, world).erase("111")
        async with database.connect() as connection:
            for take in takes[1:]:  # whichever way it went
                (settled,) = await notices_like(connection, GUILD, "report", f"report:{take.id}:")
                by = "900" if take is takes[5] else "111"
                assert settled.outcome == {"verdict": "deleted", "actor_id": by}
        await jobs.stop()
