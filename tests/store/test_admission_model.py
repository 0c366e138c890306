"""Admission against a plain model of its rules, on random crowds; and each host's pace."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.limits import Limits, Pace
from bot.jobs.states import State
from bot.store.admission import admit, line, next_call_at
from bot.store.db import Database
from bot.store.tables.jobs import jobs
from tests.store.rows import START, add_job, move_job

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass
class Wish:
    """One order, and what became of it."""

    user: str
    channel: str
    host: str
    priority: int
    number: int
    id: str = ""
    runs: bool = False
    called_at: datetime | None = None
    over: bool = False
    blocked: bool = False
    turn: int = 0
    guild_turn: int = 0

    @property
    def guild(self) -> str:
        """Two servers; a channel lies in one."""
        return f"g{int(self.channel[1:]) % 2}"


@dataclass
class Model:
    """The rules, word by word: who of a crowd is let in at a moment."""

    limits: Limits
    paces: dict[str, Pace]
    crowd: list[Wish] = field(default_factory=list[Wish])

    def free_calls(self, host: str, now: datetime) -> int:
        """How many orders the host's pace still allows."""
        if host not in self.paces:
            return 1_000
        since = now - timedelta(seconds=self.paces[host].per_s)
        there = [each for each in self.crowd if each.host == host]
        lately = sum(each.called_at is not None and each.called_at > since for each in there)
        not_yet = sum(each.runs and not each.over and each.called_at is None for each in there)
        return self.paces[host].calls - lately - not_yet

    def let_in(self, now: datetime) -> set[str]:
        """Round after round, until a round lets nobody in."""
        all_in: set[str] = set()
        while found := self._round(now):
            for each in found:
                each.runs = True
            all_in |= {each.id for each in found}
        return all_in

    def _round(self, now: datetime) -> list[Wish]:
        limits = self.limits
        running = [each for each in self.crowd if each.runs and not each.over]
        waiting = [each for each in self.crowd if not each.runs and not each.over]
        users, channels = Counter(r.user for r in running), Counter(r.channel for r in running)
        guilds, hosts = Counter(r.guild for r in running), Counter(r.host for r in running)
        for one in waiting:
            one.blocked = (
                channels[one.channel] >= limits.per_channel
                or guilds[one.guild] >= limits.per_guild
                or hosts[one.host] >= limits.per_host
                or self.free_calls(one.host, now) <= 0
            )
        for group in _by(waiting, lambda one: one.user):
            for k, one in enumerate(sorted(group, key=lambda w: (w.blocked, w.priority, w.number)), 1):
                one.turn = users[one.user] + k
        for one in waiting:
            one.blocked |= one.turn > limits.per_user
        for group in _by(waiting, lambda one: one.channel):
            ranked = sorted(group, key=lambda w: (w.blocked, w.priority, w.turn, w.number))
            for k, one in enumerate(ranked, 1):
                one.blocked |= channels[one.channel] + k > limits.per_channel
        for group in _by(waiting, lambda one: one.guild):
            ranked = sorted(group, key=lambda w: (w.blocked, w.priority, w.turn, w.number))
            for k, one in enumerate(ranked, 1):
                one.guild_turn = guilds[one.guild] + k
        for one in waiting:
            one.blocked |= one.guild_turn > limits.per_guild
        for group in _by(waiting, lambda one: one.host):
            ranked = sorted(group, key=lambda w: (w.blocked, *_fair(w)))
            free = self.free_calls(ranked[0].host, now)
            for k, one in enumerate(ranked, 1):
                one.blocked |= k > free or hosts[one.host] + k > limits.per_host
        room = limits.total - len(running)
        return sorted((one for one in waiting if not one.blocked), key=_fair)[: max(0, room)]


def _by(crowd: Iterable[Wish], key: Callable[[Wish], str]) -> Iterable[list[Wish]]:
    groups: defaultdict[str, list[Wish]] = defaultdict(list)
    for each in crowd:
        groups[key(each)].append(each)
    return groups.values()


def _fair(one: Wish) -> tuple[int, int, int, int]:
    """Priority, then server by server, then member by member, then who came first."""
    return one.priority, one.guild_turn, one.turn, one.number


Told = tuple[int, int, int, int]
crowds = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(0, 1),
        st.integers(-1, 1),
    ),
    min_size=1,
    max_size=12,
)
bounds = st.builds(
    Limits,
    per_user=st.integers(1, 3),
    per_channel=st.integers(1, 4),
    per_guild=st.integers(1, 5),
    per_host=st.integers(1, 4),
    total=st.integers(1, 6),
)
paces = st.builds(Pace, calls=st.integers(1, 3), per_s=st.sampled_from([10.0, 30.0]))


class Undone(Exception):
    """Ends a transaction without a trace."""


