"""Random members, hosts, webhooks, accidents, kills and clock jumps; then everything must add up."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot import errors
from bot.jobs.audit.records import Finding
from bot.jobs.mending import look
from bot.jobs.news import News
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.protocol.runs import Run
from bot.store.db import open_database
from tests.jobs.world import Killed, World
from tests.moderation.held import decide_rules, guarded
from tests.store.databases import emptied_postgres, sqlite_address

POINTS = {
    "prepare": ("killed", "unreachable", "busy", "bug"),
    "create": ("killed", "unknown", "unreachable", "busy", "refused", "bug"),
    "created": ("killed", "unknown", "bug"),
    "get": ("killed", "unreachable", "gone", "bug"),
    "find": ("killed", "unreachable", "bug"),
    "cancel": ("killed", "unreachable", "bug"),
    "fetch": ("killed", "unreachable", "gone", "full"),
    "finish": ("killed", "unusable", "bug"),
    "put": ("killed", "full"),
    "show": ("killed", "discord_down", "bug"),
    "find_card": ("killed", "discord_down"),
    "deliver": ("killed", "discord_down", "channel_gone", "bug"),
    "delivered": ("killed", "discord_down"),
    "end": ("killed", "discord_down", "channel_gone", "bug"),
    "ended": ("killed", "discord_down"),
}


def error_of(kind: str) -> BaseException:
    """A fresh error of a kind."""
    made: dict[str, BaseException] = {
        "killed": Killed(),
        "unknown": errors.OutcomeUnknown("paid"),
        "unreachable": errors.Unreachable("paid"),
        "busy": errors.RateLimited("paid", retry_after_s=3),
        "refused": errors.NoCredit("paid"),
        "gone": errors.ModelGone("paid"),
        "full": errors.NoSpace(),
        "unusable": errors.UnusableAudio("silent"),
        "discord_down": errors.DiscordDown(),
        "channel_gone": errors.ChannelGone(),
        "bug": ZeroDivisionError("oops"),
    }
    return made[kind]


accidents = st.sampled_from([(point, kind) for point, kinds in POINTS.items() for kind in kinds])


class RiffsMustEnd(RuleBasedStateMachine):
    """A model of the world; the machine is killed and started again in between."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="riffs-"))
        self.world = World(self.folder, self.new_database())
        guarded(self.world).add_blind_host()
        self.orders: list[Job] = []
        self.extra: set[str] = set()
        self.life = AsyncExitStack()
        self.jobs: Jobs

    def new_database(self) -> str:
        """The address of an empty one."""
        shutil.copyfile(self.template, self.folder / "riffcord.sqlite")
        return sqlite_address(self.folder / "riffcord.sqlite")

    def run(self, doing: Any) -> Any:
        """Do something in the process; if that kills it, start it again."""
        try:
            return self.runner.run(doing)
        except Killed:
            self.restart()
            return None

    @initialize()
    def start(self) -> None:
        """The first life."""
        self.jobs = self.runner.run(self.life.enter_async_context(self.world.life()))
        self.runner.run(self.jobs.open())

    @rule(held=st.booleans(), hours=st.sampled_from([1, 48]))
    def decide(self, held: bool, hours: int) -> None:
        """From now on every order waits for a moderator, or none."""
        self.runner.run(self.write_rules(held=held, hours=hours))

    async def write_rules(self, *, held: bool, hours: int) -> None:
        """As the server's settings say."""
        async with open_database(self.world.url, own=False) as database:
            await decide_rules(database, held=held, hold_hours=hours)

    @precondition(lambda self: self.orders)
    @rule(choice=st.integers(0, 50), yes=st.booleans())
    def moderator(self, choice: int, yes: bool) -> None:
        """A moderator approves or rejects an order that waits, or one that never did, or no longer does."""
        job = self.orders[choice % len(self.orders)]
        guild_id = job.order.guild_id
        try:
            if yes:
                self.runner.run(self.jobs.approve(job.id, guild_id=guild_id, actor_id="999"))
            else:
                self.runner.run(self.jobs.reject(job.id, guild_id=guild_id, actor_id="999", reason="no"))
        except (errors.NotFound, errors.AlreadyDecided):
            return

    @rule()
    def restart(self) -> None:
        """Killed from outside, started again."""
        self.runner.run(self.life.aclose())
        self.start()

    @precondition(lambda self: len(self.orders) < 8)
    @rule(
        user=st.sampled_from(["1", "2"]),
        host=st.sampled_from(["engine", "paid", "blind"]),
        card=st.sampled_from(["noted", "shown", "never"]),
    )
    def order(self, user: str, host: str, card: str) -> None:
        """A member orders; the process may die before the card is shown, or before it is noted."""
        job = self.runner.run(self.world.order(self.jobs, user=user, host=host, shown=card == "noted"))
        if card == "shown":
            self.world.stage.card(job, job.interaction_token or "")
        self.orders.append(job)

    @rule(planned=st.lists(accidents, max_size=3))
    def work(self, planned: list[tuple[str, str]]) -> None:
        """The machine does what is due, with accidents."""
        for point, kind in planned:
            self.world.accidents.plan(point, error_of(kind))
        self.run(self.worker().step_until_idle())
        self.world.accidents.planned.clear()

    def worker(self) -> Jobs:
        """Who works next."""
        return self.jobs

    @rule(seconds=st.sampled_from([0.3, 2.0, 11.0, 16.0, 90.0, 700.0, 90_000.0]))
    def time_passes(self, seconds: float) -> None:
        """A short while, a lease, a deadline, a day."""
        self.world.clock.advance(seconds)

    def one_run(self, choice: int) -> tuple[Job, Run] | None:
        """One of all predictions, and its job."""
        made = [(job, each) for job in self.orders for each in self.world.host_of(job).of(job)]
        return made[choice % len(made)] if made else None

    @rule(
        choice=st.integers(0, 50),
        status=st.sampled_from(["processing", "succeeded", "succeeded", "failed", "canceled"]),
        percent=st.integers(0, 100),
        tell=st.booleans(),
    )
    def host_gets_on(self, choice: int, status: str, percent: int, tell: bool) -> None:
        """A prediction gets further; the webhook may be lost."""
        if (found := self.one_run(choice)) is None or found[1].ended:
            return
        job, made = found
        changed = self.world.host_of(job).change(made.id, status=status, progress=percent / 100)
        if tell:
            self.runner.run(self.jobs.told(job.id, changed))

    @rule(choice=st.integers(0, 50), status=st.sampled_from(["starting", "processing", None]))
    def old_news(self, choice: int, status: str | None) -> None:
        """A webhook is repeated, or comes late and out of order."""
        if (found := self.one_run(choice)) is not None:
            job, made = found
            told = made if status is None else made.model_copy(update={"status": status, "progress": None})
            self.runner.run(self.jobs.told(job.id, told))

    @rule(choice=st.integers(0, 50), mine=st.booleans())
    def unproven_word(self, choice: int, mine: bool) -> None:
        """Somebody without a signature says that a run got on: theirs, or one that never was."""
        if (found := self.one_run(choice)) is not None and mine:
            self.runner.run(self.jobs.nudge(found[0].id, found[1].id))
        elif self.orders:
            job = self.orders[choice % len(self.orders)]
            assert not self.jobs.is_our_hook(job.id, "1", "forged")
            self.runner.run(self.jobs.nudge("nobody", "nothing"))

    @rule()
    def prune(self) -> None:
        """Upkeep comes by: what is under way, and what is young, is left alone."""
        self.runner.run(self.jobs.upkeep.once())

    @precondition(lambda self: self.orders)
    @rule(choice=st.integers(0, 50))
    def second_prediction(self, choice: int) -> None:
        """A host makes a second prediction for a job that has one, and tells."""
        job = self.orders[choice % len(self.orders)]
        if self.runner.run(self.jobs.get(job.id)).run_id is None:
            return
        extra = self.world.host_of(job).make(job.reference)
        self.extra.add(extra.id)
        assert self.runner.run(self.jobs.told(job.id, extra)) is News.FOREIGN
        assert extra.id in self.world.host_of(job).cancelled

    @precondition(lambda self: self.orders)
    @rule(choice=st.integers(0, 50), moderator=st.booleans())
    def cancel(self, choice: int, moderator: bool) -> None:
        """Owner or moderator stops a job, wherever it stands."""
        job = self.orders[choice % len(self.orders)]
        actor = "999" if moderator else job.order.user_id
        self.runner.run(self.jobs.cancel(job.id, actor_id=actor, is_moderator=moderator))

    @invariant()
    def nothing_twice(self) -> None:
        """At no time are there two messages of a job, or two calls that the host accepted."""
        for job in self.orders:
            assert len(self.world.stage.of(job)) <= 1
            made = [each for each in self.world.host_of(job).of(job) if each.id not in self.extra]
            assert len(made) <= 1

    def teardown(self) -> None:
        """When nothing more goes wrong, everything ends, and everything adds up."""
        try:
            if hasattr(self, "jobs"):
                self.bring_to_the_end()
        finally:
            self.runner.run(self.life.aclose())
            self.runner.close()
            shutil.rmtree(self.folder)

    def bring_to_the_end(self) -> None:
        """Hosts finish, time passes, the machine works."""
        self.restart()
        for _ in range(240):  # an order that a host without a list may have lost is waited for 20 minutes
            self.runner.run(self.jobs.step_until_idle())
            states = [self.runner.run(self.jobs.get(job.id)) for job in self.orders]
            if all(job.ended for job in states):
                break
            for job in self.orders:
                for made in self.world.host_of(job).of(job):
                    if not made.ended:
                        self.world.host_of(job).change(made.id, status="succeeded")
            waits = any(job.state is State.HELD and job.ending is None for job in states)
            self.world.clock.advance(49 * 3_600 if waits else 20)
        for job in self.orders:
            self.check_end(self.runner.run(self.jobs.get(job.id)))
        assert self.runner.run(self.jobs.check_books()) == []
        assert self.runner.run(self.audited()) == []

    async def audited(self) -> list[Finding]:
        """What ``db check`` would say."""
        async with open_database(self.world.url, own=False) as database:
            return await look(database, self.world.blobs, hosts=self.world.hosts, clock=self.world)

    def check_end(self, job: Job) -> None:
        """One end, one message that fits it, no prediction left running, files only of kept takes."""
        story = self.runner.run(self.jobs.story(job.id))
        assert job.ended
        assert [move.new for move in story].count(job.state) == 1
        if job.run_id is not None or self.world.host_of(job).offers.lists:
            assert all(made.ended for made in self.world.host_of(job).of(job))
        texts = self.world.stage.of(job)
        if job.state is State.DONE:
            assert len(texts) == 1
            assert texts[0].startswith(f"take {job.take_id}")
        kept = {key for key in self.world.blobs.files() if key.startswith(f"{job.take_id}/")}
        assert len(kept) == (3 if any(move.new is State.DELIVER for move in story) else 0)


class TwoProcesses(RiffsMustEnd):
    """The same with two machines at one PostgreSQL: they take turns, and hear of each other only by rows."""

    other: Jobs

    def new_database(self) -> str:
        """The one server's, emptied."""
        return emptied_postgres()

    @initialize()
    def start(self) -> None:
        """Two first lives; a kill takes both."""
        super().start()
        self.other = self.runner.run(self.life.enter_async_context(self.world.life()))
        self.runner.run(self.other.open())

    def worker(self) -> Jobs:
        """In turn: what one began, the other goes on with."""
        self.jobs, self.other = self.other, self.jobs
        return self.jobs


@pytest.mark.timeout(300)
def test_two_processes_end_each_job_once() -> None:
    """A shorter run: each order ends exactly once, whoever worked at it."""
    run_state_machine_as_test(
        TwoProcesses,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


@pytest.mark.timeout(300)
def test_whatever_happens_each_job_ends_once(sqlite_template: Path) -> None:
    """Each order ends exactly once, the books are exact, nothing is paid or posted twice."""
    RiffsMustEnd.template = sqlite_template
    run_state_machine_as_test(
        RiffsMustEnd,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
