"""The ledger's law: money is only ever moved from one account to another.

Accounts are names: ``grant:<guild>`` (where a server's credits come from and expire to), ``pot:<guild>``
(what it may spend), ``sponsor:<channel>`` (what somebody left for a channel), ``share:<guild>:<user>`` (what
members gave each other of their shares), ``reserved:<job>`` (set aside for one job) and ``spent:<host>``. A
job reserves once, when it is ordered, and ends once, settled or refunded. Each transfer has a key that the
store keeps unique, so doing one of them again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Literal, get_args

Kind = Literal["grant", "expire", "top_up", "sponsor", "gift", "reserve", "settle", "refund"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
OF_JOBS: Final[tuple[Kind, ...]] = ("reserve", "settle", "refund")
INTO_POTS: Final[tuple[Kind, ...]] = ("grant", "top_up", "refund")
OUT_OF_POTS: Final[tuple[Kind, ...]] = ("reserve", "expire")
BESIDE: Final = "+"
"""How names begin of what is granted beside the turn of a period."""
DEBT: Final = f"{BESIDE}debt"
TAKEN_BACK: Final = "-"
"""How names begin of what expires since somebody changed the pot, not since a period was over."""
FOR_CHANNEL: Final = "sponsor-"
"""How names begin of a gift and an expiry that only say of whose share and pot a sponsor's credits are."""
OVERDRAFT: Final = "overdraft"
"""The reason of a reserve that a pot without a hard stop paid below zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """``amount`` credits go from ``source`` to ``target``. ``key`` says which transfer this is."""

    key: str
    kind: Kind
    job_id: str | None
    source: str
    target: str
    amount: int
    # What people are told about it; the books are exact without.
    guild_id: str | None = field(default=None, compare=False)
    user_id: str | None = field(default=None, compare=False)
    """Whose order it is for, or who got it."""
    channel_id: str | None = field(default=None, compare=False)
    """Whose settings counted for the order, or which is sponsored."""
    what: str | None = field(default=None, compare=False)
    """The kind of recipe."""
    actor_id: str | None = field(default=None, compare=False)
    """Who moved it, where a person did."""
    reason: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.amount < 0 or self.source == self.target:
            raise ValueError(f"not a transfer: {self.amount} from {self.source} to {self.target}")

    def on_credit(self) -> Transfer:
        """The same reserve, told to be one that the pot may pay below zero."""
        return replace(self, reason=OVERDRAFT)


def pot(guild_id: str) -> str:
    """What a server may spend."""
    return f"pot:{guild_id}"


def source_of_credits(guild_id: str) -> str:
    """Where a server's credits come from, and what is not used goes back to."""
    return f"grant:{guild_id}"


def sponsored(channel_id: str) -> str:
    """What sponsors left for a channel."""
    return f"sponsor:{channel_id}"


def share(guild_id: str, user_id: str) -> str:
    """What others gave a member of their shares, less what the member gave."""
    return f"share:{guild_id}:{user_id}"


def own(kind: Literal["user", "guild"], name: str) -> str:
    """What was made with an own key: its host charges that account, so this one may go below zero for ever.

    ``name`` is the server's id, or that of the member's key: no account names a member.
    """
    return f"own:{kind}:{name}"


def own_kind(account: str) -> Literal["user", "guild"] | None:
    """Whose own key an account stands for; None for credits."""
    kind = account.split(":")[1] if account.startswith("own:") else None
    return kind if kind in ("user", "guild") else None


def reserved(job_id: str) -> str:
    """What is set aside for a job."""
    return f"reserved:{job_id}"


def _of_server(
    kind: Kind,
    guild_id: str,
    name: str,
    amount: int,
    *,
    source: str,
    target: str,
    channel_id: str | None = None,
    user_id: str | None = None,
    actor_id: str | None = None,
) -> Transfer:
    """An entry of no job, once for each name."""
    return Transfer(
        key=f"{kind}:{guild_id}:{name}",
        kind=kind,
        job_id=None,
        source=source,
        target=target,
        amount=amount,
        guild_id=guild_id,
        user_id=user_id,
        channel_id=channel_id,
        actor_id=actor_id,
    )


def grant(guild_id: str, name: str, amount: int) -> Transfer:
    """Credits for the pot, once for each name: that of a period, or after a ``+`` what comes beside it."""
    whence = source_of_credits(guild_id)
    return _of_server("grant", guild_id, name, amount, source=whence, target=pot(guild_id))


def expire(guild_id: str, name: str, amount: int) -> Transfer:
    """What is left of a period's credits goes back when the next one of this name begins."""
    whence = source_of_credits(guild_id)
    return _of_server("expire", guild_id, name, amount, source=pot(guild_id), target=whence)


def is_debt(transfer: Transfer) -> bool:
    """Whether it only forgives what a pot owed: it was spent long ago."""
    return transfer.kind == "grant" and transfer.key.split(":")[2] == DEBT


def top_up(guild_id: str, key: str, amount: int) -> Transfer:
    """Credits for the pot that do not expire."""
    whence = source_of_credits(guild_id)
    return _of_server("top_up", guild_id, key, amount, source=whence, target=pot(guild_id))


def sponsor(guild_id: str, channel_id: str, key: str, amount: int) -> Transfer:
    """Credits for the orders of one channel alone."""
    whence, there = source_of_credits(guild_id), sponsored(channel_id)
    return _of_server("sponsor", guild_id, key, amount, source=whence, target=there, channel_id=channel_id)


def gift(guild_id: str, giver_id: str, to_id: str, key: str, amount: int) -> Transfer:
    """A part of a member's share of the day for another member: a right to spend, no money."""
    return _of_server(
        "gift",
        guild_id,
        key,
        amount,
        source=share(guild_id, giver_id),
        target=share(guild_id, to_id),
        user_id=to_id,
        actor_id=giver_id,
    )


def _of_job(kind: Kind, key: str, job_id: str, amount: int, *, source: str, target: str) -> Transfer:
    return Transfer(
        key=f"{key}:{job_id}", kind=kind, job_id=job_id, source=source, target=target, amount=amount
    )


def reserve(job_id: str, account: str, price: int) -> Transfer:
    """Set the price aside when the job is accepted."""
    return _of_job("reserve", "reserve", job_id, price, source=account, target=reserved(job_id))


def settle(job_id: str, host: str, price: int) -> Transfer:
    """The job is done: its reserve is spent."""
    return _of_job("settle", "end", job_id, price, source=reserved(job_id), target=f"spent:{host}")


def refund(job_id: str, account: str, price: int) -> Transfer:
    """The job ended otherwise: its reserve goes back to where it came from."""
    return _of_job("refund", "end", job_id, price, source=reserved(job_id), target=account)


def described(
    transfer: Transfer,
    *,
    actor_id: str | None = None,
    reason: str | None = None,
    channel_id: str | None = None,
) -> Transfer:
    """The same entry with who moved it, why and where; what is not given stays."""
    return replace(
        transfer,
        actor_id=actor_id or transfer.actor_id,
        reason=reason or transfer.reason,
        channel_id=channel_id or transfer.channel_id,
    )


def balances(transfers: Iterable[Transfer]) -> Counter[str]:
    """What every account holds. Every transfer gives what it takes, so the sum of all is zero."""
    held: Counter[str] = Counter()
    for transfer in transfers:
        held[transfer.source] -= transfer.amount
        held[transfer.target] += transfer.amount
    return held
