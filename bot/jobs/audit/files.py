"""What must be true of the kept files: each belongs to a take, and each take has its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.jobs.audit.records import Finding, Mend, Snapshot
from bot.jobs.ids import take_ids
from bot.jobs.records import Filed

OLD_ENOUGH: Final = timedelta(days=1)
"""A file that belongs to nothing is removed no sooner: whoever writes it may still be at it."""


def of_files(snapshot: Snapshot, files: Collection[Filed], now: datetime) -> Iterator[Finding]:
    """Files without a take or a job that is making one, and takes without their files."""
    there = {each.key for each in files}
    for take in snapshot.takes.values():
        lost = [key for key in take.keys if key not in there]
        if lost and not take.deleted:
            yield Finding(kind="file_missing", facts={"take": take.id, "files": ", ".join(lost)})
    yield from _superfluous(snapshot, files, now)


def _superfluous(snapshot: Snapshot, files: Collection[Filed], now: datetime) -> Iterator[Finding]:
    open_jobs = [job for job in snapshot.jobs.values() if not job.ended]
    in_the_making = {take_id for job in open_jobs for take_id in take_ids(job.take_id)}
    wanted = {key for take in snapshot.takes.values() if not take.deleted for key in take.keys}
    # In a folder of which this database knows nothing, another one's music may lie.
    ours = any(each.take_id in snapshot.takes for each in files)
    of_deleted: defaultdict[str, int] = defaultdict(int)
    for each in files:
        take = snapshot.takes.get(each.take_id)
        if each.take_id in in_the_making or each.key in wanted:
            continue
        if take is not None and take.deleted:
            of_deleted[take.id] += 1
            continue
        old = now - each.changed_at >= OLD_ENOUGH
        if each.is_brought and (each.take_id in snapshot.brought or not old):
            continue  # somebody may just be looking at what it would become
        mend = Mend(delete_file=each.key) if ours and old else None
        facts = {"file": each.key, "hours": int((now - each.changed_at) / timedelta(hours=1))}
        yield Finding(kind="file_orphan", facts=facts, mend=mend)
    for take_id, count in of_deleted.items():
        facts = {"take": take_id, "count": count}
        yield Finding(kind="file_of_deleted", facts=facts, mend=Mend(delete_take=take_id))
