"""Drafts: what a member sees before it is ordered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0009"
down_revision = "bot_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was shown anything before."""
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("recipe", sa.JSON, nullable=False),
        sa.Column("parent_take_id", sa.String(24)),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_created_at", "drafts", ["created_at"])
