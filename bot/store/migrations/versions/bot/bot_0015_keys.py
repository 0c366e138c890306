"""Members and servers may bring keys of hosts, and a job names the one that it is made with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0015"
down_revision = "bot_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has brought any yet."""
    op.create_table(
        "host_keys",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("owner_kind", sa.String(5), nullable=False),
        sa.Column("owner_id", sa.String(24), nullable=False),
        sa.Column("host", sa.String(100), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(16), nullable=False),
        sa.Column("added_by", sa.String(24), nullable=False),
        sa.Column("added_at", sa.Double, nullable=False),
        sa.Column("in_use", sa.Boolean, nullable=False),
        sa.Column("trouble", sa.String(20)),
        sa.PrimaryKeyConstraint("id", name="pk_host_keys"),
        sa.UniqueConstraint("owner_kind", "owner_id", "host", name="uq_host_keys_owner_kind_owner_id_host"),
        sa.CheckConstraint("owner_kind IN ('user', 'guild')", name="ck_host_keys_owner_known"),
    )
    op.add_column("jobs", sa.Column("key_id", sa.String(24)))
