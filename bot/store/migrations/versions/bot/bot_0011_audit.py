"""One trail of all that is decided in a server, in place of the log of its settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0011"
down_revision = "bot_0010"
branch_labels = None
depends_on = None

SQLITE_GUARDS = (
    """CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
       BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END""",
    """CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
       BEGIN SELECT RAISE(ABORT, 'the trail only grows'); END""",
)
POSTGRES_GUARDS = (
    """CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE ON audit_log
       FOR EACH ROW EXECUTE FUNCTION only_grows()""",
    """CREATE TRIGGER audit_log_stays_whole BEFORE TRUNCATE ON audit_log
       FOR EACH STATEMENT EXECUTE FUNCTION only_grows()""",
)
CARRY = """INSERT INTO audit_log (id, at, guild_id, channel_id, actor_id, action, subject, before, after)
           SELECT id, at, guild_id, channel_id, actor_id, 'set', name, before, after
           FROM settings_log ORDER BY id"""
GO_ON = """SELECT setval(pg_get_serial_sequence('audit_log', 'id'), max(id)) FROM audit_log
           HAVING max(id) IS NOT NULL"""


def upgrade() -> None:
    """Carry every line over, then let go of the old table and with it of its guards."""
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("actor_id", sa.String(24), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(120)),
        sa.Column("channel_id", sa.String(24)),
        sa.Column("reason", sa.String(500)),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.execute(CARRY)
    for columns in (["id"], ["action", "id"], ["actor_id", "id"], ["subject", "id"]):
        names = ["guild_id", *columns]
        op.create_index(f"ix_audit_log_{'_'.join(names)}", "audit_log", names)
    op.drop_table("settings_log")
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(GO_ON)
    for statement in POSTGRES_GUARDS if postgres else SQLITE_GUARDS:
        op.execute(statement)
