"""What the books say of a server's pot and sponsors: sums of entries, no numbers kept beside.

Each is one statement that is worked out once: orders wait for it. Call ``lock_money`` first where something
is decided by the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.money.ledger import (
    BESIDE,
    DEBT,
    FOR_CHANNEL,
    INTO_POTS,
    OUT_OF_POTS,
    TAKEN_BACK,
    Transfer,
    pot,
    source_of_credits,
    sponsored,
)
from bot.money.pots import Held
from bot.store.prepared import Prepared
from bot.store.sums import NONE, PAID, SUM, into, of_kinds, out_of, summed
from bot.store.tables.ledger import ledger

_POT: Final[sa.BindParameter[str]] = sa.bindparam("pot")
_turn = ledger.alias("turn")
_OF_TURNS: Final = (
    _turn.c.target == _POT,
    of_kinds(_turn.c.kind, ["grant"]),
    _turn.c.key.not_like(sa.bindparam("adjusted")),
)
_LAST: Final = sa.select(_turn.c.id).where(*_OF_TURNS).order_by(_turn.c.id.desc()).limit(1).cte("last")
"""The entry with which the pot last turned; a changed amount and a forgiven debt are no turn."""
_LAST_ID: Final = sa.func.coalesce(sa.select(_LAST.c.id).scalar_subquery(), NONE)
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
    .where(_turn.c.id == _LAST_ID, _turn.c.key == sa.func.replace(ledger.c.key, f":{DEBT}:", ":"))
    .correlate(ledger)
)
"""With the last turn."""
_FOR_CHANNELS: Final = ledger.c.key.like(sa.bindparam("for_channels"))
# Each entry of the pot is added up once: those of before the last turn together, each kind since then.
_STATE: Final = (
    summed("came_before", into(_POT, *INTO_POTS), _BEFORE),
    summed("went_before", out_of(_POT, *OUT_OF_POTS), _BEFORE),
    summed("granted", into(_POT, "grant"), _SINCE),
    summed("topped_up", into(_POT, "top_up"), _SINCE),
    summed("came_back", into(_POT, "refund"), _SINCE),
    summed("forgiven", into(_POT, "grant"), _BEFORE, _FORGIVEN),
    summed("refunded", into(_POT, "refund"), ledger.c.ordered_id >= _LAST_ID),
    summed("reserved", out_of(_POT, "reserve"), _SINCE),
    summed("expired", out_of(_POT, "expire"), _SINCE),
    summed("left_to_channels", out_of(_POT, "expire"), _SINCE, _FOR_CHANNELS),
    summed("left_here", into(sa.bindparam("here"))),
    summed("used_here", out_of(sa.bindparam("here"))),
    summed("left_home", into(sa.bindparam("home"))),
    summed("used_home", out_of(sa.bindparam("home"))),
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
        adjusted=f"grant:{guild_id}:{BESIDE}%",
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
    """All credits that came to a server since then, as pot or for channels; none of it is a refund.

    Less what was taken back since somebody changed the pot: so much may come once more.
    """
    of_members = ledger.c.key.like(f"sponsor:{guild_id}:{FOR_CHANNEL}%")  # they came with the pot already
    of_debts = ledger.c.key.like(f"grant:{guild_id}:{DEBT}:%")
    taken_back = ledger.c.key.like(f"expire:{guild_id}:{TAKEN_BACK}%")
    since_then = (PAID, ledger.c.at >= since)
    came = sa.select(SUM).where(
        *since_then, ledger.c.source == source_of_credits(guild_id), ~of_members, ~of_debts
    )
    went = sa.select(SUM).where(*since_then, ledger.c.source == pot(guild_id), taken_back)
    statement = sa.select(came.scalar_subquery() - went.scalar_subquery())
    return int((await connection.execute(statement)).scalar_one())
