"""What the books say of a server's pot, sponsors and shares: sums of entries, no numbers kept beside.

Each is one statement that is worked out once: orders wait for it. Call ``lock_money`` first where something
is decided by the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.money.ledger import FOR_CHANNEL, Kind, Transfer, pot, share, sponsored
from bot.money.pots import Held
from bot.money.shares import Usage
from bot.store.columns import UtcTime
from bot.store.prepared import Prepared
from bot.store.tables.ledger import ledger

_PAID: Final = ledger.c.amount > 0
_SUM: Final = sa.func.coalesce(sa.func.sum(ledger.c.amount), 0)
_POT: Final[sa.BindParameter[str]] = sa.bindparam("pot")


def _sum(name: str, *conditions: sa.ColumnElement[bool]) -> sa.Label[int]:
    return sa.select(_SUM).where(_PAID, *conditions).scalar_subquery().label(name)


def _into(account: sa.BindParameter[str], kind: Kind | None = None) -> sa.ColumnElement[bool]:
    there = ledger.c.target == account
    return there if kind is None else sa.and_(there, ledger.c.kind == kind)


def _out_of(account: sa.BindParameter[str], kind: Kind | None = None) -> sa.ColumnElement[bool]:
    there = ledger.c.source == account
    return there if kind is None else sa.and_(there, ledger.c.kind == kind)


_turn = ledger.alias("turn")
_OF_TURNS: Final = (
    _turn.c.target == _POT,
    _turn.c.kind == "grant",
    _turn.c.key.not_like(sa.bindparam("adjusted")),
)
_LAST: Final = sa.select(_turn.c.id).where(*_OF_TURNS).order_by(_turn.c.id.desc()).limit(1).cte("last")
"""The entry with which the pot last turned; a changed amount and a forgiven debt are no turn."""
_LAST_ID: Final = sa.func.coalesce(sa.select(_LAST.c.id).scalar_subquery(), 0)
_SINCE: Final = ledger.c.id >= _LAST_ID
_AFTER: Final = ledger.c.id > _LAST_ID
_AT: Final = (
    sa.select(ledger.c.at)
    .where(ledger.c.id == sa.select(_LAST.c.id).scalar_subquery())
    .scalar_subquery()
    .label("granted_at")
)
_TURNED: Final = sa.exists().where(ledger.c.key == sa.bindparam("period_key")).label("turned")
_order = ledger.alias("ordered")
_ORDERED_SINCE: Final = (
    sa.exists().where(_order.c.key == "reserve:" + ledger.c.job_id, _order.c.id >= _LAST_ID).correlate(ledger)
)
_FOR_CHANNELS: Final = ledger.c.key.like(sa.bindparam("for_channels"))
_STATE: Final = (
    _sum("came", _into(_POT)),
    _sum("went", _out_of(_POT)),
    _sum("granted", _into(_POT, "grant"), _SINCE),
    _sum("expired", _out_of(_POT, "expire"), _AFTER),
    _sum("reserved", _out_of(_POT, "reserve"), _SINCE),
    _sum("refunded", _into(_POT, "refund"), _SINCE, _ORDERED_SINCE),
    _sum("came_back", _into(_POT, "refund"), _SINCE),
    _sum("topped_up", _into(_POT, "top_up"), _SINCE),
    _sum("left_to_channels", _out_of(_POT, "expire"), _AFTER, _FOR_CHANNELS),
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
    held = Held(
        balance=int(row["came"] - row["went"]),
        turned=bool(row["turned"]),
        granted=int(row["granted"] - row["expired"]),
        for_channels=int(row["left_to_channels"]),
        stays=int(row["topped_up"] + row["came_back"] - row["refunded"]),
        granted_at=row["granted_at"],
        used=int(row["reserved"] - row["refunded"]),
    )
    return Funds(held, int(row["left_here"] - row["used_here"]), int(row["left_home"] - row["used_home"]))


_end = ledger.alias("refund")
CAME_BACK: Final = (
    sa.exists().where(_end.c.key == "end:" + ledger.c.job_id, _end.c.kind == "refund").correlate(ledger)
)
"""Whether what an entry reserved was given back."""
_DAY: Final = sa.bindparam("day", type_=UtcTime)
_MINE: Final[sa.BindParameter[str]] = sa.bindparam("mine")
_USED: Final = (
    ledger.c.guild_id == sa.bindparam("guild_id"),
    ledger.c.kind == "reserve",
    ledger.c.at >= _DAY,
    ledger.c.source == _POT,
    ~CAME_BACK,
)
_OF_USER: Final = ledger.c.user_id == sa.bindparam("user_id")
_USAGE: Final = (
    _sum("mine", *_USED, _OF_USER),
    _sum("of_kind", *_USED, _OF_USER, ledger.c.what == sa.bindparam("kind")),
    _sum("in_channel", *_USED, ledger.c.channel_id == sa.bindparam("channel_id")),
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
        mine=int(row["mine"]),
        of_kind=int(row["of_kind"]),
        in_channel=int(row["in_channel"]),
        given=got - gave,
        gave=gave,
    )
