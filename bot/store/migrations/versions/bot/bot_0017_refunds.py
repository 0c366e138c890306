"""A refund knows the reserve that it gives back, so that pots and shares are added up from indexes alone.

The guards of what only grows are put up again: those of the ledger know the new columns, stories can no
longer be deleted without their jobs, and on PostgreSQL none of these tables can be emptied, whichever
earlier version of their migrations made them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0017"
down_revision = "bot_0016"
branch_labels = None
depends_on = None

SAME = (
    *("id", "key", "at", "kind", "job_id", "amount", "guild_id", "channel_id", "what"),
    *("ordered_id", "ordered_at"),
)
DOWN = {
    "sqlite": "DROP TRIGGER IF EXISTS ledger_no_update",
    "postgresql": "DROP TRIGGER IF EXISTS ledger_stays ON ledger",
}
"""Early versions of ``bot_0013`` made guards that let nothing be filled in, and no name go."""
SQLITE_GUARDS = (
    f"""CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
       WHEN {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in SAME)}
       OR (OLD.kind <> 'gift' AND (NEW.source <> OLD.source OR NEW.target <> OLD.target))
       OR (NEW.user_id IS NOT OLD.user_id AND NEW.user_id IS NOT '0')
       OR (NEW.actor_id IS NOT OLD.actor_id AND NEW.actor_id IS NOT '0')
       OR (NEW.reason IS NOT OLD.reason AND NEW.reason IS NOT NULL)
       BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END""",
    """CREATE TRIGGER events_no_delete BEFORE DELETE ON events
       WHEN EXISTS (SELECT 1 FROM jobs WHERE id = OLD.job_id)
       BEGIN SELECT RAISE(ABORT, 'what happened stays'); END""",
)
POSTGRES_GUARDS = (
    f"""CREATE OR REPLACE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'DELETE' OR {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in SAME)}
            OR (OLD.kind <> 'gift' AND (NEW.source <> OLD.source OR NEW.target <> OLD.target))
            OR (NEW.user_id IS DISTINCT FROM OLD.user_id AND NEW.user_id IS DISTINCT FROM '0')
            OR (NEW.actor_id IS DISTINCT FROM OLD.actor_id AND NEW.actor_id IS DISTINCT FROM '0')
            OR (NEW.reason IS DISTINCT FROM OLD.reason AND NEW.reason IS NOT NULL) THEN
            RAISE 'the ledger only grows' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    """CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE ON ledger
       FOR EACH ROW EXECUTE FUNCTION ledger_guard()""",
    """CREATE FUNCTION events_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM jobs WHERE id = OLD.job_id) THEN
            RAISE 'what happened stays' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD; END $$""",
    """CREATE TRIGGER events_no_delete BEFORE DELETE ON events
       FOR EACH ROW EXECUTE FUNCTION events_guard()""",
    *(
        statement
        for table in ("ledger", "audit_log", "events")
        for statement in (
            f"DROP TRIGGER IF EXISTS {table}_stays_whole ON {table}",
            f"""CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION only_grows()""",
        )
    ),
)
FILL = """
UPDATE ledger SET
    ordered_id = (SELECT r.id FROM ledger AS r WHERE r.key = 'reserve:' || ledger.job_id),
    ordered_at = (SELECT r.at FROM ledger AS r WHERE r.key = 'reserve:' || ledger.job_id)
WHERE kind = 'refund'
"""
CAME_BACK = sa.text("kind = 'refund' AND amount > 0")
USED = sa.text("kind = 'reserve' AND amount > 0")
BACK = ("target", "what", "amount")


def upgrade() -> None:
    """Every entry stays as it was; refunds learn what they give back."""
    op.add_column("ledger", sa.Column("ordered_id", sa.Integer))
    op.add_column("ledger", sa.Column("ordered_at", sa.Double))
    dialect = op.get_bind().dialect.name
    op.execute(DOWN[dialect])
    op.execute(FILL)
    for name in ("ix_ledger_of_user", "ix_ledger_of_channel"):
        op.drop_index(name, "ledger")
    for name, columns, which in (
        ("ix_ledger_of_user", ["guild_id", "user_id", "kind", "at", "source", "what", "amount"], USED),
        ("ix_ledger_of_channel", ["guild_id", "channel_id", "kind", "at", "source", "amount"], USED),
        ("ix_ledger_came_back", ["target", "kind", "ordered_id", "amount"], CAME_BACK),
        ("ix_ledger_back_to_user", ["guild_id", "user_id", "kind", "ordered_at", *BACK], CAME_BACK),
        ("ix_ledger_back_in_channel", ["guild_id", "channel_id", "kind", "ordered_at", *BACK], CAME_BACK),
    ):
        op.create_index(name, "ledger", columns, sqlite_where=which, postgresql_where=which)
    for statement in POSTGRES_GUARDS if dialect == "postgresql" else SQLITE_GUARDS:
        op.execute(statement)
