"""When a card may be edited: soon at first, then sparingly, never after an hour."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.states import State
from bot.ui.pace import Pace
from tests.jobs.world import HandClock
from tests.ui.records import a_job


def paced(*, age_s: float = 0) -> tuple[Pace, HandClock]:
    """A pace at a moment when the jobs of these tests are ``age_s`` old."""
    clock = HandClock()
    clock.time = a_job().created_at + timedelta(seconds=age_s)
    return Pace(clock), clock


@pytest.mark.parametrize(("age_s", "pause_s"), [(2, 2), (119, 2), (126, 5), (599, 5), (616, 15), (3_500, 15)])
def test_the_pause_grows_with_age(age_s: float, pause_s: float) -> None:
    """Two seconds, five from two minutes on, fifteen from ten."""
    pace, clock = paced(age_s=age_s - pause_s)
    job = a_job(State.WAITING)
    assert pace.may_show(job, 1)
    clock.advance(pause_s - 0.01)
    assert not pace.may_show(job, 2)
    clock.advance(0.01)
    assert pace.may_show(job, 2)


def test_a_place_in_line_is_never_kept_back_for_long() -> None:
    """However long a job has waited: nobody tells the place again."""
    pace, clock = paced(age_s=3_000)
    assert pace.may_show(a_job(), 1)
    clock.advance(2)
    assert pace.may_show(a_job(), 2)


def test_after_an_hour_cards_are_left_alone() -> None:
    """Edits of old messages have a limit of their own; the age is the message's, not the job's."""
    pace, _ = paced(age_s=3_601)
    assert not pace.may_show(a_job(), 1)
    pace, clock = paced(age_s=3_601)
    assert pace.may_show(a_job(message_at=clock.now()), 1)


def test_jobs_do_not_wait_for_each_other() -> None:
    """Each card has its own pace."""
    pace, _ = paced()
    assert pace.may_show(a_job(), 1)
    assert pace.may_show(a_job(id="anotherjobanotherjob22"), 1)


def test_a_finished_job_leaves_nothing_behind() -> None:
    """And a bot that runs for months remembers a bounded number."""
    pace, _ = paced()
    assert pace.may_show(a_job(), 1)
    pace.forget("abcdefghijklmnopqrstuv")
    assert pace.may_show(a_job(), 1)
    for number in range(2_001):
        pace.may_show(a_job(id=f"job{number}"), 1)
    assert pace.may_show(a_job(), 1)


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 3)), max_size=60))
def test_two_edits_are_never_closer_than_two_seconds(steps: list[tuple[float, int]]) -> None:
    """Nor do two in a row show the same, whatever the host reports and when."""
    pace, clock = paced()
    edits: list[tuple[float, int]] = []
    for wait_s, shown in steps:
        clock.advance(wait_s)
        if pace.may_show(a_job(State.WAITING), shown):
            edits.append((clock.now().timestamp(), shown))
    for (before_at, before), (at, shown) in pairwise(edits):
        assert at - before_at >= 2 - 1e-3
        assert shown != before
