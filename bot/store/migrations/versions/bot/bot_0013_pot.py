"""The ledger knows pots, sponsors and gifts, and of what each entry is; a job says which account paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0013"
down_revision = "bot_0012"
branch_labels = None
depends_on = None

KINDS = "kind IN ('grant', 'expire', 'top_up', 'sponsor', 'gift', 'reserve', 'settle', 'refund')"
OF_JOBS = "kind NOT IN ('reserve', 'settle', 'refund') OR job_id IS NOT NULL"
OLD = ("id", "key", "at", "kind", "job_id", "source", "target", "amount")
# A member who wants to be forgotten goes from entries that stay: names and reasons may go, nothing else, and
# the names of the accounts of gifts, which are no money.
SAME = ("id", "key", "at", "kind", "job_id", "amount", "guild_id", "channel_id", "what")
GUARDS = (
    f"""CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
       WHEN {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in SAME)}
       OR (OLD.kind <> 'gift' AND (NEW.source <> OLD.source OR NEW.target <> OLD.target))
       OR (NEW.user_id IS NOT OLD.user_id AND NEW.user_id IS NOT '0')
       OR (NEW.actor_id IS NOT OLD.actor_id AND NEW.actor_id IS NOT '0')
       OR (NEW.reason IS NOT OLD.reason AND NEW.reason IS NOT NULL)
       BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END""",
    """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
       BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END""",
)


POSTGRES_GUARDS = (
    f"""CREATE FUNCTION ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
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
    """CREATE TRIGGER ledger_stays_whole BEFORE TRUNCATE ON ledger
       FOR EACH STATEMENT EXECUTE FUNCTION only_grows()""",
)


def _new_columns() -> list[sa.Column[str]]:
    return [
        sa.Column("guild_id", sa.String(24)),
        sa.Column("user_id", sa.String(24)),
        sa.Column("channel_id", sa.String(24)),
        sa.Column("what", sa.String(20)),
        sa.Column("actor_id", sa.String(24)),
        sa.Column("reason", sa.String(200)),
    ]


def upgrade() -> None:
    """Every entry stays as it is; what is known of new ones is not known of old ones."""
    if op.get_bind().dialect.name == "postgresql":
        for column in _new_columns():
            op.add_column("ledger", column)
        for name, law in (("ck_ledger_kind_known", KINDS), ("ck_ledger_job_named", OF_JOBS)):
            op.drop_constraint(name, "ledger", type_="check")
            op.create_check_constraint(name, "ledger", law)
        op.execute("DROP TRIGGER ledger_stays ON ledger")
        for statement in POSTGRES_GUARDS:
            op.execute(statement)
    else:
        _build_anew()
    paid = sa.text("amount > 0")
    used = sa.text("kind = 'reserve' AND amount > 0")
    for name, columns, which in (
        ("ix_ledger_source", ["source", "kind", "id", "amount"], paid),
        ("ix_ledger_of_user", ["guild_id", "user_id", "at"], used),
        ("ix_ledger_of_channel", ["guild_id", "channel_id", "at"], used),
    ):
        op.create_index(name, "ledger", columns, sqlite_where=which, postgresql_where=which)
    op.create_index("ix_ledger_target", "ledger", ["target", "kind", "id", "amount"])
    op.create_index("ix_ledger_of_guild", "ledger", ["guild_id", "id"])
    op.add_column("jobs", sa.Column("paid_from", sa.String(120)))


def _build_anew() -> None:
    """SQLite changes no constraint of a table that stands; its triggers go with it and come back."""
    op.drop_index("ix_ledger_job_id", "ledger")
    op.rename_table("ledger", "ledger_before")
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("job_id", sa.String(24)),
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("target", sa.String(120), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        *_new_columns(),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint("key", name="uq_ledger_key"),
        sa.CheckConstraint(KINDS, name="ck_ledger_kind_known"),
        sa.CheckConstraint("amount >= 0", name="ck_ledger_amount_not_negative"),
        sa.CheckConstraint("source <> target", name="ck_ledger_two_accounts"),
        sa.CheckConstraint(OF_JOBS, name="ck_ledger_job_named"),
    )
    names = ", ".join(OLD)
    op.execute(f"INSERT INTO ledger ({names}) SELECT {names} FROM ledger_before ORDER BY id")  # noqa: S608  (our own names)
    op.drop_table("ledger_before")
    op.create_index("ix_ledger_job_id", "ledger", ["job_id"])
    for statement in GUARDS:
        op.execute(statement)
