"""Saying it again, differently: a phrase that comes back keeps its opening and changes what follows.

Everything hangs on a name and on how often the phrase was heard, never on shares of a blend.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.chance import dice

if TYPE_CHECKING:
    import random

    from bot.engine.compose.events import Event
    from bot.engine.compose.melody import MelodyNote

# Sections of riffs vary their phrases; songs decide by themselves what comes back as it was.
VARIED_SECTIONS = frozenset({"loop", "full", "lift", "break", "intro"})
_LONG_STEPS = 4
_LOW, _HIGH = -5, 11
_ORNAMENT, _OMIT, _BEND = 0.35, 0.2, 0.3
_ENDING_BARS = 4  # every so many bars an accompaniment breathes


def varied(theme: list[MelodyNote], turn: int, bar_steps: int, name: tuple[object, ...]) -> list[MelodyNote]:
    """Return a theme as it is played the `turn`-th time; the first time (0) it is as it was found."""
    if turn == 0 or not theme:
        return theme
    bars = theme[-1].step // bar_steps + 1
    chance = dice("vary", *name, turn)
    lifted = chance.choice((0, 0, 2, -2)) if bars >= 4 else 0
    told: list[MelodyNote] = []
    for note in theme:
        bar = note.step // bar_steps
        opening = bar == 0 or (bars >= 4 and bar == bars // 2)
        moved = note if opening else replace(note, degree=_within(note.degree + (lifted if bar % 2 else 0)))
        told += [note] if note is theme[-1] else _retold(moved, chance, keep=opening)
    return _surely_different(told, theme, chance)


def _retold(note: MelodyNote, chance: random.Random, *, keep: bool) -> list[MelodyNote]:
    """Return a note ornamented, left out, bent to a neighbour, or as it was."""
    roll = chance.random() * (2.0 if keep else 1.0)  # an opening is half as likely to be touched
    if note.length >= _LONG_STEPS and roll < _ORNAMENT:
        half = note.length // 2
        turned = replace(
            note,
            step=note.step + half,
            length=note.length - half,
            degree=_within(note.degree + chance.choice((1, -1))),
        )
        return [replace(note, length=half), replace(turned, strong=False, velocity=turned.velocity * 0.9)]
    if not note.strong and roll < _OMIT:
        return []
    if not note.strong and roll < _OMIT + _BEND:
        return [replace(note, degree=_within(note.degree + chance.choice((-2, -1, 1, 2))))]
    return [note]


def _surely_different(
    told: list[MelodyNote], theme: list[MelodyNote], chance: random.Random
) -> list[MelodyNote]:
    if told != theme or len(told) < 2:
        return told
    place = chance.randrange(len(told) > 2, len(told) - 1)  # luck changed nothing: one inner note does
    note = told[place]
    return [
        *told[:place],
        replace(note, degree=_within(note.degree + chance.choice((1, -1)))),
        *told[place + 1 :],
    ]


def _within(degree: int) -> int:
    return degree - 7 if degree > _HIGH else degree + 7 if degree < _LOW else degree


def breathing(events: list[Event], bars: int, bar_steps: int, name: tuple[object, ...]) -> list[Event]:
    """Return an accompaniment that leaves out a weak strike here and there, and accents a section's end.

    Short loops of up to four bars are left alone: there every bar is heard as the pattern itself.
    """
    if bars <= _ENDING_BARS:
        return events
    kept: list[Event] = []
    for event in events:
        bar, place = divmod(int(event.step), bar_steps)
        chance = dice("breathe", *name, bar, place)
        if place % 4 and bar >= _ENDING_BARS and chance.random() < 0.1 + 0.1 * (bar % _ENDING_BARS == 3):
            continue
        closing = bar % _ENDING_BARS == 3 and place >= bar_steps // 2
        event.velocity = min(1.0, event.velocity * (1.06 if closing else 0.96 + 0.06 * chance.random()))
        kept.append(event)
    return kept
