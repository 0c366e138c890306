"""Takes know what they were made from, keep their score, and are found by channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0002"
down_revision = "bot_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty for takes that stand, and the index."""
    op.add_column("takes", sa.Column("morph", sa.JSON))
    op.add_column("takes", sa.Column("score", sa.String(100)))
    op.create_index("ix_takes_channel_id_created_at", "takes", ["channel_id", "created_at"])
