"""What must be true of the money of jobs; the law of the books itself stands in ``bot.money.audit``."""

from __future__ import annotations

from collections.abc import Iterator

from bot.jobs.audit.records import Finding, JobRow, Mend, Snapshot
from bot.jobs.states import State
from bot.money.audit import Bill, audit
from bot.money.ledger import pot

_KNOWN = frozenset(state.value for state in State)


def bill_of(job: JobRow) -> Bill:
    """What the books must say of a job."""
    return Bill(job.paid_from or pot(job.guild_id), job.host, job.price, State(job.state).job_end)


def of_books(snapshot: Snapshot) -> Iterator[Finding]:
    """Every reservation belongs to an open job, every end has its settlement, and all adds up."""
    bills = {job.id: bill_of(job) for job in snapshot.jobs.values() if job.state in _KNOWN}
    for fault in audit(snapshot.transfers, bills):
        mend = None if fault.missing is None else Mend(append=fault.missing)
        yield Finding(kind=f"books.{fault.kind}", facts=fault.facts, mend=mend)
