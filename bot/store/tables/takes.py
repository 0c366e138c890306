"""Finished music and its recipe. Takes outlive their jobs: buttons on old messages look here."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.tables import metadata

takes = sa.Table(
    "takes",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("job_id", sa.String(24), nullable=False),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("channel_id", sa.String(24), nullable=False),
    sa.Column("user_id", sa.String(24), nullable=False),
    sa.Column("user_name", sa.String(100), nullable=False),
    sa.Column("number", sa.Integer, nullable=False, default=0),
    sa.Column("recipe", json_column(), nullable=False),
    sa.Column("host", sa.String(100), nullable=False),
    sa.Column("host_result_id", sa.String(200)),  # by which the host knows it
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("duration_s", sa.Double),
    sa.Column("bpm", sa.Double),
    sa.Column("key", sa.String(30)),
    sa.Column("lufs", sa.Double),
    sa.Column("true_peak_db", sa.Double),
    sa.Column("audio", sa.String(100)),
    sa.Column("upload", sa.String(100)),
    sa.Column("picture", sa.String(100), nullable=False),
    sa.Column("score", sa.String(100)),
    sa.Column("lyrics", sa.String(100)),
    sa.Column("cover", sa.String(100)),  # that was made for it
    sa.Column("parent_take_id", sa.String(24)),
    sa.Column("message_id", sa.String(24)),
    sa.Column("voice_message_id", sa.String(24)),
    sa.Column("deleted", sa.Boolean, nullable=False, default=False),
    sa.Column("kept", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column("title", sa.String(100)),  # where its author gave it one
    sa.Column("label", sa.String(200), nullable=False, server_default=""),  # the recipe's words, to be shown
    sa.Column(
        "words", sa.Text, nullable=False, server_default=""
    ),  # all that it is found by, in small letters
    sa.Column("consent", sa.String(10)),  # where it is not its author's default
    sa.UniqueConstraint("job_id", "number"),
    sa.Index("ix_takes_channel_id_created_at", "channel_id", "created_at"),
    sa.Index("ix_takes_guild_id_created_at", "guild_id", "created_at"),
    sa.Index("ix_takes_user_id_created_at", "user_id", "created_at"),
    sa.Index("ix_takes_parent_take_id", "parent_take_id"),
)
