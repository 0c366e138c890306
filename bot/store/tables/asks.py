"""Questions to authors who want to be asked before others use their music, each with the order that waits."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.tables import metadata

asks = sa.Table(
    "asks",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("take_id", sa.String(24), nullable=False),
    sa.Column("author_id", sa.String(24), nullable=False),
    sa.Column("asker_id", sa.String(24), nullable=False),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("channel_id", sa.String(24), nullable=False),
    sa.Column("request", json_column(), nullable=False),  # the Order
    sa.Column("granted", json_column(), nullable=False),  # authors who allowed it, where several are asked
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.CheckConstraint("state IN ('open', 'allowed', 'refused', 'withdrawn')", name="state_known"),
    sa.Index("ix_asks_asker_id_take_id", "asker_id", "take_id"),
    sa.Index("ix_asks_author_id", "author_id"),
    sa.Index("ix_asks_expires_at", "expires_at"),
)
