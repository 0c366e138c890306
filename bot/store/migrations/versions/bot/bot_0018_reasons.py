"""Reasons given before their members could read them are read by nobody; the trail keeps them.

A block from a report held what the reporter wrote for moderators alone.
"""

from __future__ import annotations

from alembic import op

revision = "bot_0018"
down_revision = "bot_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """How members stand remains as it was."""
    op.execute("UPDATE standings SET reason = NULL")
