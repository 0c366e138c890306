"""What servers, channels and members decided: one JSON value each, and who changed what, which only grows."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.tables import metadata

guild_settings = sa.Table(
    "guild_settings",
    metadata,
    sa.Column("guild_id", sa.String(24), primary_key=True),
    sa.Column("value", json_column(), nullable=False),
)

channel_settings = sa.Table(
    "channel_settings",
    metadata,
    sa.Column("channel_id", sa.String(24), primary_key=True),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("value", json_column(), nullable=False),
)

member_settings = sa.Table(
    "member_settings",
    metadata,
    sa.Column("user_id", sa.String(24), primary_key=True),
    sa.Column("value", json_column(), nullable=False),
)

settings_log = sa.Table(
    "settings_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("channel_id", sa.String(24)),  # of a channel's setting
    sa.Column("actor_id", sa.String(24), nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("before", sa.JSON, nullable=False),  # JSON's null where it stood at its default of none
    sa.Column("after", sa.JSON, nullable=False),
    sa.Index("ix_settings_log_guild_id", "guild_id"),
)
