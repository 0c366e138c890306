"""What moderators decided about members and orders, and what is still to be deleted by their word."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.tables import metadata

standings = sa.Table(
    "standings",
    metadata,
    sa.Column("guild_id", sa.String(24), primary_key=True),
    sa.Column("user_id", sa.String(24), primary_key=True),
    sa.Column("user_name", sa.String(100), nullable=False),  # as when it was decided: a choice while typing
    sa.Column("blocked", sa.Boolean, nullable=False),
    sa.Column("muted_until", UtcTime),
    sa.Column("slow_mode_s", sa.Integer, nullable=False),
    sa.Column("trusted", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String(500)),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.CheckConstraint("slow_mode_s >= 0", name="slow_mode_not_negative"),
)

holds = sa.Table(
    "holds",
    metadata,
    sa.Column("job_id", sa.String(24), primary_key=True),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("channel_id", sa.String(24), nullable=False),
    sa.Column("user_id", sa.String(24), nullable=False),
    sa.Column("reasons", json_column(), nullable=False),
    sa.Column("price", sa.Integer, nullable=False),  # of all steps together
    sa.Column("held_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("decided_by", sa.String(24)),
    sa.Column("decided_at", UtcTime),
    sa.Column("reason", sa.String(500)),
    sa.CheckConstraint(
        "state IN ('open', 'approved', 'rejected', 'cancelled', 'expired')", name="state_known"
    ),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_time"),
    sa.Index("ix_holds_guild_id_state_held_at", "guild_id", "state", "held_at"),
    sa.Index("ix_holds_guild_id_user_id", "guild_id", "user_id"),
)

take_copies = sa.Table(
    "take_copies",
    metadata,
    sa.Column("message_id", sa.String(24), primary_key=True),
    sa.Column("channel_id", sa.String(24), nullable=False),
    sa.Column("take_id", sa.String(24), nullable=False, index=True),
    sa.Column("posted_at", UtcTime, nullable=False),
)

purges = sa.Table(
    "purges",
    metadata,
    sa.Column("guild_id", sa.String(24), primary_key=True),
    sa.Column("user_id", sa.String(24), primary_key=True),
    sa.Column("actor_id", sa.String(24), nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
)
