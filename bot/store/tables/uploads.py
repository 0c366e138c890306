"""Files that callers of the engine server brought, until they expire. Their bytes lie in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store.columns import UtcTime, json_column
from bot.store.db import Database
from bot.store.tables import metadata

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("md5", sa.String(32), nullable=False),
    sa.Column("metadata", json_column(), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Index("ix_uploads_owner_created_at", "owner", "created_at"),
    sa.Index("ix_uploads_expires_at", "expires_at"),
)
_COLUMNS = tuple(column.name for column in uploads.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRow:
    """One file. Times are aware UTC, checksums hexadecimal."""

    id: str
    owner: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str
    md5: str
    metadata: dict[str, Any]
    created_at: datetime
    expires_at: datetime


class UploadRows:
    """Every statement on the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, row: UploadRow) -> None:
        """Keep a new file's row."""
        async with self._database.begin() as connection:
            await connection.execute(sa.insert(uploads), {name: getattr(row, name) for name in _COLUMNS})

    async def get(self, upload_id: str, now: datetime) -> UploadRow | None:
        """The row, or None where there is none or it has expired."""
        found = await self._select(uploads.c.id == upload_id, uploads.c.expires_at > now)
        return found[0] if found else None

    async def of(self, owner: str, now: datetime, *, limit: int, offset: int = 0) -> list[UploadRow]:
        """An owner's files that have not expired, newest first."""
        wanted = (uploads.c.owner == owner, uploads.c.expires_at > now)
        return await self._select(*wanted, limit=limit, offset=offset)

    async def size_bytes(self, owner: str) -> int:
        """How much an owner's files take in all."""
        statement = sa.select(sa.func.coalesce(sa.func.sum(uploads.c.size_bytes), 0)).where(
            uploads.c.owner == owner
        )
        async with self._database.connect() as connection:
            return int(await connection.scalar(statement) or 0)

    async def remove(self, upload_id: str) -> None:
        """Forget a file."""
        async with self._database.begin() as connection:
            await connection.execute(sa.delete(uploads).where(uploads.c.id == upload_id))

    async def expire(self, now: datetime) -> list[str]:
        """Forget what has expired; the ids."""
        expired = uploads.c.expires_at <= now
        async with self._database.begin() as connection:
            ids = list(await connection.scalars(sa.select(uploads.c.id).where(expired)))
            if ids:
                await connection.execute(sa.delete(uploads).where(expired))
        return ids

    async def ids(self) -> set[str]:
        """Every file that is still spoken for."""
        async with self._database.connect() as connection:
            return set(await connection.scalars(sa.select(uploads.c.id)))

    async def _select(
        self, *wanted: sa.ColumnElement[bool], limit: int = 1, offset: int = 0
    ) -> list[UploadRow]:
        order = (uploads.c.created_at.desc(), uploads.c.id.desc())
        statement = sa.select(uploads).where(*wanted).order_by(*order).limit(limit).offset(offset)
        async with self._database.connect() as connection:
            found = (await connection.execute(statement)).mappings().all()
        return [UploadRow(**{str(name): value for name, value in row.items()}) for row in found]
