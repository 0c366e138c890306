"""Keys of hosts that members and servers brought, sealed (``bot.keys.vault``): one an owner and host."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.columns import UtcTime
from bot.store.tables import metadata

host_keys = sa.Table(
    "host_keys",
    metadata,
    sa.Column("id", sa.String(24), primary_key=True),  # jobs.key_id, also after the key is gone
    sa.Column("owner_kind", sa.String(5), nullable=False),
    sa.Column("owner_id", sa.String(24), nullable=False),
    sa.Column("host", sa.String(100), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.String(16), nullable=False),
    sa.Column("added_by", sa.String(24), nullable=False),
    sa.Column("added_at", UtcTime, nullable=False),
    sa.Column("in_use", sa.Boolean, nullable=False),
    sa.Column("trouble", sa.String(20)),  # why the host refused it last, once its owner was told
    sa.CheckConstraint("owner_kind IN ('user', 'guild')", name="owner_known"),
    sa.UniqueConstraint("owner_kind", "owner_id", "host"),
)
