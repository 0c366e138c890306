"""A chord for every bar: triads against the pitch classes, the bass, the key, and what came before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.harmony import SCALES
from bot.engine.listen.pitches import CHROMAS_PER_S
from bot.engine.score import Chord

if TYPE_CHECKING:
    from numpy.typing import NDArray

_METER = 4
_MAJOR, _MINOR = (0, 4, 7), (0, 3, 7)
_THIRD, _FIFTH = 0.9, 0.9  # against the root
_BASS_WEIGHT = 0.35
_IN_KEY = 0.08
_REPEATED = 0.25
_FIRST_HALF = 0.3  # a chord is clearest after its bar line


def chords_per_bar(
    chromas: NDArray[np.float64],
    bass: NDArray[np.float64],
    bpm: float,
    first_s: float,
    bars: int,
    tonic: int,
    mode: str,
) -> list[Chord]:
    """Return a major or minor triad for each bar, its root above the tonic."""
    bar_s = _METER * 60.0 / bpm
    candidates = [(root, shape) for root in range(12) for shape in (_MAJOR, _MINOR)]
    templates = np.array([_template(root, shape) for root, shape in candidates])
    scale = {(tonic + step) % 12 for step in SCALES[mode]}
    bonus = np.array(
        [_IN_KEY * sum((root + step) % 12 in scale for step in shape) / 3.0 for root, shape in candidates]
    )
    found: list[Chord] = []
    for bar in range(bars):
        first, last = (round((first_s + place * bar_s) * CHROMAS_PER_S) for place in (bar, bar + 1))
        heard = _unit(_summed(chromas, first, last))
        low = _unit(_summed(bass, first, last))
        roots = np.array([low[root] for root, _ in candidates])
        value = templates @ (heard - heard.mean()) + _BASS_WEIGHT * roots + bonus
        root, shape = candidates[int(value.argmax())]
        found.append(Chord((root - tonic) % 12, shape))
    return found


def _template(root: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    classes = np.zeros(12)
    for step, worth in zip(shape, (1.0, _THIRD, _FIFTH), strict=True):
        classes[(root + step) % 12] = worth
    centred = classes - classes.mean()
    return centred / np.linalg.norm(centred)


def _summed(chromas: NDArray[np.float64], first: int, last: int) -> NDArray[np.float64]:
    part = chromas[max(0, first) : max(first + 1, last)]
    if not len(part):
        return np.zeros(12)
    weights = np.linspace(1.0 + _FIRST_HALF, 1.0 - _FIRST_HALF, len(part))
    return (np.sqrt(part) * weights[:, None]).sum(axis=0)


def _unit(classes: NDArray[np.float64]) -> NDArray[np.float64]:
    return classes / (float(np.linalg.norm(classes)) + 1e-9)
