"""What the instance knows about itself: its secret, the hash of its commands, and the like."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import metadata

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String(100), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
