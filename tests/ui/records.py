"""Jobs and takes with everything filled in that a test does not care about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.jobs.order import Order
from bot.jobs.recipes import Riff
from bot.jobs.records import Job, Take
from bot.jobs.states import State

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def an_order(**values: Any) -> Order:
    """Ada's order of a funky synth solo."""
    filled: dict[str, Any] = {
        "host": "engine",
        "recipe": Riff(prompt="funky synth solo"),
        "guild_id": "1",
        "channel_id": "2",
        "user_id": "3",
        "user_name": "Ada",
    }
    return Order(**{**filled, **values})


def a_job(state: State = State.QUEUED, **values: Any) -> Job:
    """A job in this state."""
    made = Job(
        id="abcdefghijklmnopqrstuv",
        state=state,
        order=an_order(),
        created_at=NOON,
        updated_at=NOON,
        attempts=0,
        price=0,
        paid_from="pot:1",
        cancel_requested_by=None,
        reference="r",
        intent_at=None,
        run_id=None,
        run=None,
        progress=None,
        message_id="4",
        message_at=NOON,
        interaction_token=None,
        take_id=None,
        ending=None,
    )
    return replace(made, **values)


def a_take(**values: Any) -> Take:
    """What became of it."""
    made = Take(
        id="zyxwvutsrqponmlkjihgfe",
        job_id="abcdefghijklmnopqrstuv",
        guild_id="1",
        channel_id="2",
        user_id="3",
        user_name="Ada",
        recipe=Riff(prompt="funky synth solo", seed=7),
        host="engine",
        created_at=NOON,
        duration_s=5.12,
        bpm=93.75,
        key="A minor",
        lufs=-14.0,
        true_peak_db=-1.1,
        audio="a",
        upload="u",
        picture="p",
        message_id="5",
    )
    return replace(made, **values)
