"""A model of the books, word by word: any sequence of deeds, and accidents in between, leaves them exact."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.errors import NotEnough, UserError
from bot.jobs.booking import booked
from bot.jobs.order import Order
from bot.money.audit import Bill, JobEnd, audit
from bot.money.ledger import Transfer, balances, pot, refund, reserve, settle, sponsored
from bot.money.policy import PERIODS, Period, PotPolicy, Share
from bot.store.ledger import write_transfers
from bot.store.tables.ledger import ledger
from bot.treasury.paying import PotPayer
from bot.treasury.records import Who
from tests.jobs.world import an_order
from tests.store.databases import emptied_postgres, sqlite_address
from tests.treasury.till import TreasuryMachine

CAP, CHANNEL_CAP = 8, 12
USERS = ("111", "222")


class Accident(Exception):
    """In the middle of a transaction."""


@dataclass
class Deal:
    """A job, as far as money is concerned."""

    order: Order
    account: str
    price: int
    day: date
    turn: int
    """In which period of the pot it was ordered."""
    end: JobEnd = "open"


def first_day(period: Period, day: date) -> date:
    """Of the period that a day lies in."""
    back = {"day": 0, "week": day.weekday(), "month": day.day - 1}[period]
    return day - timedelta(days=back)


@dataclass
class Books:
    """What there must be, reckoned beside the ledger."""

    policy: PotPolicy = field(default_factory=lambda: PotPolicy(amount=20, period="day"))
    pot: int = 0
    turned_on: date | None = None
    begun: set[tuple[Period, date]] = field(default_factory=set[tuple[Period, date]])
    turn_number: int = 0
    granted: int = 0
    owed: int = 0
    forgiven: int = 0
    came_late: int = 0
    """Of orders from before the present period."""
    sponsored: dict[str, int] = field(default_factory=dict[str, int])
    deals: dict[str, Deal] = field(default_factory=dict[str, Deal])
    gifts: list[tuple[date, str, str, int]] = field(default_factory=list[tuple[date, str, str, int]])

    @property
    def rest(self) -> int:
        """What is left of the period's own credits, its orders and the debt that it began with once paid."""
        return max(0, self.granted - self.owed - self.used + min(self.came_late, self.forgiven))

    @property
    def used(self) -> int:
        """Of the pot, by orders of this period."""
        of_pot = [each for each in self.deals.values() if each.account.startswith("pot:")]
        return sum(each.price for each in of_pot if each.turn == self.turn_number and each.end != "refunded")

    def turn(self, today: date, *, missed: bool = True) -> None:
        """A new period begins, if it is time: what is left goes, or comes along with a debt."""
        first = first_day(self.policy.period, today)
        if (self.policy.period, first) in self.begun:
            return
        self.begun.add((self.policy.period, first))
        rest, self.forgiven, self.came_late = self.rest, 0, 0
        if not self.policy.carry_over:
            self.forgiven = max(0, -self.pot)
            self.pot = max(0, self.pot - rest)
        elif missed and self.turned_on is not None:
            self.pot += self.policy.amount * min(12, self._begun_since(self.turned_on, first))
        self.owed = max(0, -self.pot)
        self.granted = self.policy.amount
        self.pot += self.granted
        self.turn_number, self.turned_on = self.turn_number + 1, today

    def _begun_since(self, last: date, first: date) -> int:
        days = (last + timedelta(days=1 + each) for each in range((first - last).days - 1))
        return sum(first_day(self.policy.period, day) == day for day in days)

    def change(self, policy: PotPolicy, today: date) -> None:
        """Another policy: the period that runs ends by the old one, or gets what it has not had of more."""
        if self.begun:
            self.turn(today)
        before, self.policy = self.policy, policy
        if (policy.period, first_day(policy.period, today)) not in self.begun:
            self.turn(today, missed=False)
        elif policy.amount != before.amount:
            change = max(policy.amount - self.granted, -self.rest)
            self.pot += change
            self.granted += change

    def left_of_share(self, user: str, today: date) -> int:
        """What a member may still use of the pot today."""
        used = sum(each.price for each in self._used(today) if each.order.user_id == user)
        got = sum(amount for day, _, to, amount in self.gifts if day == today and to == user)
        gave = sum(amount for day, giver, _, amount in self.gifts if day == today and giver == user)
        return CAP + got - gave - used

    def left_of_channel(self, channel: str, today: date) -> int:
        """What everybody may still use in a channel today."""
        return CHANNEL_CAP - sum(each.price for each in self._used(today) if each.order.home == channel)

    def used_by(self, since: date) -> dict[str, int]:
        """Of the pot, by whose orders of that day and later; whatever came back whenever is none of it."""
        used = Counter[str]()
        for each in self.deals.values():
            if each.account.startswith("pot:") and each.day >= since and each.end != "refunded":
                used[each.order.user_id] += each.price
        return dict(+used)

    def _used(self, today: date) -> list[Deal]:
        of_pot = [each for each in self.deals.values() if each.account.startswith("pot:")]
        return [each for each in of_pot if each.day == today and each.end != "refunded"]


