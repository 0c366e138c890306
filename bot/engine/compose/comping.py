"""Accompaniment: chords in rhythm, power chords, boogie, montuno, drones and arpeggios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.chance import dice
from bot.engine.compose.events import Event
from bot.engine.styles.patterns import hold_length, patterns
from bot.engine.theory.metre import fitted, group_starts, source_steps

if TYPE_CHECKING:
    from bot.engine.theory.harmony import Harmony

_FIFTHS_PATTERNS = frozenset({"power8", "chug", "trem"})
_SMALL_PATTERNS = frozenset({"skank", "offbeat", "scratch", "staccato", "stabs", "chop8"})
_CENTRES = {"pad": 60, "long": 58, "bossa": 58, "montuno": 64, "skank": 66, "scratch": 66, "clav": 62}
_CHUG_ACCENTS = frozenset({0, 6, 12})
_DRONES = frozenset({"organum", "drone5"})
_STRUM_DELAY = 0.09
_WHOLE_BAR = 16  # a strike held this long sounds until the chord changes, whatever the metre


def chords(pattern: str, harmony: Harmony, name: tuple[object, ...], *, strum: bool) -> list[Event]:
    """Return chords in a comping rhythm for the whole piece; unknown patterns play blocks."""
    rhythm = patterns().comp.get(pattern, patterns().comp["block"])
    beats = harmony.steps // 4
    steps, accents = fitted(rhythm.steps, beats), group_starts(beats)
    sustained = rhythm.hold_steps is not None and rhythm.hold_steps >= _WHOLE_BAR
    chance = dice("comp", *name)
    previous: list[int] | None = None
    events: list[Event] = []
    for bar in range(harmony.bars):
        for place, sign in enumerate(steps):
            step = bar * harmony.steps + place
            turns = place > 0 and harmony.chord_at(step) != harmony.chord_at(step - 1)
            if sign != "x" and not (turns and sustained):
                continue
            pitches = _pitches(pattern, harmony, step, place, previous)
            if pattern not in _FIFTHS_PATTERNS | _DRONES | {"boogie", "montuno"}:
                previous = pitches
            chord_steps = harmony.steps / len(harmony.chords[bar])
            length = chord_steps if sustained else _length(pattern, rhythm.hold_steps, steps, place)
            length = min(length, chord_steps)
            velocity = 0.62 + (0.2 if place in accents else 0.0) + 0.08 * chance.random()
            if pattern == "chug":
                velocity = 0.95 if place in _CHUG_ACCENTS else 0.7
            downward = strum and place % 4 == 2  # an up-stroke starts at the top string
            for order, pitch in enumerate(reversed(pitches) if downward else pitches):
                events.append(
                    Event(step, length, pitch, velocity, delay=order * _STRUM_DELAY if strum else 0.0)
                )
    return events


def _length(pattern: str, hold_steps: float | None, steps: str, place: int) -> float:
    if pattern == "chug":
        return 1.6 if place in _CHUG_ACCENTS else 0.7
    if hold_steps is not None:
        return hold_steps
    held = hold_length(steps, place)
    return held * 0.95 if held > 1 else 1.5


def _pitches(pattern: str, harmony: Harmony, step: int, place: int, previous: list[int] | None) -> list[int]:
    if pattern == "drone5":
        root = 48 + harmony.register_shift
        return [root, root + 7]
    if pattern == "organum":
        root = 48 + (harmony.tonic + harmony.chord_at(step).root) % 12
        return [root, root + 7]
    if pattern in _FIFTHS_PATTERNS:
        return harmony.fifths(step)
    if pattern == "boogie":
        root = 48 + (harmony.tonic + harmony.chord_at(step).root) % 12
        return [root, root + (7, 7, 9, 10)[(place // 2) % 4]]
    if pattern == "montuno":
        voices = harmony.voicing(step, previous, _CENTRES["montuno"], 4)
        low = voices[(place * 5 + step // harmony.steps) % min(3, len(voices))]
        return [low, low + 12]
    return harmony.voicing(step, previous, _CENTRES.get(pattern, 60), 3 if pattern in _SMALL_PATTERNS else 4)


def arpeggio(pattern: str, harmony: Harmony, name: tuple[object, ...]) -> list[Event]:
    """Return a broken chord pattern for the whole piece."""
    steps = patterns().arp[pattern]
    beats = harmony.steps // 4
    sources, accents = source_steps(beats), group_starts(beats)
    chance = dice("arp", *name)
    centre = 66 if pattern == "chiparp" else 62
    length = 1.6 if pattern in {"arp16", "chiparp"} else 2.4
    previous: list[int] | None = None
    events: list[Event] = []
    for bar in range(harmony.bars):
        for place in range(harmony.steps):
            step = bar * harmony.steps + place
            sign = steps[sources[place]]
            if place % (harmony.steps // 2) == 0:
                previous = harmony.voicing(step, previous, centre, 4)
            if sign == "." or previous is None:
                continue
            voices = [*previous, previous[0] + 12, previous[min(1, len(previous) - 1)] + 12]
            velocity = 0.55 + (0.25 if place in accents else 0.0) + 0.08 * chance.random()
            events.append(Event(step, length, voices[int(sign) % len(voices)], velocity))
    return events
