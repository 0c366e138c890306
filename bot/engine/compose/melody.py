"""Melodies: candidates are thrown, a small critic keeps the best; more steps, more candidates."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from bot.engine.chance import dice
from bot.engine.styles.patterns import patterns
from bot.engine.theory.metre import group_starts, source_steps

if TYPE_CHECKING:
    import random

# How natural each sixteenth of a bar is as the start of a note.
_ONSET_WEIGHTS = (1, 0.12, 0.45, 0.2, 0.8, 0.12, 0.5, 0.25, 0.9, 0.12, 0.45, 0.2, 0.7, 0.18, 0.5, 0.3)
_STABLE_DEGREES = (-7, -5, -3, 0, 2, 4, 7, 9)
_RUNNING = 16  # habits with this many notes a bar run in even sixteenths
_REPEATING_HABITS = frozenset({"riff", "riff8", "riffrock"})
_SHORT_NOTE_HABITS = frozenset({"riff", "riff8"})
_NARROW_HABITS = frozenset({"chant", "sparse"})
_WIDE_RANGE, _NARROW_RANGE = (-3, 10), (-2, 6)


@dataclass(frozen=True, slots=True)
class MelodyNote:
    """A melody note: step and length in sixteenths, scale degree, whether it must be a chord tone."""

    step: int
    length: int
    degree: int
    strong: bool
    velocity: float


@dataclass(frozen=True, slots=True)
class MelodyTask:
    """A melody that is wanted; the name keys its chance."""

    name: tuple[object, ...]
    habit: str
    bars: int
    steps: int
    density: float


class MelodySearch:
    """Looks for the best melody for each task, one candidate a step."""

    def __init__(self, tasks: list[MelodyTask]) -> None:
        self._tasks = tasks
        self._best: dict[tuple[object, ...], tuple[float, list[MelodyNote]]] = {}
        self._first: dict[tuple[object, ...], float] = {}
        self._tried = 0

    def step(self, number: int) -> None:
        """Throw and judge candidate `number` of every task."""
        self._tried += 1
        for task in self._tasks:
            melody = propose(task, number)
            value = judge(melody, task)
            self._first.setdefault(task.name, value)
            best = self._best.get(task.name)
            if best is None or value > best[0]:
                self._best[task.name] = (value, melody)

    def best(self, name: tuple[object, ...]) -> list[MelodyNote]:
        """Return the best melody found so far for a task."""
        return self._best[name][1]

    def value(self, name: tuple[object, ...]) -> float:
        """Return what the critic thinks of the best melody so far."""
        return self._best[name][0]

    def report(self) -> dict[str, float]:
        """Return how many candidates each melody had, and the means of the first and best values."""
        if not self._best:
            return {}
        return {
            "melodies": len(self._best),
            "candidates": self._tried,
            "first": round(fmean(self._first.values()), 3),
            "best": round(fmean(value for value, _ in self._best.values()), 3),
        }


def propose(task: MelodyTask, number: int) -> list[MelodyNote]:
    """Return candidate `number`: a motif, repeated and varied over phrases of four bars (AABC or AAAB)."""
    chance = dice("melody", *task.name, number)
    habit = patterns().lead[task.habit]
    wanted = habit.notes_a_bar
    if wanted < _RUNNING:
        wanted *= 0.65 + 0.7 * task.density
    first = _rhythm(chance, wanted, task.steps, habit.syncopation)
    second = _rhythm(chance, wanted * (0.8 + 0.5 * chance.random()), task.steps, habit.syncopation)
    close = first if wanted >= _RUNNING else _rhythm(chance, max(1.2, wanted * 0.5), task.steps, 0.1)
    cells = _form(task, first, second, close)
    starts = (0, 2, 4) if task.habit == "chant" else (0, 2, 4, 4, 7)
    home = degree = chance.choice(starts)
    motif: list[int] = []
    melody: list[MelodyNote] = []
    for bar in range(task.bars):
        place = bar % len(cells)
        cell = cells[place]
        if place in {0, 2, 3} and not (place == 0 and motif):
            motif = _motif(chance, task.habit, cell)
        if place == 0:
            degree = home
        elif place == 2:
            degree = home + chance.choice((1, 2, -1))
        degree = _write_bar(melody, task, bar, cell, motif, degree, chance)
    return melody


def _form(task: MelodyTask, first: list[int], second: list[int], close: list[int]) -> tuple[list[int], ...]:
    if task.bars == 1:
        return (first,)
    if task.bars == 2:
        return (first, close)
    return (first, first, first, second) if task.habit in _REPEATING_HABITS else (first, first, second, close)


def _write_bar(
    melody: list[MelodyNote],
    task: MelodyTask,
    bar: int,
    cell: list[int],
    motif: list[int],
    degree: int,
    chance: random.Random,
) -> int:
    accents = group_starts(task.steps // 4)
    low, high = _NARROW_RANGE if task.habit in _NARROW_HABITS else _WIDE_RANGE
    for place, step in enumerate(cell):
        if place or bar % 2:
            degree += motif[place % len(motif)]
        if degree > high:
            degree -= chance.choice((3, 4, 5))
        if degree < low:
            degree += chance.choice((3, 4, 5))
        closing = place == len(cell) - 1 and (bar % 4 == 3 or bar == task.bars - 1)
        if closing:
            degree = min(
                _STABLE_DEGREES, key=lambda stable: abs(stable - degree) + (0.6 if stable % 7 else 0.0)
            )
        following = cell[place + 1] if place + 1 < len(cell) else task.steps
        length = following - step
        if task.habit in _SHORT_NOTE_HABITS:
            length = min(length, 3)
        velocity = 0.62 + (0.22 if step in accents[::2] else 0.0) + 0.12 * chance.random()
        melody.append(
            MelodyNote(bar * task.steps + step, length, degree, step in accents or closing, velocity)
        )
    return degree


def _rhythm(chance: random.Random, wanted: float, steps: int, syncopation: float) -> list[int]:
    count = max(1, min(steps, round(wanted * steps / 16)))
    if count == steps:
        return list(range(steps))
    sources = source_steps(steps // 4)
    weights = [
        (
            _ONSET_WEIGHTS[sources[step]]
            * (1.0 if step in group_starts(steps // 4) or chance.random() > syncopation else 1.6)
            + 0.03
        )
        * (0.35 + chance.random())
        for step in range(steps)
    ]
    onsets = sorted(sorted(range(steps), key=lambda step: -weights[step])[:count])
    if onsets[0] != 0 and chance.random() < 0.75:
        onsets[0] = 0
    return onsets


def _motif(chance: random.Random, habit: str, cell: list[int]) -> list[int]:
    """Return the steps from note to note; a leap is answered by a step back."""
    motif: list[int] = []
    running = patterns().lead[habit].notes_a_bar >= _RUNNING
    previous = 0
    for step in cell:
        if running:
            move = chance.choice((1, 1, 1, -1, -1, -1, 2, -2) if step % 4 else (2, -2, 3, -3, 1, -1))
        else:
            move = _move(chance, calm=habit == "chant")
        if abs(previous) >= 3:
            move = -1 if previous > 0 else 1
        motif.append(move)
        previous = move
    return motif


def _move(chance: random.Random, *, calm: bool) -> int:
    roll = chance.random()
    if roll < 0.12:
        return 0
    if roll < 0.68 or (calm and roll >= 0.88):
        return chance.choice((1, -1))
    if roll < 0.88:
        return chance.choice((2, -2))
    return chance.choice((3, 4, -3, -4))


def judge(melody: list[MelodyNote], task: MelodyTask) -> float:
    """Return how good a melody is, higher is better.

    Liked: mostly steps, a range of five to eleven degrees, one climax past the middle, a stable end.
    Disliked: hammering one note, leaps that go on in the same direction, too few different notes.
    """
    degrees = [note.degree for note in melody]
    moves = [after - before for before, after in pairwise(degrees)] or [0]
    value = -abs(sum(map(abs, moves)) / len(moves) - 1.5)
    span = max(degrees) - min(degrees)
    value -= 0.12 * max(0, span - 10) + 0.15 * max(0, 4 - span)
    value -= 0.4 if len(set(degrees)) < min(4, len(degrees)) else 0.0
    hammered = sum(1 for before, after in pairwise(moves) if before == 0 and after == 0)
    runaway = sum(1 for before, after in pairwise(moves) if abs(before) >= 3 and before * after > 0)
    value -= (0.5 * hammered + 0.6 * runaway) / max(1, task.bars)
    top = max(degrees)
    climax = degrees.index(top) / len(degrees)
    value += 0.25 if 0.4 <= climax <= 0.9 else 0.0
    value += 0.15 if degrees.count(top) <= max(2, len(degrees) // 10) else 0.0
    value += 0.2 if degrees[-1] % 7 == 0 else 0.1 if degrees[-1] % 7 in {2, 4} else 0.0
    return value
