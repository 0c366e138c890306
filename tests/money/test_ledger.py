"""The law of the books."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money.audit import Bill, JobEnd, audit
from bot.money.ledger import (
    OPENING_GRANT,
    Transfer,
    balances,
    opening,
    pot,
    refund,
    reserve,
    reserved,
    settle,
)
from bot.money.prices import Prices

ENDS: tuple[JobEnd, ...] = ("open", "done", "refunded")

Histories = dict[str, tuple[str, int, JobEnd]]


def written(history: Histories) -> list[Transfer]:
    """What a store that keeps keys unique holds after these jobs, each written twice."""
    entries: dict[str, Transfer] = {}
    for job_id, (guild_id, price, end) in history.items():
        steps = [opening(guild_id), reserve(job_id, guild_id, price)]
        if end == "done":
            steps.append(settle(job_id, "paid", price))
        if end == "refunded":
            steps.append(refund(job_id, guild_id, price))
        for transfer in steps * 2:
            entries.setdefault(transfer.key, transfer)
    return list(entries.values())


def bills(history: Histories) -> dict[str, Bill]:
    """What the books must say of these jobs."""
    return {job_id: Bill(guild, "paid", price, end) for job_id, (guild, price, end) in history.items()}


histories = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.tuples(st.sampled_from(["1", "2"]), st.integers(0, 50), st.sampled_from(ENDS)),
    max_size=12,
)


@given(histories)
def test_the_books_are_exact_whatever_happens(history: Histories) -> None:
    """All accounts add up to zero, and a pot holds its grant less what is spent or set aside."""
    entries = written(history)
    held = balances(entries)
    assert sum(held.values()) == 0
    assert audit(entries, bills(history)) == []
    for guild_id in {guild for guild, _, _ in history.values()}:
        gone = sum(price for guild, price, end in history.values() if guild == guild_id and end != "refunded")
        assert held[pot(guild_id)] == OPENING_GRANT - gone
    for job_id, (_, price, end) in history.items():
        assert held[reserved(job_id)] == (price if end == "open" else 0)


@given(histories.filter(bool), st.data())
def test_a_missing_or_doubled_entry_is_found(history: Histories, data: st.DataObject) -> None:
    """Books from which a job's transfer was lost, or in which one stands twice, do not pass."""
    entries = written(history)
    chosen = data.draw(st.sampled_from(entries))
    assert audit([transfer for transfer in entries if transfer is not chosen], bills(history)) != []
    assert audit([*entries, chosen], bills(history)) != []


@given(histories.filter(bool), st.data())
def test_a_changed_entry_is_found(history: Histories, data: st.DataObject) -> None:
    """Another amount, another account, another kind, another job: what a job moved stands as it was."""
    entries = written(history)
    chosen = data.draw(st.sampled_from([entry for entry in entries if entry.kind != "grant"]))
    other = data.draw(
        st.sampled_from(
            [
                replace(chosen, amount=chosen.amount + 1),
                replace(chosen, source="pot:9"),
                replace(chosen, target="spent:other"),
                replace(chosen, kind="settle" if chosen.kind == "refund" else "refund"),
                replace(chosen, job_id="nobody"),
            ]
        )
    )
    assert audit([other if entry is chosen else entry for entry in entries], bills(history)) != []


@given(histories.filter(bool), st.data())
def test_a_lost_end_can_be_made_up_for(history: Histories, data: st.DataObject) -> None:
    """A settlement or refund that is missing is told exactly: with it the books are right again."""
    entries = written(history)
    ends = [entry for entry in entries if entry.kind in ("settle", "refund")]
    if not ends:
        return
    lost = data.draw(st.sampled_from(ends))
    left = [entry for entry in entries if entry is not lost]
    (fault,) = audit(left, bills(history))
    assert fault.missing is not None
    assert fault.missing == lost
    assert audit([*left, fault.missing], bills(history)) == []


def test_what_is_not_certain_is_not_made_up_for() -> None:
    """Where the money may have moved by a wrong entry, a second one would move it twice."""
    entries = [opening("1"), reserve("j", "1", 3), replace(refund("j", "1", 3), key="end:other")]
    faults = audit(entries, {"j": Bill("1", "paid", 3, "refunded")})
    assert {(fault.kind, fault.missing) for fault in faults} == {("missing", None), ("unwanted", None)}


def test_a_reservation_whose_job_is_gone_is_given_back() -> None:
    """It belongs to nobody, so it goes where it came from."""
    entries = [opening("1"), reserve("j", "1", 3)]
    (fault,) = audit(entries, {})
    assert fault.missing == refund("j", "1", 3)
    assert audit([*entries, refund("j", "1", 3)], {}) == []


def test_a_job_that_ended_wrongly_is_found() -> None:
    """A settled job that the store calls refunded is a mistake in the books."""
    entries = [opening("1"), reserve("j", "1", 3), settle("j", "paid", 3)]
    assert audit(entries, {"j": Bill("1", "paid", 3, "refunded")}) != []


def test_jobs_that_are_forgotten_do_not_trouble_the_books() -> None:
    """The ledger outlives its jobs."""
    assert audit([opening("1"), reserve("j", "1", 3), settle("j", "paid", 3)], {}) == []


@pytest.mark.parametrize(("amount", "target"), [(-1, "b"), (1, "a")])
def test_nonsense_is_no_transfer(amount: int, target: str) -> None:
    """Negative amounts and transfers to the same account are refused."""
    with pytest.raises(ValueError, match="not a transfer"):
        Transfer(key="k", kind="grant", job_id=None, source="a", target=target, amount=amount)


@given(histories, st.integers(0, OPENING_GRANT))
def test_an_account_that_ever_held_too_little_is_found(history: Histories, least: int) -> None:
    """In the order of the entries: a pot that was filled up again later was overdrawn all the same."""
    entries = written(history)
    lowest: dict[str, int] = {}
    for end in range(len(entries) + 1):
        for account, amount in balances(entries[:end]).items():
            lowest[account] = min(amount, lowest.get(account, 0 if account.startswith("grant") else amount))
    low = {name for name, amount in lowest.items() if name.startswith("pot:") and amount < least}
    faults = audit(entries, bills(history), least_in_pot=least)
    assert {fault.facts["account"] for fault in faults} == low
    assert {fault.kind for fault in faults} <= {"overdrawn"}


def test_more_than_was_reserved_cannot_be_spent() -> None:
    """An end before its reservation, or of more than that, overdraws what was set aside."""
    early = [opening("1"), settle("j", "paid", 3), reserve("j", "1", 3)]
    kinds = [fault.kind for fault in audit(early, {"j": Bill("1", "paid", 3, "done")})]
    assert kinds == ["overdrawn"]


def test_our_own_engine_is_free() -> None:
    """The engine costs nothing, any other host one credit, unless a price is set."""
    assert (Prices().riff("engine"), Prices().riff("replicate")) == (0, 1)
    assert Prices({"replicate": 4}).riff("replicate") == 4


def test_a_song_costs_more_than_a_picture_and_that_more_than_a_riff() -> None:
    """Each kind has its price, which a host multiplies; a kind that nobody named costs as much as a riff."""
    prices = Prices({"engine": 0, "dear": 3})
    assert [prices.of(kind, "replicate") for kind in ("riff", "song", "image", "morph")] == [1, 5, 2, 1]
    assert [prices.of(kind, "dear") for kind in ("riff", "song")] == [3, 15]
    assert prices.of("song", "engine") == 0
