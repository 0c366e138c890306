"""Takes remember their voice message, so that it goes when they go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0007"
down_revision = "bot_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those that stand have none."""
    op.add_column("takes", sa.Column("voice_message_id", sa.String(24)))
