"""Members who asked for all that is kept of them to be deleted, until nothing is left."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime
from bot.store.tables import metadata

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("user_id", sa.String(24), primary_key=True),
    sa.Column("asked_at", UtcTime, nullable=False),
)