async def _lives(database: Database, model: Model, wished: list[Told]) -> None:
    """The crowd lives through: let in, called one by one, ended one by one, as the minutes pass."""
    now = START
    with contextlib.suppress(Undone):
        async with database.begin() as connection:
            for number, (user, channel, host, priority) in enumerate(wished):
                wish = Wish(f"u{user}", f"c{channel}", f"h{host}", priority, number)
                wish.id = await add_job(
                    connection,
                    user=wish.user,
                    channel=wish.channel,
                    guild=wish.guild,
                    host=wish.host,
                    priority=priority,
                    after_s=number,
                )
                model.crowd.append(wish)
            for _ in range(8 * len(wished) + 8):
                let_in = set(await admit(connection, model.limits, now, model.paces))
                assert let_in == model.let_in(now)
                _never_too_many(model)
                called = [each for each in model.crowd if each.runs and each.called_at is None][:1]
                for each in called:  # later than it was let in, as in life
                    each.called_at = now + timedelta(seconds=2)
                    stamp = sa.update(jobs).where(jobs.c.id == each.id).values(intent_at=each.called_at)
                    await connection.execute(stamp)
                ended = [each for each in model.crowd if each.called_at is not None and not each.over][1:2]
                ended = ended or [each for each in model.crowd if each.called_at and not each.over][:1]
                for each in ended:
                    each.over = True
                    await move_job(connection, each.id, State.FAILED)
                now += timedelta(seconds=7)
                if all(each.over for each in model.crowd):
                    break
            assert all(each.over for each in model.crowd)
            assert await line(connection, model.limits, now, model.paces) == []
            raise Undone


def _never_too_many(model: Model) -> None:
    """No limit is broken at any moment, no pace in any window."""
    running = [each for each in model.crowd if each.runs and not each.over]
    limits = model.limits
    for of, most in (
        ([each.user for each in running], limits.per_user),
        ([each.channel for each in running], limits.per_channel),
        ([each.guild for each in running], limits.per_guild),
        ([each.host for each in running], limits.per_host),
        (["all"] * len(running), limits.total),
    ):
        assert max(Counter(of).values(), default=0) <= most
    for host, pace in model.paces.items():
        calls = sorted(each.called_at for each in model.crowd if each.host == host and each.called_at)
        for first, last in zip(calls, calls[pace.calls :], strict=False):
            assert (last - first).total_seconds() >= pace.per_s


@given(crowds, bounds, paces)
@settings(CALM, max_examples=25)
async def test_the_line_keeps_the_rules(
    sqlite_database: Database, wished: list[Told], given_limits: Limits, pace: Pace
) -> None:
    """Limits, pace, priority and turns, statement by statement as the model says; and all get in at last."""
    await _lives(sqlite_database, Model(given_limits, {"h0": pace}), wished)


@given(crowds, bounds, paces)
@settings(CALM, max_examples=8)
async def test_postgresql_keeps_the_same_rules(
    postgres_database: Database, wished: list[Told], given_limits: Limits, pace: Pace
) -> None:
    """The same statement there."""
    await _lives(postgres_database, Model(given_limits, {"h0": pace}), wished)


async def _call(connection: AsyncConnection, job_id: str, at: datetime) -> None:
    await connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(intent_at=at))


async def test_a_pace_holds_however_late_the_calls_are(database: Database) -> None:
    """Who was let in counts until it was called, then for a window; the next moment is known."""
    one_in_ten = {"paid": Pace(calls=1, per_s=10.0)}
    wide = Limits(per_user=9, per_channel=9)
    async with database.begin() as connection:
        first, second = [await add_job(connection, host="paid", after_s=i) for i in range(2)]
        other = await add_job(connection, host="engine", after_s=9)
        assert set(await admit(connection, wide, START, one_in_ten)) == {first, other}
        later = START + timedelta(seconds=60)
        assert await admit(connection, wide, later, one_in_ten) == []
        assert await next_call_at(connection, one_in_ten, later) is None
        await _call(connection, first, later)
        assert await next_call_at(connection, one_in_ten, later) == later + timedelta(seconds=10)
        assert await admit(connection, wide, later + timedelta(seconds=9.9), one_in_ten) == []
        assert await admit(connection, wide, later + timedelta(seconds=10), one_in_ten) == [second]


async def test_a_busy_host_gets_no_second_order(database: Database) -> None:
    """One asks again and again, whatever process it runs in; the others wait in line, not beside it."""
    async with database.begin() as connection:
        asking = await add_job(connection, host="paid", state=State.SUBMIT)
        waits = await add_job(connection, host="paid", user="other")
        trouble = sa.update(jobs).where(jobs.c.id == asking)
        await connection.execute(trouble.values(trouble="trouble.host_busy"))
        assert await admit(connection, Limits(), START) == []
        await connection.execute(trouble.values(trouble=None, intent_at=START))
        assert await admit(connection, Limits(), START) == [waits]
