"""What was used of a server's pot in a day, for its shares. As :mod:`bot.store.pots`, orders wait for it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.money.ledger import pot, share
from bot.money.shares import Usage
from bot.store.columns import UtcTime
from bot.store.prepared import Prepared
from bot.store.sums import into, of_kinds, out_of, summed
from bot.store.tables.ledger import ledger

_POT: Final[sa.BindParameter[str]] = sa.bindparam("pot")
_DAY: Final = sa.bindparam("day", type_=UtcTime)
_MINE: Final[sa.BindParameter[str]] = sa.bindparam("mine")
_HERE: Final = ledger.c.guild_id == sa.bindparam("guild_id")
# "IS TRUE" hides the account from PostgreSQL's planner: it would rather walk all that a pot ever paid.
_USED: Final = (
    _HERE,
    of_kinds(ledger.c.kind, ["reserve"]),
    ledger.c.at >= _DAY,
    (ledger.c.source == _POT).is_(sa.true()),
)
_RETURNED: Final = (
    _HERE,
    of_kinds(ledger.c.kind, ["refund"]),
    ledger.c.ordered_at >= _DAY,
    (ledger.c.target == _POT).is_(sa.true()),
)
"""By the day of the order, whenever it came back."""
_OF_USER: Final = ledger.c.user_id == sa.bindparam("user_id")
_OF_KIND: Final = ledger.c.what == sa.bindparam("kind")
_OF_CHANNEL: Final = ledger.c.channel_id == sa.bindparam("channel_id")
_USAGE: Final = (
    summed("mine", *_USED, _OF_USER),
    summed("mine_returned", *_RETURNED, _OF_USER),
    summed("of_kind", *_USED, _OF_USER, _OF_KIND),
    summed("of_kind_returned", *_RETURNED, _OF_USER, _OF_KIND),
    summed("in_channel", *_USED, _OF_CHANNEL),
    summed("in_channel_returned", *_RETURNED, _OF_CHANNEL),
    summed("got", into(_MINE, "gift"), ledger.c.at >= _DAY),
    summed("gave", out_of(_MINE, "gift"), ledger.c.at >= _DAY),
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
