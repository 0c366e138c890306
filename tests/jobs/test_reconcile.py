"""What a read of the host's list proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs.news import News, weigh
from bot.jobs.reconcile import Absent, Adopt, ReadAgain, conclude
from bot.jobs.records import Job
from bot.jobs.states import State
from bot.protocol.runs import Run, RunStatus
from tests.jobs.world import an_order

NOW = datetime(2026, 1, 1, tzinfo=UTC)

ASKED = Job(
    id="j",
    state=State.SUBMIT,
    order=an_order(),
    created_at=NOW,
    updated_at=NOW,
    attempts=0,
    price=0,
    paid_from="pot:1",
    cancel_requested_by=None,
    reference="j",
    intent_at=NOW,
    run_id=None,
    run=None,
    progress=None,
    message_id=None,
    message_at=None,
    interaction_token=None,
    take_id=None,
    ending=None,
)


def told(name: str = "p", status: RunStatus = "processing", percent: int | None = None) -> Run:
    """A run as a host tells it."""
    return Run(id=name, status=status, progress=None if percent is None else percent / 100)


def test_what_is_found_is_adopted_and_the_rest_named() -> None:
    """The oldest is ours; what was made besides must be stopped."""
    assert conclude(ASKED, [told("a"), told("b")], now=NOW, between_s=10) == Adopt(told("a"), (told("b"),))


def test_one_empty_read_proves_nothing() -> None:
    """The list is read again ten seconds later."""
    assert conclude(ASKED, [], now=NOW, between_s=10) == ReadAgain(NOW + timedelta(seconds=10), NOW)


@pytest.mark.parametrize(("later_s", "proven"), [(0, False), (9.9, False), (10, True), (3_600, True)])
def test_two_empty_reads_with_time_between_prove_absence(later_s: float, proven: bool) -> None:
    """A second empty read counts only if enough time has passed since the first."""
    once = replace(ASKED, empty_reads=1, empty_read_at=NOW)
    verdict = conclude(once, [], now=NOW + timedelta(seconds=later_s), between_s=10)
    assert isinstance(verdict, Absent) == proven
    if isinstance(verdict, ReadAgain):
        assert verdict == ReadAgain(NOW + timedelta(seconds=10), NOW)


KNOWN = replace(ASKED, state=State.WAITING, run_id="p", run=told(), progress=0.4)

NEWS: list[tuple[str, Job, Run, News]] = [
    ("the answer to our call was lost", ASKED, told(), News.ADOPT),
    ("nobody asked", replace(ASKED, intent_at=None), told(), News.FOREIGN),
    ("the job was cancelled meanwhile", replace(ASKED, ending="ending.cancelled"), told(), News.FOREIGN),
    ("the job ended without it", replace(ASKED, state=State.CANCELLED), told(), News.FOREIGN),
    ("a second run", KNOWN, told("q"), News.FOREIGN),
    ("a second run of a finished job", replace(KNOWN, state=State.DONE), told("q"), News.FOREIGN),
    ("more progress", KNOWN, told(percent=50), News.UPDATE),
    ("the same progress", KNOWN, told(percent=40), News.NOTHING),
    ("an older progress", KNOWN, told(percent=30), News.NOTHING),
    ("an older status", KNOWN, told(status="starting"), News.NOTHING),
    ("the end", KNOWN, told(status="succeeded"), News.UPDATE),
    ("the end during the call", replace(KNOWN, state=State.SUBMIT), told(status="failed"), News.UPDATE),
    (
        "the end again",
        replace(KNOWN, run=told(status="succeeded")),
        told(status="failed"),
        News.NOTHING,
    ),
    ("a late one", replace(KNOWN, state=State.COLLECT), told(status="succeeded"), News.NOTHING),
    ("the first news of a known id", replace(KNOWN, run=None), told(), News.UPDATE),
]


@pytest.mark.parametrize(("job", "news", "meaning"), [row[1:] for row in NEWS], ids=[row[0] for row in NEWS])
def test_news_are_weighed(job: Job, news: Run, meaning: News) -> None:
    """Only what is ours and newer counts."""
    assert weigh(job, news) is meaning
