"""What moderators are told and decide: notices, orders that wait, members' standings, copies, purges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0012"
down_revision = "bot_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; nobody has been told or judged yet."""
    _create_notices()
    _create_standings()
    _create_holds()
    op.create_table(
        "take_copies",
        sa.Column("message_id", sa.String(24), nullable=False),
        sa.Column("channel_id", sa.String(24), nullable=False),
        sa.Column("take_id", sa.String(24), nullable=False),
        sa.Column("posted_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_take_copies"),
    )
    op.create_index("ix_take_copies_take_id", "take_copies", ["take_id"])
    op.create_table(
        "purges",
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("actor_id", sa.String(24), nullable=False),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_purges"),
    )


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("due", sa.Double),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("trouble", sa.String(50)),
        sa.Column("channel_id", sa.String(24)),
        sa.Column("message_id", sa.String(24)),
        sa.Column("sent_at", sa.Double),
        sa.Column("outcome", sa.JSON),
        sa.Column("done_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("guild_id", "key", name="uq_notices_guild_id_key"),
    )
    waits = sa.text("due IS NOT NULL")
    op.create_index("ix_notices_due", "notices", ["due"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_notices_guild_id_kind", "notices", ["guild_id", "kind"])


def _create_standings() -> None:
    op.create_table(
        "standings",
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("user_name", sa.String(100), nullable=False),
        sa.Column("blocked", sa.Boolean, nullable=False),
        sa.Column("muted_until", sa.Double),
        sa.Column("slow_mode_s", sa.Integer, nullable=False),
        sa.Column("trusted", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(500)),
        sa.Column("changed_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_standings"),
        sa.CheckConstraint("slow_mode_s >= 0", name="ck_standings_slow_mode_not_negative"),
    )


def _create_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("job_id", sa.String(24), nullable=False),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("channel_id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("price", sa.Integer, nullable=False),
        sa.Column("held_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(24)),
        sa.Column("decided_at", sa.Double),
        sa.Column("reason", sa.String(500)),
        sa.PrimaryKeyConstraint("job_id", name="pk_holds"),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'rejected', 'cancelled', 'expired')", name="ck_holds_state_known"
        ),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="ck_holds_decided_has_time"),
    )
    op.create_index("ix_holds_guild_id_state_held_at", "holds", ["guild_id", "state", "held_at"])
    op.create_index("ix_holds_guild_id_user_id", "holds", ["guild_id", "user_id"])
