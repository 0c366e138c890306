"""``python -m bot audit export``: a server's trail as a file, beside a running bot as well."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from bot.cli.outs import of_suffix
from bot.errors import ExitCode, InvalidOption
from bot.moderation.deeds import Sought
from bot.moderation.trail import Trail
from bot.moderation.trail_files import as_csv, as_json
from bot.settings import Settings
from bot.store.audit_log import guilds_noted
from bot.store.db import Database, open_database
from bot.store.schema import require_current
from bot.ui.words import say


async def run_audit(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """Write what fits to a file, or to standard output.

    Raises:
        InvalidOption: Something typed cannot be had.
        StartupError: The database cannot be read, or is of another version.
    """
    suffix = ".csv" if arguments.csv else ".json"
    out = of_suffix("out", arguments.out, suffix)
    since = _since(arguments.since)
    await asyncio.to_thread(require_current, settings.database, "bot")
    async with open_database(settings.database, own=False) as database:
        if arguments.guild is None:
            raise InvalidOption("guild", "which_guild", choices=", ".join(await _guilds(database)) or "–")
        sought = Sought(guild_id=arguments.guild, actor_id=arguments.by, action=arguments.kind, since=since)
        found = await Trail(database).everything(sought, None)
    content = await asyncio.to_thread(as_csv if arguments.csv else as_json, found)
    if out is None:
        sys.stdout.write(content.decode())
    else:
        await asyncio.to_thread(out.write_bytes, content)
    if not found:
        sys.stderr.write(say("cli.audit.none") + "\n")
    return ExitCode.OK


async def _guilds(database: Database) -> list[str]:
    async with database.connect() as connection:
        return await guilds_noted(connection)


def _since(typed: str | None) -> datetime | None:
    if typed is None:
        return None
    try:
        told = datetime.fromisoformat(typed)
    except ValueError:
        raise InvalidOption("since", "not_a_date") from None
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)
