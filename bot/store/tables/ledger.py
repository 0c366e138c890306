"""Money: one row a transfer from one account to another, so the sum of all accounts is always zero.

``key`` makes each transfer happen once: ``reserve:<job>`` and ``end:<job>``, the latter shared by settling
and refunding, which exclude each other. Rows are never changed or deleted.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.money.ledger import KINDS, OF_JOBS
from bot.store.columns import UtcTime
from bot.store.tables import metadata


def _listed(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


_PAID = sa.text("amount > 0")  # what costs nothing is in nobody's way when a pot is summed up
_USED = sa.text("kind = 'reserve' AND amount > 0")

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
    sa.CheckConstraint(f"kind IN ({_listed(KINDS)})", name="kind_known"),
    sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
    sa.CheckConstraint("source <> target", name="two_accounts"),
    sa.CheckConstraint(f"kind NOT IN ({_listed(OF_JOBS)}) OR job_id IS NOT NULL", name="job_named"),
    sa.UniqueConstraint("key"),
    sa.Index("ix_ledger_job_id", "job_id"),
    sa.Index(
        "ix_ledger_source", "source", "kind", "id", "amount", sqlite_where=_PAID, postgresql_where=_PAID
    ),
    sa.Index("ix_ledger_target", "target", "kind", "id", "amount"),  # a grant of nothing is a turn, too
    sa.Index("ix_ledger_of_user", "guild_id", "user_id", "at", sqlite_where=_USED, postgresql_where=_USED),
    sa.Index(
        "ix_ledger_of_channel", "guild_id", "channel_id", "at", sqlite_where=_USED, postgresql_where=_USED
    ),
    sa.Index("ix_ledger_of_guild", "guild_id", "id"),
)
