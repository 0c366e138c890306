"""A take may have a cover that was made for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0010"
down_revision = "bot_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None has one yet."""
    op.add_column("takes", sa.Column("cover", sa.String(100)))
