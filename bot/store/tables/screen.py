"""What servers do not want to read in orders, and how often they changed that."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime
from bot.store.tables import metadata

screen_rules = sa.Table(
    "screen_rules",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("text", sa.String(300), nullable=False),
    sa.Column("action", sa.String(10), nullable=False),
    sa.Column("spares_age_restricted", sa.Boolean, nullable=False),
    sa.Column("origin", sa.String(10), nullable=False),
    sa.Column("added_by", sa.String(24), nullable=False),
    sa.Column("added_at", UtcTime, nullable=False),
    sa.UniqueConstraint("guild_id", "kind", "text"),
    sa.CheckConstraint("kind IN ('word', 'pattern', 'allow')", name="kind_known"),
    sa.CheckConstraint("action IN ('refuse', 'hold')", name="action_known"),
    sqlite_autoincrement=True,
)

screen_versions = sa.Table(
    "screen_versions",
    metadata,
    sa.Column("guild_id", sa.String(24), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)
"""One more with each change: whoever holds the compiled rules of another version reads them anew."""
