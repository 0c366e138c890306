"""A database of before the trail: what the log of settings held stands in it, and it goes on growing."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import DBAPIError

from bot.jobs.clock import SystemClock
from bot.library.choices import Choices
from bot.store.db import open_database
from bot.store.migrate import alembic_config, upgrade
from bot.store.tables.audit_log import audit_log

LINES = (
    (3, "11", "7", "video", "false", "true"),
    (5, None, "8", "language", "null", '"de"'),
)


def _before(url: str) -> None:
    command.upgrade(alembic_config(url), "bot_0010")
    engine = sa.create_engine(url.replace("+aiosqlite", ""))
    insert = sa.text(
        "INSERT INTO settings_log (id, at, guild_id, channel_id, actor_id, name, before, after) "
        "VALUES (:id, 1767225600.5, '1', :channel, :actor, :name, :before, :after)"
    )
    with engine.begin() as connection:
        for number, channel, actor, name, before, after in LINES:
            values = {"id": number, "channel": channel, "actor": actor, "name": name}
            connection.execute(insert, {**values, "before": before, "after": after})
    engine.dispose()


async def test_lines_are_carried_over(new_url: str) -> None:
    """In their order with all they told; new ones follow; nobody can rewrite it; the old table is gone."""
    await asyncio.to_thread(_before, new_url)
    await asyncio.to_thread(upgrade, new_url, "bot")
    async with open_database(new_url) as opened:
        choices = Choices(opened, SystemClock())
        await choices.set_for_guild("1", "format", "ogg", actor_id="9")
        log = await choices.log_of("1")
        told = [(each.actor_id, each.subject, each.channel_id, each.before, each.after) for each in log]
        assert told == [
            ("9", "format", None, "mp3", "ogg"),
            ("8", "language", None, None, "de"),
            ("7", "video", "11", False, True),
        ]
        assert {each.action for each in log} == {"set"}
        assert log[1].at.timestamp() == 1767225600.5
        async with opened.connect() as connection:
            tables = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        assert "settings_log" not in tables
        for statement in (sa.update(audit_log).values(actor_id="0"), sa.delete(audit_log)):
            with pytest.raises(DBAPIError, match="only grows"):
                async with opened.begin() as connection:
                    await connection.execute(statement)
