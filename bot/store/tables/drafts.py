"""What a member is looking at before it is ordered: a recipe whose preview is on their screen."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.tables import metadata

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("user_id", sa.String(24), nullable=False),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("recipe", json_column(), nullable=False),
    sa.Column("parent_take_id", sa.String(24)),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("terms", json_column()),
    sa.Index("ix_drafts_created_at", "created_at"),
)
