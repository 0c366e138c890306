"""A job's story on Discord: within its limits, whatever happened and whoever typed it."""

from __future__ import annotations

from datetime import timedelta

from bot.jobs.records import Move
from bot.jobs.states import State
from bot.jobs.story import Story
from bot.ui.story import cause_in_words, story_card
from tests.ui.records import NOON, a_job, an_order


def moves(count: int, cause: str = "told by webhook") -> list[Move]:
    """So many moves, a second apart."""
    return [
        Move(at=NOON + timedelta(seconds=second), old=State.QUEUED, new=State.WAITING, cause=cause, actor="3")
        for second in range(count)
    ]


def test_the_newest_steps_of_a_long_story_are_shown() -> None:
    """A dozen lines, and how many came before them."""
    card = story_card(Story(job=a_job(), moves=moves(30), entries=[]), sees_run=True)
    first, *rest = str(card.description).splitlines()
    assert first == "… 18 earlier steps"
    assert len(rest) == 12
    assert rest[-1].startswith(f"<t:{int(NOON.timestamp()) + 29}:T>")


def test_the_longest_story_fits() -> None:
    """Names and causes of the greatest length that a row can hold, all of it markdown."""
    order = an_order(user_name="*" * 100)
    job = a_job(order=order, trouble="trouble.host_busy", run_id="`" * 200, intents=99, attempts=99)
    card = story_card(Story(job=job, moves=moves(200, "*" * 200), entries=[]), sees_run=True)
    assert len(str(card.description)) <= 4_096
    assert len(card) <= 6_000
    assert all(len(str(field.value)) <= 1_024 for field in card.fields)
    assert "99 × asked" in "".join(str(field.value) for field in card.fields)
    assert "busy" in str(card.description).splitlines()[-1]


def test_what_another_version_wrote_is_told_as_it_stands() -> None:
    """Harmless, and in its own words."""
    assert cause_in_words(a_job(), "sent by *pigeon*") == "\u2068sent by \\*pigeon\\*\u2069"
    failed = a_job(State.FAILED, ending="ending.deadline", ending_facts={"host": "paid", "minutes": 10})
    assert "after 10 minutes" in cause_in_words(failed, "ending.deadline")
