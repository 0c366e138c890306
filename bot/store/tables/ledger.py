"""Money: one row a transfer from one account to another, so the sum of all accounts is always zero.

``key`` makes each transfer happen once: ``reserve:<job>`` and ``end:<job>``, the latter shared by settling
and refunding, which exclude each other. Rows are never changed or deleted. Indexes hold all that pots and
shares are added up from, since orders wait for that.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.money.ledger import KINDS, OF_JOBS
from bot.store.columns import UtcTime
from bot.store.tables import metadata


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


def _index(name: str, *columns: str, which: str) -> sa.Index:
    """Only of some rows: what costs nothing is in nobody's way when a pot is summed up."""
    return sa.Index(name, *columns, sqlite_where=sa.text(which), postgresql_where=sa.text(which))


_USED = "kind = 'reserve' AND amount > 0"
_CAME_BACK = "kind = 'refund' AND amount > 0"
_BACK = ("kind", "ordered_at", "target", "what", "amount")

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(100), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("job_id", sa.String(24)),
    sa.Column("source", sa.String(120), nullable=False),
    sa.Column("target", sa.String(120), nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("guild_id", sa.String(24)),  # this and what follows: null in entries of before there were pots
    sa.Column("user_id", sa.String(24)),
    sa.Column("channel_id", sa.String(24)),
    sa.Column("what", sa.String(20)),
    sa.Column("actor_id", sa.String(24)),
    sa.Column("reason", sa.String(200)),
    sa.Column("ordered_id", sa.Integer),  # of a refund: the reserve that it gives back, and when that was
    sa.Column("ordered_at", UtcTime),
    sa.CheckConstraint(f"kind IN ({_listed(KINDS)})", name="kind_known"),
    sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
    sa.CheckConstraint("source <> target", name="two_accounts"),
    sa.CheckConstraint(f"kind NOT IN ({_listed(OF_JOBS)}) OR job_id IS NOT NULL", name="job_named"),
    sa.UniqueConstraint("key"),
    sa.Index("ix_ledger_job_id", "job_id"),
    _index("ix_ledger_source", "source", "kind", "id", "amount", which="amount > 0"),
    sa.Index("ix_ledger_target", "target", "kind", "id", "amount"),  # a grant of nothing is a turn, too
    _index("ix_ledger_came_back", "target", "kind", "ordered_id", "amount", which=_CAME_BACK),
    _index("ix_ledger_of_user", "guild_id", "user_id", "kind", "at", "source", "what", "amount", which=_USED),
    _index("ix_ledger_of_channel", "guild_id", "channel_id", "kind", "at", "source", "amount", which=_USED),
    _index("ix_ledger_back_to_user", "guild_id", "user_id", *_BACK, which=_CAME_BACK),
    _index("ix_ledger_back_in_channel", "guild_id", "channel_id", *_BACK, which=_CAME_BACK),
    sa.Index("ix_ledger_of_guild", "guild_id", "id"),
)
