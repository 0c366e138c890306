"""What the books say of a server's pot, sponsors and shares: sums of entries, no numbers kept beside.

Each is one statement that is worked out once: orders wait for it. Call ``lock_money`` first where something
is decided by the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.money.ledger import (
    FOR_CHANNEL,
    INTO_POTS,
    OUT_OF_POTS,
    Kind,
    Transfer,
    pot,
    share,
    source_of_credits,
    sponsored,
)
from bot.money.pots import Held
from bot.money.shares import Usage
from bot.store.columns import UtcTime
from bot.store.prepared import Prepared
from bot.store.tables.ledger import ledger

_NONE: Final = sa.literal_column("0", sa.Integer)
_PAID: Final = ledger.c.amount > _NONE  # constants stand in the text: only so partial indexes are used
_SUM: Final = sa.func.coalesce(sa.func.sum(ledger.c.amount), _NONE)
_POT: Final[sa.BindParameter[str]] = sa.bindparam("pot")


def _sum(name: str, *conditions: sa.ColumnElement[bool]) -> sa.Label[int]:
    return sa.select(_SUM).where(_PAID, *conditions).scalar_subquery().label(name)


def _of(column: sa.ColumnElement[str], kinds: Iterable[Kind]) -> sa.ColumnElement[bool]:
    return sa.or_(*(column == sa.literal_column(f"'{kind}'", sa.String) for kind in kinds))


def _into(account: sa.BindParameter[str], *kinds: Kind) -> sa.ColumnElement[bool]:
    return sa.and_(ledger.c.target == account, *([_of(ledger.c.kind, kinds)] if kinds else []))


def _out_of(account: sa.BindParameter[str], *kinds: Kind) -> sa.ColumnElement[bool]:
    return sa.and_(ledger.c.source == account, *([_of(ledger.c.kind, kinds)] if kinds else []))


_turn = ledger.alias("turn")
_OF_TURNS: Final = (
    _turn.c.target == _POT,
    _of(_turn.c.kind, ["grant"]),
    _turn.c.key.not_like(sa.bindparam("adjusted")),
)
_LAST: Final = sa.select(_turn.c.id).where(*_OF_TURNS).order_by(_turn.c.id.desc()).limit(1).cte("last")
"""The entry with which the pot last turned; a changed amount and a forgiven debt are no turn."""
_LAST_ID: Final = sa.func.coalesce(sa.select(_LAST.c.id).scalar_subquery(), _NONE)
_SINCE: Final = ledger.c.id >= _LAST_ID
_BEFORE: Final = ledger.c.id < _LAST_ID
_AT: Final = (
    sa.select(ledger.c.at)
    .where(ledger.c.id == sa.select(_LAST.c.id).scalar_subquery())
    .scalar_subquery()
    .label("granted_at")
)
_TURNED: Final = sa.exists().where(ledger.c.key == sa.bindparam("period_key")).label("turned")
_FORGIVEN: Final = (
    sa.exists()
    .where(_turn.c.id == _LAST_ID, _turn.c.key == sa.func.replace(ledger.c.key, ":+debt:", ":"))
    .correlate(ledger)
)
"""With the last turn."""
_FOR_CHANNELS: Final = ledger.c.key.like(sa.bindparam("for_channels"))
# Each entry of the pot is added up once: those of before the last turn together, each kind since then.
_STATE: Final = (
    _sum("came_before", _into(_POT, *INTO_POTS), _BEFORE),
    _sum("went_before", _out_of(_POT, *OUT_OF_POTS), _BEFORE),
    _sum("granted", _into(_POT, "grant"), _SINCE),
    _sum("topped_up", _into(_POT, "top_up"), _SINCE),
    _sum("came_back", _into(_POT, "refund"), _SINCE),
    _sum("forgiven", _into(_POT, "grant"), _BEFORE, _FORGIVEN),
    _sum("refunded", _into(_POT, "refund"), ledger.c.ordered_id >= _LAST_ID),
    _sum("reserved", _out_of(_POT, "reserve"), _SINCE),
    _sum("expired", _out_of(_POT, "expire"), _SINCE),
    _sum("left_to_channels", _out_of(_POT, "expire"), _SINCE, _FOR_CHANNELS),
    _sum("left_here", _into(sa.bindparam("here"))),
    _sum("used_here", _out_of(sa.bindparam("here"))),
    _sum("left_home", _into(sa.bindparam("home"))),
    _sum("used_home", _out_of(sa.bindparam("home"))),
    _TURNED,
    _AT,
)
_READ_STATE: Final = Prepared(sa.select(*_STATE), _STATE)


@dataclass(frozen=True, slots=True)
class Funds:
    """A server's pot, and what sponsors left for a channel and for the one that it hangs in."""

    held: Held
    sponsored_here: int
    sponsored_home: int

    def turned(self, transfers: list[Transfer]) -> Funds:
        """The same after these turned the pot."""
        return replace(self, held=self.held.after(transfers)) if transfers else self


