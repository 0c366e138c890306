"""Jobs and their story, takes, the ledger, and what the instance knows about itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bot_0001"
down_revision = None
branch_labels = ("bot",)
depends_on = None

ENDED = "'cancelled', 'done', 'failed', 'rejected'"
MOVES = """
    'held>queued', 'held>rejected', 'held>cancelled', 'held>failed',
    'queued>submit', 'queued>cancelled', 'queued>failed',
    'submit>queued', 'submit>waiting', 'submit>cancelled', 'submit>failed',
    'waiting>collect', 'waiting>cancelled', 'waiting>failed',
    'collect>deliver', 'collect>cancelled', 'collect>failed',
    'deliver>done', 'deliver>cancelled', 'deliver>failed'
"""
NOTE = "INSERT INTO events (job_id, at, old, new, cause, actor) VALUES"

SQLITE_GUARDS = (
    """CREATE TRIGGER jobs_begin BEFORE INSERT ON jobs WHEN NEW.state NOT IN ('held', 'queued')
       BEGIN SELECT RAISE(ABORT, 'a job begins held or queued'); END""",
    f"""CREATE TRIGGER jobs_ended_stay BEFORE UPDATE ON jobs WHEN OLD.state IN ({ENDED})
       BEGIN SELECT RAISE(ABORT, 'an ended job is never changed'); END""",
    f"""CREATE TRIGGER jobs_moves BEFORE UPDATE OF state ON jobs
       WHEN NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({MOVES})
       BEGIN SELECT RAISE(ABORT, 'no such move'); END""",
    f"""CREATE TRIGGER jobs_note_begin AFTER INSERT ON jobs
       BEGIN {NOTE} (NEW.id, NEW.moved_at, NULL, NEW.state, NEW.cause, NEW.actor); END""",
    f"""CREATE TRIGGER jobs_note_move AFTER UPDATE OF state ON jobs WHEN NEW.state <> OLD.state
       BEGIN {NOTE} (NEW.id, NEW.moved_at, OLD.state, NEW.state, NEW.cause, NEW.actor); END""",
    """CREATE TRIGGER events_stay BEFORE UPDATE ON events
       BEGIN SELECT RAISE(ABORT, 'what happened stays'); END""",
    """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
       BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END""",
    """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
       BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END""",
)

POSTGRES_GUARDS = (
    f"""CREATE FUNCTION jobs_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.state NOT IN ('held', 'queued') THEN RAISE 'a job begins held or queued'
                USING ERRCODE = 'check_violation'; END IF;
        ELSIF OLD.state IN ({ENDED}) THEN RAISE 'an ended job is never changed'
            USING ERRCODE = 'check_violation';
        ELSIF NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN ({MOVES}) THEN
            RAISE 'no such move' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW; END $$""",
    "CREATE TRIGGER jobs_guard BEFORE INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION jobs_guard()",
    f"""CREATE FUNCTION jobs_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'INSERT' THEN
            {NOTE} (NEW.id, NEW.moved_at, NULL, NEW.state, NEW.cause, NEW.actor);
        ELSIF NEW.state <> OLD.state THEN
            {NOTE} (NEW.id, NEW.moved_at, OLD.state, NEW.state, NEW.cause, NEW.actor);
        END IF;
        RETURN NULL; END $$""",
    "CREATE TRIGGER jobs_note AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION jobs_note()",
    """CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE '% only grows', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$""",
    "CREATE TRIGGER events_stay BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION only_grows()",
    """CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE ON ledger
       FOR EACH ROW EXECUTE FUNCTION only_grows()""",
)


def upgrade() -> None:
    """Create the tables and the triggers that guard them."""
    _create_jobs()
    _create_events()
    _create_takes()
    _create_ledger()
    op.create_table(
        "meta",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRES_GUARDS if postgres else SQLITE_GUARDS:
        op.execute(statement)


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("host", sa.String(100), nullable=False),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("channel_id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("price", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.Column("moved_at", sa.Double, nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("actor", sa.String(24), nullable=False),
        sa.Column("due", sa.Double),
        sa.Column("lease_until", sa.Double),
        sa.Column("owner", sa.String(24)),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("nudges", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("trouble", sa.String(50)),
        sa.Column("deadline_at", sa.Double),
        sa.Column("poll_at", sa.Double),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("intents", sa.Integer, nullable=False),
        sa.Column("intent_at", sa.Double),
        sa.Column("empty_reads", sa.Integer, nullable=False),
        sa.Column("empty_read_at", sa.Double),
        sa.Column("prediction_id", sa.String(200)),
        sa.Column("prediction", sa.JSON),
        sa.Column("progress", sa.Double),
        sa.Column("interaction_token", sa.Text),
        sa.Column("message_id", sa.String(24)),
        sa.Column("message_at", sa.Double),
        sa.Column("take_id", sa.String(24)),
        sa.Column("cancel_requested_by", sa.String(24)),
        sa.Column("ending", sa.String(50)),
        sa.Column("ending_facts", sa.JSON),
        sa.Column("ending_state", sa.String(10)),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("reference", name="uq_jobs_reference"),
        sa.UniqueConstraint("host", "prediction_id", name="uq_jobs_host_prediction_id"),
        sa.CheckConstraint(
            "state IN ('held', 'queued', 'submit', 'waiting', 'collect', 'deliver', 'done', 'failed', "
            "'cancelled', 'rejected')",
            name="ck_jobs_state_known",
        ),
        sa.CheckConstraint("price >= 0", name="ck_jobs_price_not_negative"),
        sa.CheckConstraint("(lease_until IS NULL) = (owner IS NULL)", name="ck_jobs_lease_has_owner"),
        sa.CheckConstraint(
            f"state NOT IN ({ENDED}) OR (due IS NULL AND owner IS NULL)", name="ck_jobs_ended_is_over"
        ),
        sa.CheckConstraint(
            "state NOT IN ('failed', 'cancelled', 'rejected') OR ending IS NOT NULL", name="ck_jobs_end_told"
        ),
        sa.CheckConstraint(
            "state <> 'done' OR (take_id IS NOT NULL AND message_id IS NOT NULL)", name="ck_jobs_done_stands"
        ),
        sa.CheckConstraint(
            "prediction_id IS NULL OR intent_at IS NOT NULL", name="ck_jobs_intent_came_first"
        ),
    )
    due = sa.text("due IS NOT NULL")
    op.create_index("ix_jobs_due", "jobs", ["due"], sqlite_where=due, postgresql_where=due)
    op.create_index("ix_jobs_state_user_id", "jobs", ["state", "user_id"])
    op.create_index("ix_jobs_channel_id_created_at", "jobs", ["channel_id", "created_at"])


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("job_id", sa.String(24), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("old", sa.String(10)),
        sa.Column("new", sa.String(10), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("actor", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_events_job_id", ondelete="CASCADE"),
    )
    op.create_index("ix_events_job_id", "events", ["job_id"])


def _create_takes() -> None:
    op.create_table(
        "takes",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("job_id", sa.String(24), nullable=False),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("channel_id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("user_name", sa.String(100), nullable=False),
        sa.Column("riff", sa.JSON, nullable=False),
        sa.Column("host", sa.String(100), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("duration_s", sa.Double, nullable=False),
        sa.Column("bpm", sa.Double),
        sa.Column("key", sa.String(30)),
        sa.Column("lufs", sa.Double, nullable=False),
        sa.Column("true_peak_db", sa.Double, nullable=False),
        sa.Column("audio", sa.String(100), nullable=False),
        sa.Column("upload", sa.String(100), nullable=False),
        sa.Column("picture", sa.String(100), nullable=False),
        sa.Column("parent_take_id", sa.String(24)),
        sa.Column("message_id", sa.String(24)),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_takes"),
        sa.UniqueConstraint("job_id", name="uq_takes_job_id"),
    )


def _create_ledger() -> None:
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
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint("key", name="uq_ledger_key"),
        sa.CheckConstraint("kind IN ('grant', 'reserve', 'settle', 'refund')", name="ck_ledger_kind_known"),
        sa.CheckConstraint("amount >= 0", name="ck_ledger_amount_not_negative"),
        sa.CheckConstraint("source <> target", name="ck_ledger_two_accounts"),
        sa.CheckConstraint("kind = 'grant' OR job_id IS NOT NULL", name="ck_ledger_job_named"),
    )
    op.create_index("ix_ledger_job_id", "ledger", ["job_id"])