class BooksStayExact(TreasuryMachine):
    """Orders, ends, refunds, gifts, new days, top-ups, sponsors, other pots, and accidents."""

    def __init__(self) -> None:
        super().__init__()
        self.bounded, self.free = f"{self.guild}001", f"{self.guild}002"
        self.books = Books(sponsored={self.bounded: 0, self.free: 0})

    @property
    def today(self) -> date:
        """By the clock of the server's zone."""
        return self.clock.now().date()

    def key(self) -> str:
        """Of something that happens once."""
        return f"k{next(self.keys)}"

    @initialize()
    def found(self) -> None:
        """A pot that is filled each day, and shares."""
        self.runner.run(self.treasury.set_pot(self.guild, self.books.policy, actor_id="9"))
        here = Share(subject="channel", id=self.bounded, cap=CHANNEL_CAP)
        for share in (Share(subject="member", cap=CAP), here):
            self.runner.run(self.treasury.set_share(self.guild, share, actor_id="9"))
        self.books.turn(self.today)

    @rule(
        user=st.sampled_from(USERS),
        bounded=st.booleans(),
        price=st.integers(0, 6),
        accident=st.booleans(),
    )
    def order(self, user: str, bounded: bool, price: int, accident: bool) -> None:
        """Somebody orders; with an accident nothing of it is left, not even a day that had begun."""
        channel = self.bounded if bounded else self.free
        order = an_order(host="paid", guild=self.guild, user=user, channel=channel)
        name = f"{self.guild}j{next(self.keys)}"
        expected = self._expected(order, price)
        outcome = self.runner.run(self._outcome(order, name, price, accident=accident))
        if outcome == "accident":
            return
        assert outcome == expected
        if ":" not in outcome:
            return
        if price:
            self.books.turn(self.today)
            self._take(outcome, price)
        self.books.deals[name] = Deal(order, outcome, price, self.today, self.books.turn_number)

    def _expected(self, order: Order, price: int) -> str:
        """The account that pays, or what is lacking."""
        books, account = self.books, pot(self.guild)
        if price == 0:
            return account
        if books.sponsored[order.home] >= price:
            return sponsored(order.home)
        there = self._looked_at()
        if books.policy.hard_stop and there.pot < price:
            return "pot"
        if books.left_of_share(order.user_id, self.today) < price:
            return "member"
        if order.home == self.bounded and books.left_of_channel(order.home, self.today) < price:
            return "channel"
        return account

    def _looked_at(self) -> Books:
        """The books as they are for who only looks: a period that is due has begun."""
        there = replace(self.books, begun=set(self.books.begun))
        there.turn(self.today)
        return there

    def _take(self, account: str, price: int) -> None:
        if account.startswith("pot:"):
            self.books.pot -= price
        else:
            self.books.sponsored[account.removeprefix("sponsor:")] -= price

    async def _outcome(self, order: Order, name: str, price: int, *, accident: bool) -> str:
        try:
            return await self._accept(order, name, price, accident=accident)
        except NotEnough as error:
            return error.limit
        except Accident:
            return "accident"

    async def _accept(self, order: Order, name: str, price: int, *, accident: bool) -> str:
        now = self.clock.now()
        async with self.database.begin() as connection:
            passage = await PotPayer().pay(connection, order, price=price, parts=1, at=now)
            entry = booked(reserve(name, passage.account, price), order)
            await write_transfers(connection, [entry.on_credit() if passage.on_credit else entry], now)
            if accident:
                raise Accident
        return passage.account

    @precondition(lambda self: any(each.end == "open" for each in self.books.deals.values()))
    @rule(data=st.data(), well=st.booleans(), twice=st.booleans())
    def end(self, data: st.DataObject, well: bool, twice: bool) -> None:
        """A job is delivered, or fails; said twice, it counts once."""
        names = [name for name, each in self.books.deals.items() if each.end == "open"]
        self.ends(data.draw(st.sampled_from(names)), well=well, twice=twice)

    def ends(self, name: str, *, well: bool, twice: bool = False) -> None:
        """This one."""
        deal = self.books.deals[name]
        entry = settle(name, "paid", deal.price) if well else refund(name, deal.account, deal.price)
        for _ in range(1 + twice):
            self.runner.run(self._write([booked(entry, deal.order)]))
        deal.end = "done" if well else "refunded"
        if not well:
            self._take(deal.account, -deal.price)
            if deal.account.startswith("pot:") and deal.turn != self.books.turn_number:
                self.books.came_late += deal.price

    async def _write(self, entries: list[Transfer]) -> None:
        async with self.database.begin() as connection:
            await write_transfers(connection, entries, self.clock.now())

    @rule(giver=st.sampled_from(USERS), amount=st.integers(1, 9))
    def gift(self, giver: str, amount: int) -> None:
        """One gives to the other what is left of the share, and no more."""
        to_id = next(each for each in USERS if each != giver)
        left = max(0, self.books.left_of_share(giver, self.today))
        try:
            self.runner.run(
                self.treasury.gift(
                    self.guild,
                    amount,
                    giver=Who(giver),
                    to_id=to_id,
                    channel_id=self.free,
                    reason="",
                    key=self.key(),
                )
            )
        except NotEnough:
            assert left < amount
            return
        assert left >= amount
        self.books.turn(self.today)
        self.books.gifts.append((self.today, giver, to_id, amount))

    @rule(amount=st.integers(0, 9), to=st.sampled_from(["pot", "bounded", "free"]))
    def bring(self, amount: int, to: str) -> None:
        """Credits come for the pot or for a channel; the same command twice counts once."""
        key = self.key()
        channel = {"bounded": self.bounded, "free": self.free}.get(to)
        for _ in range(2):
            try:
                self.runner.run(self._bring(amount, channel, key))
            except UserError:
                assert amount == 0
                return
        self.books.turn(self.today)
        if channel is None:
            self.books.pot += amount
        else:
            self.books.sponsored[channel] += amount

    async def _bring(self, amount: int, channel: str | None, key: str) -> None:
        if channel is None:
            await self.treasury.top_up(self.guild, amount, actor_id="9", reason="r", key=key)
        else:
            await self.treasury.sponsor(self.guild, channel, amount, actor_id="9", reason="r", key=key)

    @rule(
        amount=st.integers(0, 30),
        period=st.sampled_from(PERIODS),
        carry_over=st.booleans(),
        hard_stop=st.booleans(),
    )
    def another_pot(self, amount: int, period: Period, carry_over: bool, hard_stop: bool) -> None:
        """What is spent stays spent; the period that runs has the new amount, as far as there is any left."""
        policy = PotPolicy(amount=amount, period=period, carry_over=carry_over, hard_stop=hard_stop)
        self.runner.run(self.treasury.set_pot(self.guild, policy, actor_id="9"))
        self.books.change(policy, self.today)

    @rule(changes=st.dictionaries(st.sampled_from(["carry_over", "hard_stop"]), st.booleans(), min_size=1))
    def other_switches(self, changes: dict[str, bool]) -> None:
        """The rest stands as it is."""
        self.runner.run(self.treasury.set_pot(self.guild, changes, actor_id="9"))
        self.books.change(self.books.policy.model_copy(update=changes), self.today)

    @rule(days=st.sampled_from([1, 2, 3, 10, 40]))
    def time_passes(self, days: int) -> None:
        """Nobody looks meanwhile."""
        self.clock.advance(days * 86_400)

    @rule()
    def look(self) -> None:
        """People are told what there is: what came back, whenever, was not used on the day of its order."""
        there = self._looked_at()
        for user in USERS:
            quota = self.runner.run(
                self.treasury.quota(self.guild, user_id=user, role_ids=(), channel_id=self.bounded)
            )
            assert (quota.pot.left, quota.pot.used) == (there.pot, there.used)
            own, of_channel = quota.shares
            assert (own.used, own.left) == (
                there.used_by(self.today).get(user, 0),
                there.left_of_share(user, self.today),
            )
            assert of_channel.left == there.left_of_channel(self.bounded, self.today)
            since = first_day(there.policy.period, self.today)
            if there.turn_number == self.books.turn_number and there.turned_on is not None:
                since = max(since, there.turned_on)  # where the period itself was changed meanwhile
            assert {each.user_id: each.used for each in quota.uses} == there.used_by(since)
        lines = self.runner.run(self.treasury.history(self.guild, limit=1_000))
        paid = {name: each.end for name, each in there.deals.items() if each.price}
        assert {each.job_id for each in lines if each.kind == "reserve"} == set(paid)
        back = {name for name, end in paid.items() if end == "refunded"}
        assert {each.job_id for each in lines if each.kind == "refund"} == back

    @invariant()
    def all_adds_up(self) -> None:
        """The pot is the sum of its entries, no share is exceeded, and the audit finds nothing."""
        entries = self.runner.run(self._entries())
        bills = {
            name: Bill(each.account, "paid", each.price, each.end) for name, each in self.books.deals.items()
        }
        assert audit(entries, bills) == []
        held = balances(entries)
        assert sum(held.values()) == 0
        assert held[pot(self.guild)] == self.books.pot
        assert {each: held[sponsored(each)] for each in self.books.sponsored} == self.books.sponsored
        assert all(self.books.left_of_share(user, self.today) >= 0 for user in USERS)
        assert self.books.left_of_channel(self.bounded, self.today) >= 0

    async def _entries(self) -> list[Transfer]:
        columns = [ledger.c[name] for name in Transfer.__slots__]
        statement = sa.select(*columns).where(ledger.c.guild_id == self.guild).order_by(ledger.c.id)
        async with self.database.connect() as connection:
            return [Transfer(**row) for row in (await connection.execute(statement)).mappings()]


