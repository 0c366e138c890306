"""Whether the books are exact: each account, each transfer and each job. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.money.ledger import (
    OVERDRAFT,
    Transfer,
    expire,
    gift,
    grant,
    refund,
    reserve,
    settle,
    sponsor,
    top_up,
)

JobEnd = Literal["open", "done", "refunded"]


@dataclass(frozen=True, slots=True)
class Bill:
    """What the books must say of a job."""

    account: str
    """That paid for it."""
    host: str
    price: int
    end: JobEnd


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the books must not say, or do not say although they must."""

    kind: str
    facts: Mapping[str, object]
    missing: Transfer | None = None
    """Appending this makes it right, where that is certain."""


def audit(transfers: Iterable[Transfer], bills: Mapping[str, Bill]) -> list[Fault]:
    """What is wrong with the books; empty when they are exact.

    Args:
        transfers: The whole ledger, in the order in which it was written.
        bills: What each job that is still known must have cost. The ledger outlives its jobs: one that is not
            named here must have ended.
    """
    entries = list(transfers)
    of_job: dict[str, list[Transfer]] = {job_id: [] for job_id in bills}
    for entry in entries:
        if entry.job_id is not None:
            of_job.setdefault(entry.job_id, []).append(entry)
    faults = [*_of_entries(entries), *_overdrawn(entries)]
    for job_id, own in of_job.items():
        faults += _of_job(job_id, own, bills.get(job_id) or _bill_of_forgotten(own))
    return faults


def _of_entries(entries: list[Transfer]) -> Iterator[Fault]:
    for key, count in Counter(entry.key for entry in entries).items():
        if count > 1:
            yield Fault("doubled", {"key": key, "count": count})
    for entry in entries:
        if entry.job_id is None and entry != _plain(entry):
            yield Fault("strange", {"key": entry.key})
    granted = {entry.target for entry in entries if entry.kind == "grant"}
    paying = {entry.source for entry in entries if entry.kind == "reserve" and entry.amount}
    for account in sorted(paying - granted):
        if account.startswith("pot:"):
            yield Fault("never_granted", {"account": account})


def _plain(entry: Transfer) -> Transfer | None:
    """An entry of no job as it must be, by its own key and server; None where there can be none."""
    kind, _, rest = entry.key.partition(":")
    guild_id, _, name = rest.partition(":")
    match kind:
        case "grant":
            return grant(guild_id, name, entry.amount)
        case "expire":
            return expire(guild_id, name, entry.amount)
        case "top_up":
            return top_up(guild_id, name, entry.amount)
        case "sponsor":
            return sponsor(guild_id, entry.target.removeprefix("sponsor:"), name, entry.amount)
        case "gift":
            both = [account.rpartition(":")[2] for account in (entry.source, entry.target)]
            return None if both[0] == both[1] else gift(guild_id, both[0], both[1], name, entry.amount)
        case _:
            return None


def _overdrawn(entries: list[Transfer]) -> Iterator[Fault]:
    """Accounts that at any moment held less than they may, each at its first such entry.

    Credits come out of nothing at ``grant:`` alone, and members' gifts are no money. What is reserved for a
    job is never more than spent or given back. A pot goes below zero only by what it may pay on credit, and
    by what was written before servers had pots of their own (without a server).
    """
    held: Counter[str] = Counter()
    told: set[str] = set()
    for entry in entries:
        held[entry.source] -= entry.amount
        held[entry.target] += entry.amount
        if entry.source in told or held[entry.source] >= 0 or entry.amount == 0 or _may_go_below(entry):
            continue
        told.add(entry.source)
        yield Fault("overdrawn", {"account": entry.source, "key": entry.key, "held": held[entry.source]})


def _may_go_below(entry: Transfer) -> bool:
    if entry.source.startswith(("grant:", "share:", "own:")):
        return True
    of_pot = entry.kind == "reserve" and entry.source.startswith("pot:")
    return of_pot and (entry.guild_id is None or entry.reason == OVERDRAFT)


def _bill_of_forgotten(own: list[Transfer]) -> Bill:
    """The bill of a job that is known no more, by its own entries: it must be over."""
    first = next((entry for entry in own if entry.kind == "reserve"), own[0])
    settled = next((entry for entry in own if entry.kind == "settle"), None)
    return Bill(
        account=first.source,
        host="" if settled is None else settled.target.removeprefix("spent:"),
        price=first.amount,
        end="refunded" if settled is None else "done",
    )


def _of_job(job_id: str, own: list[Transfer], bill: Bill) -> Iterator[Fault]:
    wanted = [reserve(job_id, bill.account, bill.price)]
    if bill.end == "done":
        wanted.append(settle(job_id, bill.host, bill.price))
    elif bill.end == "refunded":
        wanted.append(refund(job_id, bill.account, bill.price))
    by_key = {entry.key: entry for entry in own}
    missing = [transfer for transfer in wanted if transfer.key not in by_key]
    for transfer in missing:
        # A lost reserve is not made up for: what was paid out of nothing is for a person to look at. Nor is
        # anything where other entries are wrong: the money may have moved by one of those.
        certain = transfer.kind != "reserve" and len(missing) == 1 and all(each in wanted for each in own)
        facts = {"job": job_id, "entry": transfer.kind, "amount": transfer.amount}
        yield Fault("missing", facts, transfer if certain else None)
    for entry in own:
        if entry not in wanted:
            plain = next((transfer for transfer in wanted if transfer.key == entry.key), None)
            told = {"job": job_id, "key": entry.key, "entry": entry.kind, "amount": entry.amount}
            yield Fault("unwanted" if plain is None else "wrong", told)
