"""Messages for the moderators' channel of each server: written with what they tell of, posted later, once."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.tables import metadata

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),  # the nonce of its message, too
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("key", sa.String(100), nullable=False),  # what makes it happen once
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("facts", json_column(), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("changes", sa.Integer, nullable=False),  # counts what a message that is being sent lacks
    sa.Column("due", UtcTime),  # when it has to be posted or edited; null: it stands as it should
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("trouble", sa.String(50)),
    sa.Column("channel_id", sa.String(24)),
    sa.Column("message_id", sa.String(24)),
    sa.Column("sent_at", UtcTime),
    sa.Column("outcome", json_column()),
    sa.Column("done_at", UtcTime),
    sa.UniqueConstraint("guild_id", "key"),
    sa.Index(
        "ix_notices_due",
        "due",
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    ),
    sa.Index("ix_notices_guild_id_kind", "guild_id", "kind"),
)
