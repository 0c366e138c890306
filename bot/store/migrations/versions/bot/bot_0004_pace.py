"""Who was called when, at which host: the line keeps each host's pace by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0004"
down_revision = "bot_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index over the paid calls alone."""
    called = sa.text("intent_at IS NOT NULL")
    op.create_index(
        "ix_jobs_host_intent_at",
        "jobs",
        ["host", "intent_at"],
        sqlite_where=called,
        postgresql_where=called,
    )
