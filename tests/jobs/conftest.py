"""Databases for the tests of the jobs room."""

from tests.store.databases import database as database
from tests.store.databases import database_url as database_url
from tests.store.databases import postgres_server as postgres_server
from tests.store.databases import postgres_url as postgres_url
from tests.store.databases import sqlite_database as sqlite_database
from tests.store.databases import sqlite_template as sqlite_template
from tests.store.databases import sqlite_url as sqlite_url