CALM = settings(
    deadline=None,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def _hold(url: str, *, examples: int) -> None:
    with asyncio.Runner() as runner:
        BooksStayExact.url, BooksStayExact.runner = url, runner
        run_state_machine_as_test(BooksStayExact, settings=settings(CALM, max_examples=examples))


def test_the_books_stay_exact(sqlite_template: Path) -> None:
    """Whatever happens, in whatever order."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(sqlite_template, Path(folder) / "riffcord.sqlite")
        _hold(sqlite_address(Path(folder) / "riffcord.sqlite"), examples=10)


def test_what_was_topped_up_stays_and_nothing_comes_twice(sqlite_template: Path) -> None:
    """What chance seldom meets: debts, refunds of earlier periods, and other periods of a pot."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        shutil.copyfile(sqlite_template, Path(folder) / "riffcord.sqlite")
        BooksStayExact.url, BooksStayExact.runner = sqlite_address(Path(folder) / "riffcord.sqlite"), runner
        stories = (
            _forgiven_debt,
            _undone_debt,
            _carried_debt,
            _late_refund,
            _share_of_yesterday,
            _idle_periods,
            _to_and_fro,
        )
        for story in stories:
            books = BooksStayExact()
            try:
                books.found()
                for _ in story(books):
                    books.all_adds_up()
                    books.look()
            finally:
                books.teardown()


def _forgiven_debt(books: BooksStayExact) -> Iterator[None]:
    """What is topped up after it outlasts the period, and another amount counts as if it had not been."""
    yield books.another_pot(10, "day", carry_over=False, hard_stop=False)
    for user in USERS * 2:
        yield books.order(user, bounded=False, price=4, accident=False)
    yield books.time_passes(1)
    yield books.bring(9, "pot")
    yield books.another_pot(12, "day", carry_over=False, hard_stop=False)
    yield books.time_passes(1)
    yield books.bring(1, "free")


def _undone_debt(books: BooksStayExact) -> Iterator[None]:
    """What was ordered on credit and forgiven comes back for the period alone: it was given already."""
    yield books.another_pot(5, "day", carry_over=False, hard_stop=False)
    for user in USERS:
        yield books.order(user, bounded=False, price=6, accident=False)
    yield books.time_passes(1)
    yield books.bring(1, "pot")
    for name in list(books.books.deals):
        yield books.ends(name, well=False)
    yield books.time_passes(1)
    yield books.bring(1, "free")
    assert books.books.pot == 5 + 1 + 5


def _carried_debt(books: BooksStayExact) -> Iterator[None]:
    """The next period's credits pay it, not what is topped up then."""
    yield books.another_pot(10, "day", carry_over=True, hard_stop=False)
    for user in USERS * 2:
        yield books.order(user, bounded=False, price=4, accident=False)
    yield books.time_passes(1)
    yield books.bring(9, "pot")
    yield books.other_switches({"carry_over": False})
    yield books.time_passes(1)
    yield books.bring(1, "free")


def _late_refund(books: BooksStayExact) -> Iterator[None]:
    """An order that was paid with what was topped up comes back a day later, and stays."""
    yield books.another_pot(3, "day", carry_over=False, hard_stop=True)
    yield books.bring(5, "pot")
    yield books.order("111", bounded=False, price=6, accident=False)
    yield books.time_passes(1)
    yield books.bring(1, "free")
    yield books.ends(next(iter(books.books.deals)), well=False)
    yield books.time_passes(1)
    yield books.bring(1, "free")


def _share_of_yesterday(books: BooksStayExact) -> Iterator[None]:
    """What comes back of it widens nobody's share of today, and what is used today still counts then."""
    yield books.another_pot(30, "week", carry_over=False, hard_stop=True)
    yield books.order("111", bounded=True, price=6, accident=False)
    yield books.order("222", bounded=True, price=5, accident=False)
    yield books.time_passes(1)
    yield books.order("111", bounded=True, price=5, accident=False)
    first, _, today = books.books.deals
    yield books.ends(first, well=False)
    yield books.order("111", bounded=True, price=4, accident=False)
    yield books.gift("111", 4)
    yield books.ends(today, well=False, twice=True)
    yield books.order("111", bounded=True, price=6, accident=False)
    yield books.time_passes(10)
    yield books.order("222", bounded=True, price=6, accident=False)


def _idle_periods(books: BooksStayExact) -> Iterator[None]:
    """They bring what the policy of then says, not that of now."""
    yield books.another_pot(10, "month", carry_over=True, hard_stop=True)
    yield books.time_passes(10)
    yield books.another_pot(10, "day", carry_over=True, hard_stop=True)
    yield books.another_pot(10, "day", carry_over=False, hard_stop=True)
    yield books.time_passes(3)
    yield books.other_switches({"carry_over": True})
    yield books.time_passes(3)
    yield books.another_pot(10, "week", carry_over=False, hard_stop=True)


def _to_and_fro(books: BooksStayExact) -> Iterator[None]:
    """However often amount and period are changed back, what was spent is not given again."""
    yield books.another_pot(6, "month", carry_over=False, hard_stop=True)
    for _ in range(3):
        yield books.order("111", bounded=False, price=2, accident=False)
        yield books.another_pot(1, "month", carry_over=False, hard_stop=True)
        yield books.another_pot(6, "week", carry_over=False, hard_stop=True)
        yield books.another_pot(6, "month", carry_over=False, hard_stop=True)


def test_they_stay_exact_in_postgresql() -> None:
    """The same there."""
    _hold(emptied_postgres(), examples=3)
