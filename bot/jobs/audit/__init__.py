"""What must be true of jobs, books, takes and files, and how what is not so can be mended. Pure decisions.

``bot.store.audit`` reads a :class:`~bot.jobs.audit.records.Snapshot` of one moment, :func:`findings` judges
it; nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.jobs.audit.books import of_books
from bot.jobs.audit.files import of_files
from bot.jobs.audit.holds import of_holds
from bot.jobs.audit.journeys import of_journeys
from bot.jobs.audit.records import Finding, Snapshot
from bot.jobs.audit.rows import of_rows
from bot.jobs.audit.stories import of_stories
from bot.jobs.audit.takes import of_takes
from bot.jobs.records import Filed

__all__ = ["findings"]


def findings(
    snapshot: Snapshot, files: Collection[Filed], *, hosts: Collection[str], now: datetime
) -> list[Finding]:
    """Everything that is wrong, in a stable order.

    Args:
        snapshot: The database at one moment.
        files: The folder of sounds, looked at shortly before.
        hosts: Names of the hosts that are set up.
        now: For the age of files, and for leases that ran out.
    """
    found = [
        *of_rows(snapshot, hosts, now),
        *of_stories(snapshot),
        *of_books(snapshot),
        *of_takes(snapshot),
        *of_files(snapshot, files, now),
        *of_journeys(snapshot),
        *of_holds(snapshot),
    ]
    return sorted(found, key=lambda each: (each.kind, sorted(map(str, each.facts.items()))))
