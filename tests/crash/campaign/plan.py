"""Which process is killed when, drawn from a seed before anything runs."""

from __future__ import annotations

import enum
import random
from dataclasses import dataclass
from typing import Final


class Moment(enum.StrEnum):
    """Where in a job's life a kill strikes; the value is what the table calls it."""

    HELD = "held, before somebody decides"
    QUEUED_BEFORE = "queued, before the card"
    QUEUED_AFTER = "queued, after the card"
    SUBMIT_BEFORE = "submit, before the call"
    SUBMIT_AFTER = "submit, after the call"
    WAITING = "waiting"
    TOLD_BEFORE = "waiting, before a webhook is taken in"
    TOLD_AFTER = "waiting, after a webhook was taken in"
    RENDERING = "waiting, while the engine plays"
    COLLECT = "collect"
    DELIVER_BEFORE = "deliver, before the message"
    DELIVER_AFTER = "deliver, after the message"
    ANY = "any time"


ONE_A_STATE: Final = (
    Moment.QUEUED_AFTER,
    Moment.SUBMIT_AFTER,
    Moment.RENDERING,
    Moment.COLLECT,
    Moment.DELIVER_AFTER,
)
"""The least that a campaign has, however short."""


ENGINE_SHARE: Final = 0.15
"""How many of the other rounds send their orders to the engine, too."""


@dataclass(frozen=True, slots=True)
class Round:
    """Some orders and one kill."""

    number: int
    moment: Moment
    to_engine: bool
    """Whether the bot that takes orders sends them to our own engine; otherwise to the paid host."""
    after_s: float
    """How long after its moment has come the kill strikes, where that is no exact point."""
    away_s: float
    """How long the killed process stays away."""


def plan(seed: int, kills: int, *, postgres: bool) -> list[Round]:
    """As many rounds as kills: every moment first, then whatever chance brings.

    On PostgreSQL there is somebody else to go on, so there a process may stay away for longer than a lease.
    """
    chance = random.Random(f"{seed}/plan")
    first = [moment for moment in ONE_A_STATE if moment is not Moment.RENDERING]
    others = [moment for moment in Moment if moment not in ONE_A_STATE]
    chance.shuffle(first)
    chance.shuffle(others)
    # A bot that was just killed comes back with another host for its orders: no need to stop it for that.
    moments = [*first, Moment.RENDERING, *others]
    while len(moments) < kills:
        moments.append(chance.choice(list(Moment)))
    return [
        Round(
            number=number,
            moment=moment,
            to_engine=moment is Moment.RENDERING or chance.random() < ENGINE_SHARE,
            after_s=chance.uniform(0.0, 0.8),
            away_s=chance.uniform(2.0, 6.0)
            if postgres and chance.random() < 0.25
            else chance.uniform(0.0, 0.5),
        )
        for number, moment in enumerate(moments[:kills])
    ]
