"""``python -m bot ledger``: whether the books are exact, and all of them as a table; beside a bot, too."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from bot.cli.outs import of_suffix
from bot.errors import ExitCode
from bot.jobs.audit.books import of_books
from bot.money.ledger import balances
from bot.settings import Settings
from bot.sheets import guarded
from bot.store.audit import read_snapshot
from bot.store.db import Database, open_database
from bot.store.money_lines import every_row
from bot.store.schema import require_current
from bot.ui.words import say

COLUMNS: Final = (
    *("id", "at", "key", "kind", "amount", "source", "target", "job_id"),
    *("guild_id", "user_id", "channel_id", "what", "actor_id", "reason"),
)


async def run_ledger(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """Verify, or write a table.

    Raises:
        InvalidOption: The file cannot be written.
        StartupError: The database cannot be read, or is of another version.
    """
    out = of_suffix("out", arguments.out, ".csv") if arguments.action == "export" else None
    await asyncio.to_thread(require_current, settings.database, "bot")
    async with open_database(settings.database, own=False) as database:
        if arguments.action == "verify":
            return await _verify(database)
        await _export(database, arguments.guild, out)
    return ExitCode.OK


async def _verify(database: Database) -> ExitCode:
    """Each server's pot by its entries, and everything that is wrong with them."""
    snapshot = await read_snapshot(database)
    faults = await asyncio.to_thread(lambda: list(of_books(snapshot)))
    held = balances(snapshot.transfers)
    for account in sorted(held):
        if account.startswith("pot:"):
            told = say("cli.ledger.pot", guild=account.removeprefix("pot:"), held=held[account])
            sys.stdout.write(told + "\n")
    for fault in faults:
        sys.stdout.write(say(f"check.{fault.kind}", **fault.facts) + "\n")
    key = "cli.ledger.wrong" if faults else "cli.ledger.exact"
    entries, total = len(snapshot.transfers), sum(held.values())
    sys.stdout.write(say(key, entries=entries, sum=total, count=len(faults)) + "\n")
    return ExitCode.DAMAGED if faults else ExitCode.OK


async def _export(database: Database, guild_id: str | None, out: Path | None) -> None:
    """Portion after portion, so that a large ledger needs no more memory than a small one."""
    file = sys.stdout if out is None else await asyncio.to_thread(_opened, out)
    try:
        _write(file, [COLUMNS])
        async with database.connect() as connection, aclosing(every_row(connection)) as portions:
            async for rows in portions:
                wanted = [_cells(row) for row in rows if guild_id in (None, row["guild_id"])]
                await asyncio.to_thread(_write, file, wanted)
    finally:
        if file is not sys.stdout:
            file.close()


def _opened(out: Path) -> IO[str]:
    return out.open("w", encoding="utf-8", newline="")


def _write(file: IO[str], rows: Iterable[Iterable[str]]) -> None:
    csv.writer(file, lineterminator="\n").writerows(rows)


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [_cell(row[name]) for name in COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return guarded(value.isoformat() if isinstance(value, datetime) else str(value))
