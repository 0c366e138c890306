"""An order that waits ends exactly once: approved, rejected, cancelled or late, whoever is at it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.errors import AlreadyDecided, DiscordDown
from bot.jobs.audit.records import Finding
from bot.jobs.mending import look, mend
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.moderation.approvals import Approvals
from bot.moderation.deeds import By, Sought
from bot.moderation.people import Member, People
from bot.moderation.records import Hold, Notice
from bot.store.audit_log import find_deeds
from bot.store.db import Database, open_database
from bot.store.holds import get_hold, notice_key, show_open_holds
from bot.store.notices import close_notice, notices_like
from bot.store.notices_due import notice_stands
from bot.store.steps import steps_of
from tests.jobs.world import World, an_order
from tests.moderation.held import GUILD, JOURNEY, decide_rules, guarded, order

ENDS = {
    "approved": State.DONE,
    "rejected": State.REJECTED,
    "expired": State.REJECTED,
    "cancelled": State.CANCELLED,
}


async def to_the_end(world: World, jobs: Jobs, job: Job) -> Job:
    """Whatever waits at the host is played."""
    for _ in range(12):
        await jobs.step_until_idle()
        for each in world.paid.runs.values():
            if not each.ended:
                world.paid.change(each.id, status="succeeded")
        if (await jobs.get(job.id)).ended:
            break
        world.clock.advance(11)
    return await jobs.get(job.id)


async def told(database: Database, job_id: str) -> tuple[Hold, list[Notice], list[str]]:
    """What stands of it: the hold, what moderators are told, the deeds."""
    async with database.connect() as connection:
        hold = await get_hold(connection, job_id)
        notices = await notices_like(connection, GUILD, "hold", f"hold:{job_id}")
        deeds = await find_deeds(connection, Sought(guild_id=GUILD, subject=job_id), limit=10)
    assert hold is not None
    return hold, notices, [each.deed.action for each in deeds]


async def tried(deed: Awaitable[Any]) -> bool:
    """Whether it was this one that decided."""
    try:
        await deed
    except AlreadyDecided:
        return False
    return True


@pytest.mark.parametrize("journey", [False, True], ids=["riff", "journey"])
async def test_of_all_that_decide_at_once_one_does(
    database_url: str, tmp_path: Path, *, journey: bool
) -> None:
    """Several who approve or reject, the member's cancel and the end of its time, in any order at once.

    The job ends as it was decided, with its card, its money and one line in the trail.
    """
    world = guarded(World(tmp_path, database_url))
    chance = random.Random(7)
    seen: set[str] = set()
    async with open_database(database_url) as database, open_database(database_url, own=False) as second:
        await decide_rules(database, hold_hours=1)
        jobs, other = world.new_jobs(database), world.new_jobs(second)
        approvals = [Approvals(each, of, world) for each, of in ((database, jobs), (second, other))]
        for _ in range(3 if journey else 6):
            job = await order(world, jobs, JOURNEY if journey else None)
            assert job.state is State.HELD
            await jobs.step_until_idle()
            assert world.paid.of(job) == []
            if late := chance.random() < 0.5:
                world.clock.advance(3_601)
            by = [By(guild_id=GUILD, actor_id=f"90{number}") for number in range(3)]
            deeds: list[Callable[[], Awaitable[Any]]] = [
                partial(approvals[0].approve, job.id, by[0]),
                partial(approvals[1].approve, job.id, by[1], trusted=False),
                partial(approvals[1].reject, job.id, by[2], reason="no"),
                partial(approvals[0].reject, job.id, by[2], reason="never"),
                partial(jobs.cancel, job.id, actor_id=job.order.user_id, is_moderator=False),
            ]
            at_once = chance.sample(deeds, chance.randint(1, 4))
            if late:
                at_once.insert(chance.randint(0, 1), other.step_until_idle)
            won = await asyncio.gather(*(tried(deed()) for deed in at_once))
            assert any(won)
            ended = await to_the_end(world, jobs, job)
            hold, notices, actions = await told(database, job.id)
            seen.add(hold.state)
            # Who cancels what is approved already stops what runs: that is no decision about the hold.
            approved_then_stopped = hold.state == "approved" and ended.state is State.CANCELLED
            assert approved_then_stopped or ended.state is ENDS[hold.state]
            assert [each.outcome is not None and each.outcome["verdict"] for each in notices] == [hold.state]
            assert actions == {"approved": ["approve"], "rejected": ["reject"], "expired": ["expire"]}.get(
                hold.state, []
            )
            if journey:
                async with database.connect() as connection:
                    states = {step.state for step in await steps_of(connection, job.id)}
                assert all(state.job_end == ended.state.job_end for state in states)
            assert len(world.stage.of(job)) == 1
        assert await jobs.check_books() == []
        await jobs.stop()
        await other.stop()
    assert len(seen) > 1


async def test_a_journey_waits_and_goes_whole(database_url: str, tmp_path: Path) -> None:
    """None of its steps is ordered before the word, all of them after it."""
    world = guarded(World(tmp_path, database_url))
    async with open_database(database_url) as database:
        await decide_rules(database)
        jobs = world.new_jobs(database)
        job = await order(world, jobs, JOURNEY)
        assert job.hold is not None
        assert (job.hold.price, job.hold.reasons) == (9, ("channel",))
        world.clock.advance(3_600)
        await jobs.step_until_idle()
        assert not world.paid.runs
        await Approvals(database, jobs, world).approve(job.id, By(guild_id=GUILD, actor_id="9"), trusted=True)
        assert (await to_the_end(world, jobs, job)).state is State.DONE
        assert len(world.paid.runs) == 3
        assert (await order(world, jobs)).state is State.QUEUED
        assert await jobs.check_books() == []
        await jobs.stop()


async def test_what_waits_in_vain_is_found(sqlite_url: str, tmp_path: Path) -> None:
    """``db check`` finds orders that nobody can decide, that never end, and questions about nothing."""
    world = guarded(World(tmp_path, sqlite_url))
    async with open_database(sqlite_url) as database:
        await decide_rules(database)
        jobs = world.new_jobs(database)
        waiting = [await order(world, jobs) for _ in range(3)]
        await jobs.step_until_idle()

        async def found() -> list[Finding]:
            return await look(database, world.blobs, hosts=world.hosts, clock=world)

        assert await found() == []
        deeds = (
            "UPDATE holds SET state = 'approved', decided_at = 1 WHERE job_id = :job",
            "UPDATE jobs SET due = NULL WHERE id = :job",
            "UPDATE jobs SET state = 'queued', due = NULL WHERE id = :job",
        )
        async with database.begin() as connection:
            for deed, job in zip(deeds, waiting, strict=True):
                await connection.execute(sa.text(deed), {"job": job.id})
        kinds = {each.kind: each for each in await found() if each.facts["job"] in {w.id for w in waiting}}
        assert {"held_without_hold", "held_for_ever", "hold_left"} <= kinds.keys()
        await mend([kinds["held_for_ever"]], database, world.blobs, clock=world)
        assert "held_for_ever" not in {each.kind for each in await found()}
        await jobs.stop()


async def test_an_approval_outlives_any_kill(sqlite_url: str, tmp_path: Path) -> None:
    """Killed before the card is noted, and right after the word: it goes on, and is made once."""
    world = guarded(World(tmp_path, sqlite_url))
    async with open_database(sqlite_url) as database:
        await decide_rules(database, hold_hours=1)
    async with world.life() as jobs:
        token = "token"
        lost = await jobs.order(an_order(host="paid"), interaction_token=token)
        world.stage.card(lost, token)
        late = await jobs.order(an_order(host="paid"), interaction_token=None)
    world.clock.advance(600)
    world.accidents.plan("find_card", DiscordDown())
    async with world.life() as jobs:
        await jobs.step_until_idle()
        world.clock.advance(61)  # what Discord did not tell is asked again soon
        await jobs.step_until_idle()
        assert (await jobs.get(lost.id)).message_id is not None
        await jobs.approve(lost.id, guild_id=GUILD, actor_id="9")
    world.clock.advance(3_600)
    async with world.life() as jobs:
        assert (await to_the_end(world, jobs, lost)).state is State.DONE
        ended = await to_the_end(world, jobs, late)
        assert (ended.state, ended.ending) == (State.REJECTED, "ending.hold_expired")
        assert len(world.paid.runs) == 1
        assert await jobs.check_books() == []


async def test_nobody_who_decides_waits_for_the_card_of_another(postgres_url: str, tmp_path: Path) -> None:
    """Two orders of a member decided beside each other, and the member judged meanwhile, by standing cards.

    What else waits of theirs is shown anew, once.
    """
    world = guarded(World(tmp_path, postgres_url))
    async with open_database(postgres_url) as database:
        await decide_rules(database)
        jobs = world.new_jobs(database)
        waiting = [await order(world, jobs) for _ in range(3)]
        user_id, now = waiting[0].order.user_id, world.clock.now()
        async with database.begin() as connection:
            for card in await notices_like(connection, GUILD, "hold", "hold:"):
                await notice_stands(connection, card, channel_id="2", message_id=card.id[:8], at=now)
        async with asyncio.timeout(60), database.begin() as one, database.begin() as two:
            for connection, job in ((one, waiting[0]), (two, waiting[1])):
                await close_notice(connection, GUILD, notice_key(job.id), outcome={"verdict": "no"}, at=now)
            await asyncio.gather(*(show_open_holds(each, GUILD, user_id, now) for each in (one, two)))
            judged = By(guild_id=GUILD, actor_id="9")
            await People(database, jobs, world).slow(Member(user_id=user_id), judged, seconds=5)
        assert [(await told(database, job.id))[1][0].changes for job in waiting] == [1, 1, 1]
        await jobs.stop()
