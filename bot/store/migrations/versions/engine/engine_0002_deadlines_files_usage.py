"""Deadlines of predictions, uploaded files, and how much each token has used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "engine_0002"
down_revision = "engine_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column, a status and two tables."""
    with op.batch_alter_table("predictions") as batch:
        batch.add_column(sa.Column("deadline", sa.Double))
        batch.drop_constraint(op.f("ck_predictions_ck_predictions_status_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_predictions_status_known"),
            "status IN ('starting', 'processing', 'succeeded', 'failed', 'canceled', 'aborted')",
        )
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("md5", sa.String(32), nullable=False),
        sa.Column("metadata", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_owner_created_at", "uploads", ["owner", "created_at"])
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])
    op.create_table(
        "usage",
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("render_s", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_usage"),
    )
