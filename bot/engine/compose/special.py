"""Players with a manner of their own: change-ringing bells, growls and a talking rhythm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.chance import dice
from bot.engine.compose.events import Event

if TYPE_CHECKING:
    from bot.engine.theory.harmony import Harmony

_MAJOR_ROW = (7, 5, 4, 2, 0, -3)
_MINOR_ROW = (7, 5, 3, 2, 0, -4)
_BELLS = 6


def toll(harmony: Harmony) -> list[Event]:
    """Return one deep stroke a bar on the tonic."""
    return [
        Event(bar * harmony.steps, harmony.steps, 48 + harmony.register_shift, 0.9)
        for bar in range(harmony.bars)
    ]


def peal(harmony: Harmony) -> list[Event]:
    """Return six bells rung in plain hunt: each row swaps neighbours of the row before."""
    row = _MAJOR_ROW if 4 in harmony.scale_steps() else _MINOR_ROW
    order = list(range(_BELLS))
    events: list[Event] = []
    for bar in range(harmony.bars):
        for place, bell in enumerate(order):
            step = bar * harmony.steps + place * harmony.steps / _BELLS
            pitch = 60 + harmony.register_shift + row[bell]
            events.append(Event(step, harmony.steps / 2, pitch, 0.8 if place == 0 else 0.62))
        for left in range(bar % 2, _BELLS - 1, 2):
            order[left], order[left + 1] = order[left + 1], order[left]
    return events


def growl(harmony: Harmony, name: tuple[object, ...]) -> list[Event]:
    """Return guttural syllables with breaths between them."""
    chance = dice("growl", *name)
    events: list[Event] = []
    for bar in range(harmony.bars):
        place = 0
        while place < harmony.steps:
            length = chance.choice((2, 3, 4, 4, 6))
            if chance.random() < 0.75:
                events.append(Event(bar * harmony.steps + place, length * 0.9, 34, 0.8))
            place += length
    return events


def talk(harmony: Harmony, name: tuple[object, ...]) -> list[Event]:
    """Return a rap-like rhythm on chord tones, with a breath at the end of every second bar."""
    chance = dice("talk", *name)
    events: list[Event] = []
    for bar in range(harmony.bars):
        for place in range(harmony.steps):
            likely = 0.85 if place % 2 == 0 else 0.35
            if (bar % 2 == 1 and place > harmony.steps - 4) or chance.random() >= likely:
                continue
            step = bar * harmony.steps + place
            root = 48 + (harmony.tonic + harmony.chord_at(step).root) % 12
            pitch = root + (
                7 if place % 8 == 0 else chance.choice((0, 0, 0, 3)) * (3 in harmony.chord_at(step).intervals)
            )
            events.append(Event(step, 0.9, pitch, 0.7 + (0.2 if place % 4 == 0 else 0.0)))
    return events
