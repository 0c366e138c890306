"""Looking for what is wrong with database and files, and mending what can be mended safely."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from bot.jobs.audit import findings
from bot.jobs.audit.records import Finding
from bot.jobs.clock import Clock
from bot.jobs.ports import Blobs
from bot.store.audit import read_snapshot, wake_job
from bot.store.db import Database
from bot.store.ledger import write_transfers

LOOK_AGAIN_S = 2.0
"""Longer than a step takes from its file to its row."""


async def look(database: Database, blobs: Blobs, *, hosts: Collection[str], clock: Clock) -> list[Finding]:
    """What is wrong now. While others work there, something that only looks wrong may be among it."""
    files = [each async for filed in blobs.shelves() for each in filed]
    snapshot = await read_snapshot(database)
    return await asyncio.to_thread(findings, snapshot, files, hosts=hosts, now=clock.now())


async def look_twice(
    database: Database, blobs: Blobs, *, hosts: Collection[str], clock: Clock
) -> list[Finding]:
    """What is wrong and stays wrong: files and rows that were just being written are no finding."""
    first = await look(database, blobs, hosts=hosts, clock=clock)
    if not first:
        return first
    seen = {_subject(each) for each in first}
    await asyncio.sleep(LOOK_AGAIN_S)
    second = await look(database, blobs, hosts=hosts, clock=clock)
    return [each for each in second if _subject(each) in seen]


def _subject(finding: Finding) -> tuple[object, ...]:
    """What is wrong with what, without facts that may change while one looks."""
    names = ("job", "take", "file", "key", "account")
    return (finding.kind, *(finding.facts.get(name) for name in names))


async def mend(
    found: Sequence[Finding], database: Database, blobs: Blobs, *, clock: Clock
) -> tuple[list[Finding], list[Finding]]:
    """Mend what can be: entries are appended to the ledger, never changed.

    Returns what was mended, and what is left for a person.
    """
    mendable = [each for each in found if each.mend is not None]
    mends = [each.mend for each in found if each.mend is not None]
    now = clock.now()
    async with database.begin() as connection:
        if missing := [each.append for each in mends if each.append is not None]:
            await write_transfers(connection, missing, now)
        for job_id in [each.wake for each in mends if each.wake is not None]:
            await wake_job(connection, job_id, now)
    for take_id in [each.delete_take for each in mends if each.delete_take is not None]:
        await blobs.delete_take(take_id)
    for key in [each.delete_file for each in mends if each.delete_file is not None]:
        await blobs.delete(key)
    return mendable, [each for each in found if each.mend is None]
