"""The trail of every server: who decided what, when and why. It only grows."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.tables import metadata

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("actor_id", sa.String(24), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(120)),
    sa.Column("channel_id", sa.String(24)),
    sa.Column("reason", sa.String(500)),
    sa.Column("before", json_column()),
    sa.Column("after", json_column()),
    sa.Index("ix_audit_log_guild_id_id", "guild_id", "id"),
    sa.Index("ix_audit_log_guild_id_action_id", "guild_id", "action", "id"),
    sa.Index("ix_audit_log_guild_id_actor_id_id", "guild_id", "actor_id", "id"),
    sa.Index("ix_audit_log_guild_id_subject_id", "guild_id", "subject", "id"),
)
