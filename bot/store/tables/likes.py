"""Who likes which take."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime
from bot.store.tables import metadata

likes = sa.Table(
    "likes",
    metadata,
    sa.Column("take_id", sa.String(24), sa.ForeignKey("takes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("user_id", sa.String(24), primary_key=True),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("ix_likes_user_id_guild_id_at", "user_id", "guild_id", "at"),
)
