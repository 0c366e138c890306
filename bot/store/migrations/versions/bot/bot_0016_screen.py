"""Servers have words and patterns that orders are looked at for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0016"
down_revision = "bot_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No server has any rules yet."""
    op.create_table(
        "screen_rules",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("spares_age_restricted", sa.Boolean, nullable=False),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("added_by", sa.String(24), nullable=False),
        sa.Column("added_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_screen_rules"),
        sa.UniqueConstraint("guild_id", "kind", "text", name="uq_screen_rules_guild_id_kind_text"),
        sa.CheckConstraint("kind IN ('word', 'pattern', 'allow')", name="ck_screen_rules_kind_known"),
        sa.CheckConstraint("action IN ('refuse', 'hold')", name="ck_screen_rules_action_known"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "screen_versions",
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_screen_versions"),
    )
