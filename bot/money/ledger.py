"""The ledger's law: money is only ever moved from one account to another.

Accounts are names: ``grant:<guild>`` (where a server's credits come from), ``pot:<guild>`` (what it may
spend), ``reserved:<job>`` (set aside for one job) and ``spent:<host>``. A job reserves once, when it is
ordered, and ends once, settled or refunded. Each transfer has a key that the store keeps unique, so
doing one of them again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

OPENING_GRANT = 1_000
"""Credits that a server starts with; a number until servers have pots of their own."""

Kind = Literal["grant", "reserve", "settle", "refund"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """``amount`` credits go from ``source`` to ``target``. ``key`` says which transfer this is."""

    key: str
    kind: Kind
    job_id: str | None
    source: str
    target: str
    amount: int

    def __post_init__(self) -> None:
        if self.amount < 0 or self.source == self.target:
            raise ValueError(f"not a transfer: {self.amount} from {self.source} to {self.target}")


def pot(guild_id: str) -> str:
    """What a server may spend."""
    return f"pot:{guild_id}"


def reserved(job_id: str) -> str:
    """What is set aside for a job."""
    return f"reserved:{job_id}"


def opening(guild_id: str) -> Transfer:
    """The server's first credits; counts once, however often it is written."""
    return Transfer(
        key=f"grant:{guild_id}:opening",
        kind="grant",
        job_id=None,
        source=f"grant:{guild_id}",
        target=pot(guild_id),
        amount=OPENING_GRANT,
    )


def reserve(job_id: str, guild_id: str, price: int) -> Transfer:
    """Set the price aside when the job is accepted."""
    return Transfer(
        key=f"reserve:{job_id}",
        kind="reserve",
        job_id=job_id,
        source=pot(guild_id),
        target=reserved(job_id),
        amount=price,
    )


def settle(job_id: str, host: str, price: int) -> Transfer:
    """The job is done: its reserve is spent."""
    return Transfer(
        key=f"end:{job_id}",
        kind="settle",
        job_id=job_id,
        source=reserved(job_id),
        target=f"spent:{host}",
        amount=price,
    )


def refund(job_id: str, guild_id: str, price: int) -> Transfer:
    """The job ended otherwise: its reserve goes back to the pot."""
    return Transfer(
        key=f"end:{job_id}",
        kind="refund",
        job_id=job_id,
        source=reserved(job_id),
        target=pot(guild_id),
        amount=price,
    )


def balances(transfers: Iterable[Transfer]) -> Counter[str]:
    """What every account holds. Every transfer gives what it takes, so the sum of all is zero."""
    held: Counter[str] = Counter()
    for transfer in transfers:
        held[transfer.source] -= transfer.amount
        held[transfer.target] += transfer.amount
    return held
