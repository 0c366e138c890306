"""``python -m bot db check``: whether jobs, money, takes and files agree, and mending them."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from bot.errors import ExitCode
from bot.jobs.audit.records import Finding
from bot.jobs.clock import SystemClock
from bot.jobs.mending import look, look_twice, mend
from bot.providers.hosts import configured
from bot.settings import Settings
from bot.store.db import open_database
from bot.store.places import blobs_of
from bot.store.schema import require_current
from bot.ui.words import say


async def run_db(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """Look, tell, and mend where that is asked for.

    Raises:
        StartupError: ``data_in_use`` when a running bot owns the SQLite file that is to be mended; the
            database cannot be read, or is of another version.
    """
    await asyncio.to_thread(require_current, settings.database, "bot")
    hosts = await _hosts(settings)
    blobs = blobs_of(settings.riffcord_data, settings.blobs_url)
    clock = SystemClock()
    async with open_database(settings.database, own=arguments.repair) as database:
        alone = arguments.repair and not database.is_postgres
        found = await (look if alone else look_twice)(database, blobs, hosts=hosts, clock=clock)
        if not arguments.repair:
            return _tell(found)
        mended, _ = await mend(found, database, blobs, clock=clock)
        for each in mended:
            sys.stdout.write(say("cli.check.mended", finding=_line(each)) + "\n")
        return _tell(await look(database, blobs, hosts=hosts, clock=clock), mended=len(mended))


async def _hosts(settings: Settings) -> frozenset[str]:
    """The names of all that are set up; the built-in engine is, wherever it runs."""
    whole = settings.model_copy(
        update={"engine_url": settings.engine_url or "http://127.0.0.1", "default_host": "engine"}
    )
    hosts = configured(whole)
    for host in hosts.values():
        await host.close()
    return frozenset(hosts)


def _line(finding: Finding) -> str:
    return say(f"check.{finding.kind}", **finding.facts)


def _tell(found: Sequence[Finding], *, mended: int = 0) -> ExitCode:
    for each in found:
        sys.stdout.write(_line(each) + "\n")
    if not found:
        sys.stdout.write(say("cli.check.all_mended" if mended else "cli.check.clean") + "\n")
        return ExitCode.OK
    mendable = sum(each.mend is not None for each in found)
    told = [say("cli.check.left.one" if len(found) == 1 else "cli.check.left", count=len(found))]
    if mendable:
        told.append(say("cli.check.repair", count=mendable))
    if mendable < len(found):
        told.append(say("cli.check.by_hand", count=len(found) - mendable))
    sys.stdout.write(" ".join(told) + "\n")
    return ExitCode.DAMAGED
