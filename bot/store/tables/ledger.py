"""Money: one row a transfer from one account to another, so the sum of all accounts is always zero.

``key`` makes each transfer happen once: ``reserve:<job>`` and ``end:<job>``, the latter shared by settling
and refunding, which exclude each other. Rows are never changed or deleted.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime
from bot.store.tables import metadata

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
    sa.CheckConstraint("kind IN ('grant', 'reserve', 'settle', 'refund')", name="kind_known"),
    sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
    sa.CheckConstraint("source <> target", name="two_accounts"),
    sa.CheckConstraint("kind = 'grant' OR job_id IS NOT NULL", name="job_named"),
    sa.UniqueConstraint("key"),
    sa.Index("ix_ledger_job_id", "job_id"),
)
