"""The law of the books."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money.audit import Bill, JobEnd, audit
from bot.money.ledger import (
    Transfer,
    balances,
    expire,
    gift,
    grant,
    pot,
    refund,
    reserve,
    reserved,
    settle,
    share,
    sponsor,
    sponsored,
    top_up,
)

OPENING_GRANT = 1_000

ENDS: tuple[JobEnd, ...] = ("open", "done", "refunded")

Histories = dict[str, tuple[str, int, JobEnd]]


def opening(guild_id: str) -> Transfer:
    """What a server had before there were periods."""
    return grant(guild_id, "opening", OPENING_GRANT)


def written(history: Histories) -> list[Transfer]:
    """What a store that keeps keys unique holds after these jobs, each written twice."""
    entries: dict[str, Transfer] = {}
    for job_id, (guild_id, price, end) in history.items():
        steps = [opening(guild_id), reserve(job_id, pot(guild_id), price)]
        if end == "done":
            steps.append(settle(job_id, "paid", price))
        if end == "refunded":
            steps.append(refund(job_id, pot(guild_id), price))
        for transfer in steps * 2:
            entries.setdefault(transfer.key, transfer)
    return list(entries.values())


def bills(history: Histories) -> dict[str, Bill]:
    """What the books must say of these jobs."""
    return {job_id: Bill(pot(guild), "paid", price, end) for job_id, (guild, price, end) in history.items()}


def _histories(least: int) -> st.SearchStrategy[Histories]:
    of_job = st.tuples(st.sampled_from(["1", "2"]), st.integers(least, 50), st.sampled_from(ENDS))
    return st.dictionaries(st.text("abc", min_size=1, max_size=3), of_job, max_size=12)


histories = _histories(0)


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


@given(_histories(1).filter(bool), st.data())
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
    entries = [opening("1"), reserve("j", "pot:1", 3), replace(refund("j", "pot:1", 3), key="end:other")]
    faults = audit(entries, {"j": Bill("pot:1", "paid", 3, "refunded")})
    assert {(fault.kind, fault.missing) for fault in faults} == {("missing", None), ("unwanted", None)}


def test_a_reservation_whose_job_is_gone_is_given_back() -> None:
    """It belongs to nobody, so it goes where it came from."""
    entries = [opening("1"), reserve("j", "pot:1", 3)]
    (fault,) = audit(entries, {})
    assert fault.missing == refund("j", "pot:1", 3)
    assert audit([*entries, refund("j", "pot:1", 3)], {}) == []


def test_a_job_that_ended_wrongly_is_found() -> None:
    """A settled job that the store calls refunded is a mistake in the books."""
    entries = [opening("1"), reserve("j", "pot:1", 3), settle("j", "paid", 3)]
    assert audit(entries, {"j": Bill("pot:1", "paid", 3, "refunded")}) != []


def test_jobs_that_are_forgotten_do_not_trouble_the_books() -> None:
    """The ledger outlives its jobs."""
    assert audit([opening("1"), reserve("j", "pot:1", 3), settle("j", "paid", 3)], {}) == []


@pytest.mark.parametrize(("amount", "target"), [(-1, "b"), (1, "a")])
def test_nonsense_is_no_transfer(amount: int, target: str) -> None:
    """Negative amounts and transfers to the same account are refused."""
    with pytest.raises(ValueError, match="not a transfer"):
        Transfer(key="k", kind="grant", job_id=None, source="a", target=target, amount=amount)


@given(histories.filter(bool), st.integers(0, 60))
def test_an_account_that_ever_held_too_little_is_found(history: Histories, granted: int) -> None:
    """In the order of the entries; entries of before there were pots, and what was on credit, may do so."""
    entries = [
        replace(entry, amount=granted) if entry.kind == "grant" else replace(entry, guild_id="1")
        for entry in written(history)
    ]
    low = set[str]()
    for end in range(len(entries) + 1):
        low |= {name for name, held in balances(entries[:end]).items() if held < 0 and name.startswith("pot")}
    found = audit(entries, bills(history))
    assert {fault.facts["account"] for fault in found} == low
    assert {fault.kind for fault in found} <= {"overdrawn"}
    assert audit([replace(entry, guild_id=None) for entry in entries], bills(history)) == []
    assert audit([entry.on_credit() for entry in entries], bills(history)) == []


def test_what_belongs_to_no_job_is_known_by_its_key() -> None:
    """Grants, expiries, top-ups, sponsors and gifts pass as they are, and not with another account."""
    entries = [
        grant("1", "month:2026-11-01", 9),
        top_up("1", "a", 5),
        sponsor("1", "11", "b", 4),
        gift("1", "111", "222", "c", 3),
        expire("1", "month:2026-12-01", 9),
    ]
    assert audit(entries, {}) == []
    held = balances(entries)
    assert (held[pot("1")], held[sponsored("11")], held[share("1", "222")]) == (5, 4, 3)
    for entry in entries:
        others = [
            replace(entry, source="pot:9"),
            replace(entry, target="pot:9"),
            replace(entry, key="grant:1"),
        ]
        for wrong in others:
            assert audit([wrong if each is entry else each for each in entries], {}) != []


def test_more_than_was_reserved_cannot_be_spent() -> None:
    """An end before its reservation, or of more than that, overdraws what was set aside."""
    early = [opening("1"), settle("j", "paid", 3), reserve("j", "pot:1", 3)]
    kinds = [fault.kind for fault in audit(early, {"j": Bill("pot:1", "paid", 3, "done")})]
    assert kinds == ["overdrawn"]
