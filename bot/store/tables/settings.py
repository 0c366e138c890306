"""What servers, channels and members decided: one JSON value each."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import json_column
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
