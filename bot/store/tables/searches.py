"""What somebody looked for in the library, for as long as they turn its pages."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.tables import metadata

searches = sa.Table(
    "searches",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("user_id", sa.String(24), nullable=False),
    sa.Column("asked", json_column(), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("ix_searches_at", "at"),
)
