"""The story of each job: a trigger adds a line at every move, so none can be forgotten."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime
from bot.store.tables import metadata

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("job_id", sa.String(24), sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("old", sa.String(10)),
    sa.Column("new", sa.String(10), nullable=False),
    sa.Column("cause", sa.String(200), nullable=False),
    sa.Column("actor", sa.String(24), nullable=False),
    sa.Index("ix_events_job_id", "job_id"),
)
