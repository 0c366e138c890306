"""A row is a job. ``state`` says where it stands, ``due`` when it next needs attention, and a short lease
says who is at it right now; a waiting job has no owner, so nobody's death can hurt it.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.jobs.states import ENDED, State
from bot.store.columns import UtcTime, json_column
from bot.store.tables import metadata

_STATES = ", ".join(f"'{state.value}'" for state in State)
_ENDED = ", ".join(sorted(f"'{state.value}'" for state in ENDED))

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("host", sa.String(100), nullable=False),
    sa.Column("guild_id", sa.String(24), nullable=False),
    sa.Column("channel_id", sa.String(24), nullable=False),
    sa.Column("user_id", sa.String(24), nullable=False),
    sa.Column("parent_job_id", sa.String(24), index=True),  # the journey that this is a step of
    sa.Column("step", sa.Integer),
    sa.Column("key_id", sa.String(24)),  # of host_keys: with whose key its host is asked; null is ours
    sa.Column("priority", sa.Integer, nullable=False),  # smaller goes first
    sa.Column("request", json_column(), nullable=False),  # the Order
    sa.Column("price", sa.Integer, nullable=False),
    sa.Column("paid_from", sa.String(120)),  # account; null in jobs of before: the server's pot
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.Column("moved_at", UtcTime, nullable=False),
    sa.Column("cause", sa.String(200), nullable=False),  # of the last move; the trigger copies both
    sa.Column("actor", sa.String(24), nullable=False),
    # the machine's
    sa.Column("due", UtcTime),
    sa.Column("lease_until", UtcTime),
    sa.Column("owner", sa.String(24)),
    sa.Column(
        "fence", sa.Integer, nullable=False, default=0
    ),  # counts claims: a late writer holds an old one
    sa.Column(
        "nudges", sa.Integer, nullable=False, default=0
    ),  # counts news that a running step has not seen
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("trouble", sa.String(50)),
    sa.Column("deadline_at", UtcTime),
    sa.Column("poll_at", UtcTime),
    # the paid call
    sa.Column("reference", sa.String(100), nullable=False),
    sa.Column("intents", sa.Integer, nullable=False, default=0),
    sa.Column("intent_at", UtcTime),
    sa.Column("empty_reads", sa.Integer, nullable=False, default=0),
    sa.Column("empty_read_at", UtcTime),
    sa.Column("run_id", sa.String(200)),
    sa.Column("run", json_column()),
    sa.Column("progress", sa.Double),
    # the card and what becomes of it
    sa.Column("interaction_token", sa.Text),
    sa.Column("message_id", sa.String(24)),
    sa.Column("message_at", UtcTime),
    sa.Column("take_id", sa.String(24)),
    sa.Column("cancel_requested_by", sa.String(24)),
    sa.Column("ending", sa.String(50)),
    sa.Column("ending_facts", json_column()),
    sa.Column("ending_state", sa.String(10)),
    sa.CheckConstraint(f"state IN ({_STATES})", name="state_known"),
    sa.CheckConstraint("price >= 0", name="price_not_negative"),
    sa.CheckConstraint("(lease_until IS NULL) = (owner IS NULL)", name="lease_has_owner"),
    sa.CheckConstraint(f"state NOT IN ({_ENDED}) OR (due IS NULL AND owner IS NULL)", name="ended_is_over"),
    sa.CheckConstraint(
        "state NOT IN ('failed', 'cancelled', 'rejected') OR ending IS NOT NULL", name="end_told"
    ),
    sa.CheckConstraint(
        "state <> 'done' OR (take_id IS NOT NULL AND message_id IS NOT NULL)", name="done_stands"
    ),
    sa.CheckConstraint("run_id IS NULL OR intent_at IS NOT NULL", name="intent_came_first"),
    sa.UniqueConstraint("reference"),
    sa.UniqueConstraint("host", "run_id", name="uq_jobs_host_prediction_id"),  # the column's first name
    sa.Index(
        "ix_jobs_due",
        "due",
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    ),
    sa.Index(
        "ix_jobs_host_intent_at",
        "host",
        "intent_at",
        sqlite_where=sa.text("intent_at IS NOT NULL"),
        postgresql_where=sa.text("intent_at IS NOT NULL"),
    ),
    sa.Index("ix_jobs_state_user_id", "state", "user_id"),
    sa.Index("ix_jobs_channel_id_created_at", "channel_id", "created_at"),
)
