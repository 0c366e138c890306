"""When music may be expected: by the line, by what runs, by what was measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.jobs.expecting import Made, Standing, expected, usual_of
from bot.jobs.limits import Limits, Pace
from tests.store.rows import START

ONE = Standing(job_id="j", user_id="u", channel_id="c", guild_id="g", host="h")


def line_of(count: int) -> list[Standing]:
    """So many members, one job each."""
    return [replace(ONE, job_id=f"j{n}", user_id=f"u{n}") for n in range(count)]


def made(began_s: float, took_s: float) -> Made:
    """A job that began so long after the start."""
    began_at = START + timedelta(seconds=began_s)
    return Made("h", began_at, began_at + timedelta(seconds=took_s))


def seconds(line: list[Standing], **values: Any) -> list[float | None]:
    """Of each job, from a minute after the last one ended."""
    usual = usual_of([made(0, 20), made(30, 30), made(60, 31)])
    now = START + timedelta(seconds=150)
    told: dict[str, Any] = {"limits": Limits(total=2), "paces": {}, "usual": usual, "now": now, **values}
    now = told["now"]
    ready = expected(line, told.pop("running", []), **told)
    return [(ready[each.job_id] - now).total_seconds() if each.job_id in ready else None for each in line]


def test_two_at_a_time_take_the_usual_time() -> None:
    """The middle of what was measured, two by two."""
    assert seconds(line_of(5)) == [30, 30, 60, 60, 90]


def test_what_runs_is_counted_from_when_it_began() -> None:
    """One that runs for longer than usual is expected soon, not in the past."""
    now = START + timedelta(seconds=150)
    running = [
        replace(ONE, job_id="a", began_at=now - timedelta(seconds=10)),
        replace(ONE, job_id="b", began_at=now - timedelta(seconds=500)),
    ]
    assert seconds(line_of(3), running=running) == [3 + 30, 20 + 30, 33 + 30]


def test_a_member_waits_for_the_own_jobs_too() -> None:
    """Each limit holds in the estimate as in the line; so does the host's pace."""
    own = [replace(ONE, job_id=f"j{n}") for n in range(3)]
    assert seconds(own, limits=Limits(per_user=1)) == [30, 60, 90]
    assert seconds(line_of(3), limits=Limits(), paces={"h": Pace(calls=1, per_s=10)}) == [30, 40, 50]
    assert seconds(line_of(2), limits=Limits(unqueued_hosts=frozenset({"h"}), per_unqueued_host=1)) == [
        30,
        60,
    ]


def test_a_host_that_rested_starts_slowly() -> None:
    """The first job after a pause takes what first jobs took before; those behind it do not."""
    usual = usual_of([made(0, 10), made(20, 10), made(1_000, 90), made(1_100, 10), made(3_000, 110)])
    now = START + timedelta(seconds=9_000)
    assert seconds(line_of(3), limits=Limits(total=1), usual=usual, now=now) == [100, 110, 120]


def test_nothing_measured_is_nothing_told() -> None:
    """No number is made up: not without any data, not for a host that never made anything."""
    assert seconds(line_of(2), usual={}) == [None, None]
    other = replace(ONE, job_id="k", host="new")
    assert seconds([other, *line_of(1)], limits=Limits(total=1)) == [None, 60]


def test_a_long_line_is_reckoned_quickly_and_in_order() -> None:
    """Five thousand members behind fifty places of one host."""
    waits = seconds(line_of(5_000), limits=Limits(per_channel=900, per_guild=900))
    assert waits[0] == 30
    assert waits[-1] == 5_000 / 50 * 30