async def read_funds(
    connection: AsyncConnection, guild_id: str, period: str, *, channel_id: str, home_id: str
) -> Funds:
    """All that can pay for an order. ``period``: the name of the present one, as ``Span.name``."""
    (row,) = await _READ_STATE.rows(
        connection,
        pot=pot(guild_id),
        period_key=f"grant:{guild_id}:{period}",
        adjusted=f"grant:{guild_id}:+%",
        for_channels=f"expire:{guild_id}:{FOR_CHANNEL}%",
        here=sponsored(channel_id),
        home=sponsored(home_id),
    )
    came = row["came_before"] + row["granted"] + row["topped_up"] + row["came_back"]
    went = row["went_before"] + row["reserved"] + row["expired"]
    late = row["came_back"] - row["refunded"]
    unforgiven = min(late, row["forgiven"])
    held = Held(
        balance=int(came - went),
        turned=bool(row["turned"]),
        granted=int(row["granted"] - row["expired"]),
        for_channels=int(row["left_to_channels"]),
        stays=int(row["topped_up"] + late - unforgiven),
        unforgiven=int(unforgiven),
        granted_at=row["granted_at"],
        used=int(row["reserved"] - row["refunded"]),
    )
    return Funds(held, int(row["left_here"] - row["used_here"]), int(row["left_home"] - row["used_home"]))


async def read_given(connection: AsyncConnection, guild_id: str, since: datetime) -> int:
    """All credits that came to a server since then, as pot or for channels; none of it is a refund."""
    of_members = ledger.c.key.like(f"sponsor:{guild_id}:{FOR_CHANNEL}%")  # they came with the pot already
    statement = sa.select(_SUM).where(
        _PAID,
        ledger.c.source == source_of_credits(guild_id),
        ledger.c.at >= since,
        ~of_members,
    )
    return int((await connection.execute(statement)).scalar_one())


_end = ledger.alias("refund")
CAME_BACK: Final = (
    sa.exists().where(_end.c.key == "end:" + ledger.c.job_id, _end.c.kind == "refund").correlate(ledger)
)
"""Whether what an entry reserved was given back."""
_DAY: Final = sa.bindparam("day", type_=UtcTime)
_MINE: Final[sa.BindParameter[str]] = sa.bindparam("mine")
_HERE: Final = ledger.c.guild_id == sa.bindparam("guild_id")
# "IS TRUE" hides the account from PostgreSQL's planner: it would rather walk all that a pot ever paid.
_USED: Final = (
    _HERE,
    _of(ledger.c.kind, ["reserve"]),
    ledger.c.at >= _DAY,
    (ledger.c.source == _POT).is_(sa.true()),
)
_RETURNED: Final = (
    _HERE,
    _of(ledger.c.kind, ["refund"]),
    ledger.c.ordered_at >= _DAY,
    (ledger.c.target == _POT).is_(sa.true()),
)
"""By the day of the order, whenever it came back."""
_OF_USER: Final = ledger.c.user_id == sa.bindparam("user_id")
_OF_KIND: Final = ledger.c.what == sa.bindparam("kind")
_OF_CHANNEL: Final = ledger.c.channel_id == sa.bindparam("channel_id")
_USAGE: Final = (
    _sum("mine", *_USED, _OF_USER),
    _sum("mine_returned", *_RETURNED, _OF_USER),
    _sum("of_kind", *_USED, _OF_USER, _OF_KIND),
    _sum("of_kind_returned", *_RETURNED, _OF_USER, _OF_KIND),
    _sum("in_channel", *_USED, _OF_CHANNEL),
    _sum("in_channel_returned", *_RETURNED, _OF_CHANNEL),
    _sum("got", _into(_MINE, "gift"), ledger.c.at >= _DAY),
    _sum("gave", _out_of(_MINE, "gift"), ledger.c.at >= _DAY),
)
_READ_USAGE: Final = Prepared(sa.select(*_USAGE), _USAGE)


async def read_usage(
    connection: AsyncConnection, guild_id: str, *, user_id: str, channel_id: str, kind: str, day: datetime
) -> Usage:
    """What counts against shares since the day began: reserves, less those that came back."""
    (row,) = await _READ_USAGE.rows(
        connection,
        guild_id=guild_id,
        user_id=user_id,
        channel_id=channel_id,
        kind=kind,
        day=day,
        pot=pot(guild_id),
        mine=share(guild_id, user_id),
    )
    got, gave = int(row["got"]), int(row["gave"])
    return Usage(
        mine=int(row["mine"] - row["mine_returned"]),
        of_kind=int(row["of_kind"] - row["of_kind_returned"]),
        in_channel=int(row["in_channel"] - row["in_channel_returned"]),
        given=got - gave,
        gave=gave,
    )
