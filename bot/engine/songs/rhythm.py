"""When each syllable is sung: stressed ones on strong beats, a long one at the end, then a breath."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.engine.chance import dice
from bot.engine.theory.metre import group_starts

if TYPE_CHECKING:
    from bot.engine.singing import Syllable

_BAR, _HALF_BAR, _GROUP, _EIGHTH = 1.0, 0.84, 0.62, 0.32
_STRESSED, _LIGHT = 1.5, 0.35
_WHIM = 0.45
_OFF_GRID_COST = 1.1
_LONGEST_STEP = 8
_BREATH_STEPS = 2
_STARTS = (0, 0, 0, 2, 4)  # sixteenths after the line's first beat
_MORE_THAN_ANY = 1e9


def strength_at(step: int, steps: int) -> float:
    """Return how strong a sixteenth is in its bar of `steps` sixteenths, 0..1."""
    return _strengths(steps)[step % steps]


@lru_cache(maxsize=16)
def _strengths(steps: int) -> tuple[float, ...]:
    starts = sorted(group_starts(steps // 4))
    middle = starts[len(starts) // 2] if len(starts) % 2 == 0 else -1
    strengths = [_EIGHTH if step % 2 == 0 else 0.0 for step in range(steps)]
    for start in starts:
        strengths[start] = _BAR if start == 0 else _HALF_BAR if start == middle else _GROUP
    return tuple(strengths)


def stress_of(syllable: Syllable, place: int) -> float:
    """Return how much a syllable wants a strong beat: English by its stress, Chinese by its tone."""
    if syllable.tone:
        return _LIGHT if syllable.tone == 5 else 1.0 if place % 2 == 0 else 0.7
    if syllable.stress == 0:
        return _LIGHT
    return _STRESSED if syllable.stress == 1 and len(syllable.text) > 2 else 0.8


def sung_onsets(stresses: list[float], bars: int, steps: int, name: tuple[object, ...]) -> list[int]:
    """Return the sixteenth, from the line's first bar, at which each syllable starts; strictly rising.

    Syllables are set on the grid so that the sum of stress times strength is largest, with notes of about
    equal length and a breath at the end; a line too long for its bars runs in sixteenths.
    """
    chance = dice("rhythm", *name, len(stresses))
    count, window = len(stresses), bars * steps - _BREATH_STEPS
    start = min(chance.choice(_STARTS), max(0, window - 2 * count))
    usual = max(1.0, min(4.0, (window - start) * 0.82 / count))
    whims = [chance.random() * _WHIM for _ in range(bars * steps)]
    worth = [
        strength_at(step, steps)
        + whims[step] * (step % 2 == 0)
        - _OFF_GRID_COST * (step % 2) * (usual >= 2.0)
        for step in range(bars * steps)
    ]
    return _best_path(stresses, worth, max(window, start + count), start, usual)


def rapped_onsets(stresses: list[float], bars: int, steps: int, name: tuple[object, ...]) -> list[int]:
    """Return a rapper's onsets: sixteenths and eighths that land the last syllable, the rhyme, on a beat."""
    chance = dice("flow", *name, len(stresses))
    count, window = len(stresses), bars * steps
    landing = max(4, window - 4)  # the last beat
    while landing < count - 1:
        landing += 1
    usual = max(1.0, min(3.0, landing / max(1, count)))
    first = max(0, landing - int(usual * (count - 1) + 0.5))
    first -= first % 2 if first else 0
    worth = [0.5 * strength_at(step, steps) + _WHIM * chance.random() for step in range(window + count)]
    if count == 1:
        return [landing]
    path = _best_path([*stresses[:-1]], worth, landing, min(first, landing - count + 1), usual)
    return [*path, landing]


def _best_path(stresses: list[float], worth: list[float], window: int, start: int, usual: float) -> list[int]:
    """Return the best strictly rising onsets within start..window, by dynamic programming.

    The first syllable stands at `start`; notes near the usual length cost nothing.
    """
    count = len(stresses)
    longest = max(2, min(_LONGEST_STEP, round(usual * 2)))
    costs = [0.12 * (gap - usual) ** 2 for gap in range(longest + 1)]
    best = {start: 0.0}
    origins: list[dict[int, int]] = []
    for place in range(1, count):
        latest = window - (count - place)  # room for those still to come
        following: dict[int, float] = {}
        origin: dict[int, int] = {}
        for step, value in best.items():
            for gap in range(1, longest + 1):
                to = step + gap
                if to > latest:
                    break
                total = value + stresses[place] * worth[to] - costs[gap]
                if total > following.get(to, -_MORE_THAN_ANY):
                    following[to], origin[to] = total, step
        best = following
        origins.append(origin)
    # A long last note: the later it comes, the shorter it is.
    step = max(best, key=lambda last: best[last] - 0.05 * max(0, last - window + 4))
    path = [step]
    for origin in reversed(origins):
        step = origin[step]
        path.append(step)
    return path[::-1]
