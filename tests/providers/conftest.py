"""Databases for tests that run whole jobs against a host."""

from tests.store.databases import sqlite_template, sqlite_url

__all__ = ["sqlite_template", "sqlite_url"]
