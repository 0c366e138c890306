"""A job with two takes: which of them stay. Takes that are sung have their words in a file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0008"
down_revision = "bot_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What stands is alone, so nobody had to decide, and nobody sings."""
    op.add_column("takes", sa.Column("lyrics", sa.String(100)))
    op.add_column("takes", sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.false()))
