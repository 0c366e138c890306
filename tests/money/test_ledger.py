"""The law of the books."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money.ledger import (
    OPENING_GRANT,
    JobEnd,
    Transfer,
    balances,
    opening,
    pot,
    refund,
    reserve,
    reserved,
    settle,
    verify,
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
    assert verify(entries, {job_id: end for job_id, (_, _, end) in history.items()}) == []
    for guild_id in {guild for guild, _, _ in history.values()}:
        gone = sum(price for guild, price, end in history.values() if guild == guild_id and end != "refunded")
        assert held[pot(guild_id)] == OPENING_GRANT - gone
    for job_id, (_, price, end) in history.items():
        assert held[reserved(job_id)] == (price if end == "open" else 0)


@given(histories.filter(bool), st.data())
def test_a_missing_or_doubled_entry_is_found(history: Histories, data: st.DataObject) -> None:
    """Books from which a job's transfer was lost, or in which one stands twice, do not pass."""
    entries = written(history)
    ends: dict[str, JobEnd] = {job_id: end for job_id, (_, _, end) in history.items()}
    of_jobs = [transfer for transfer in entries if transfer.job_id is not None]
    chosen = data.draw(st.sampled_from(of_jobs))
    assert verify([transfer for transfer in entries if transfer is not chosen], ends) != []
    assert verify([*entries, chosen], ends) != []


def test_a_job_that_ended_wrongly_is_found() -> None:
    """A settled job that the store calls refunded is a mistake in the books."""
    entries = [opening("1"), reserve("j", "1", 3), settle("j", "paid", 3)]
    assert verify(entries, {"j": "refunded"}) != []


def test_jobs_that_are_forgotten_do_not_trouble_the_books() -> None:
    """The ledger outlives its jobs."""
    assert verify([opening("1"), reserve("j", "1", 3), settle("j", "paid", 3)], {}) == []


@pytest.mark.parametrize(("amount", "target"), [(-1, "b"), (1, "a")])
def test_nonsense_is_no_transfer(amount: int, target: str) -> None:
    """Negative amounts and transfers to the same account are refused."""
    with pytest.raises(ValueError, match="not a transfer"):
        Transfer(key="k", kind="grant", job_id=None, source="a", target=target, amount=amount)


def test_our_own_engine_is_free() -> None:
    """The engine costs nothing, any other host one credit, unless a price is set."""
    assert (Prices().riff("engine"), Prices().riff("replicate")) == (0, 1)
    assert Prices({"replicate": 4}).riff("replicate") == 4
