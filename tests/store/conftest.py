"""Databases for the tests of the store."""

from tests.store.databases import (
    database,
    database_url,
    new_postgres_url,
    postgres_url,
    sqlite_database,
    sqlite_template,
    sqlite_url,
)

__all__ = [
    "database",
    "database_url",
    "new_postgres_url",
    "postgres_url",
    "sqlite_database",
    "sqlite_template",
    "sqlite_url",
]
