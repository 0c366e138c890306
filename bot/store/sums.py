"""Sums of the ledger's entries, written so that indexes alone answer them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from bot.money.ledger import Kind
from bot.store.tables.ledger import ledger

NONE: Final = sa.literal_column("0", sa.Integer)
PAID: Final = ledger.c.amount > NONE  # constants stand in the text: only so partial indexes are used
SUM: Final = sa.func.coalesce(sa.func.sum(ledger.c.amount), NONE)


def summed(name: str, *conditions: sa.ColumnElement[bool]) -> sa.Label[int]:
    """The credits of all entries that fit, as a column of this name."""
    return sa.select(SUM).where(PAID, *conditions).scalar_subquery().label(name)


def of_kinds(column: sa.ColumnElement[str], kinds: Iterable[Kind]) -> sa.ColumnElement[bool]:
    """Entries of one of these kinds."""
    return sa.or_(*(column == sa.literal_column(f"'{kind}'", sa.String) for kind in kinds))


def into(account: sa.BindParameter[str], *kinds: Kind) -> sa.ColumnElement[bool]:
    """Entries that moved credits to an account, of these kinds or of any."""
    return sa.and_(ledger.c.target == account, *([of_kinds(ledger.c.kind, kinds)] if kinds else []))


def out_of(account: sa.BindParameter[str], *kinds: Kind) -> sa.ColumnElement[bool]:
    """Entries that moved credits from an account, of these kinds or of any."""
    return sa.and_(ledger.c.source == account, *([of_kinds(ledger.c.kind, kinds)] if kinds else []))
