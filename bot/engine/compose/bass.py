"""Bass lines: step patterns on the chord, or a walking line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.chance import dice
from bot.engine.compose.events import Event
from bot.engine.styles.patterns import hold_length, patterns
from bot.engine.theory.metre import fitted, metre_of

if TYPE_CHECKING:
    import random

    from bot.engine.theory.harmony import Harmony

_SHORT_PATTERNS = frozenset({"funk", "octave", "acid", "offbass"})
_SLIDING_PATTERNS = frozenset({"acid", "s808"})


def bass_line(pattern: str, harmony: Harmony, name: tuple[object, ...]) -> list[Event]:
    """Return a bass line for the whole piece; unknown patterns play eighths on the root."""
    chance = dice("bass", *name)
    if pattern == "walk":
        return _walk(harmony, chance)
    steps = fitted(patterns().bass.get(pattern, patterns().bass["root8"]), harmony.steps // 4)
    events: list[Event] = []
    for bar in range(harmony.bars):
        for place, sign in enumerate(steps):
            if sign in ".-":
                continue
            step = bar * harmony.steps + place
            turns = place > 0 and harmony.chord_at(step) != harmony.chord_at(step - 1)
            pitch = _degree("1" if turns else sign, harmony, step)
            if bar % 4 == 3 and place >= harmony.steps - 4 and chance.random() < 0.4:
                pitch = harmony.bass_pitch(step + 4) + chance.choice((-2, -1, 2))  # approach the next chord
            shortness = 0.7 if pattern in _SHORT_PATTERNS else 0.92
            length = hold_length(steps, place) * shortness
            velocity = 0.78 + (0.15 if place % 4 == 0 else 0.0) + 0.05 * chance.random()
            slides = pattern in _SLIDING_PATTERNS and chance.random() < 0.3
            events.append(Event(step, length, pitch, velocity, "slide" if slides else ""))
    return events


def _degree(sign: str, harmony: Harmony, step: int) -> int:
    root = harmony.bass_pitch(step)
    intervals = harmony.chord_at(step).intervals
    if sign == "3":
        return root + (intervals[1] if len(intervals) > 2 else 12)
    if sign == "7":
        return root + (10 if 10 in intervals else 12)
    return root + {"1": 0, "5": 6 if 6 in intervals else 7, "8": 12}[sign]


def _walk(harmony: Harmony, chance: random.Random) -> list[Event]:
    events: list[Event] = []
    groups = metre_of(harmony.steps // 4).groups
    for bar in range(harmony.bars):
        step = bar * harmony.steps
        for beat, size in enumerate(groups):
            root = harmony.bass_pitch(step)
            intervals = harmony.chord_at(step).intervals
            if beat == 0:
                pitch = root
            elif beat == len(groups) - 1:
                pitch = harmony.bass_pitch(step + size) + chance.choice((-1, 1, -2))
            else:
                pitch = root + chance.choice([intervals[1] % 12, 7, 12, intervals[-1] % 12])
            events.append(
                Event(step, size - 0.3, pitch, 0.8 if beat % 2 == 0 else 0.72, delay=0.06 * chance.random())
            )
            step += size
    return events
