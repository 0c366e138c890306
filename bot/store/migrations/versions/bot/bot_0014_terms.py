"""What a draft says beside its recipe: where it was to be made, and what it cost when it was shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0014"
down_revision = "bot_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those that are being looked at said neither."""
    op.add_column("drafts", sa.Column("terms", sa.JSON()))
