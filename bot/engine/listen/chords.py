"""Key and a chord for every bar, found together: triads against the pitch classes, the bass and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.listen.pitches import CHROMAS_PER_S
from bot.engine.score.model import Chord
from bot.engine.theory.harmony import SCALES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.engine.listen.pitches import Chromas

METER = 4
"""Beats in a bar: what is heard is heard in four-four."""
_SHAPES = {"maj": (0, 4, 7), "min": (0, 3, 7)}
_TRIADS = tuple((root, mode) for root in range(12) for mode in _SHAPES)
_CHORD_WEIGHTS = (1.0, 0.9, 0.9)  # root, third, fifth
_BASS_WEIGHT = 0.2
_IN_KEY = 0.3
_TONIC_CHORD = 0.02


def key_and_chords(chromas: Chromas, bpm: float, first_s: float, bars: int) -> tuple[int, str, list[Chord]]:
    """Return tonic (0..11 above C), "maj" or "min", and a triad for each bar, its root above the tonic.

    The key is the one in which the bars' chords, each as it fits best, fit best in all.
    """
    bar_s = METER * 60.0 / bpm
    values = np.array(
        [
            _values(
                chromas,
                round((first_s + bar * bar_s) * CHROMAS_PER_S),
                round((first_s + (bar + 1) * bar_s) * CHROMAS_PER_S),
            )
            for bar in range(bars)
        ]
    )
    tonic, mode = max(_TRIADS, key=lambda key: float((values + _bonus(*key)).max(axis=1).mean()))
    best = (values + _bonus(tonic, mode)).argmax(axis=1)
    triads = [_TRIADS[int(place)] for place in best]
    return tonic, mode, [Chord((root - tonic) % 12, _SHAPES[shape]) for root, shape in triads]


def _values(chromas: Chromas, first: int, last: int) -> NDArray[np.float64]:
    """Return how well each triad fits the frames of a bar."""
    heard, low = (_direction(part, first, last) for part in (chromas.chords, chromas.bass))
    return _templates() @ (heard - heard.mean()) + _BASS_WEIGHT * np.array([low[root] for root, _ in _TRIADS])


def _direction(chromas: NDArray[np.float64], first: int, last: int) -> NDArray[np.float64]:
    part = chromas[max(0, first) : max(first + 1, last)]
    classes = part.sum(axis=0) if len(part) else np.zeros(12)
    return classes / (float(np.linalg.norm(classes)) + 1e-9)


def _templates() -> NDArray[np.float64]:
    templates = np.zeros((len(_TRIADS), 12))
    for place, (root, shape) in enumerate(_TRIADS):
        for step, worth in zip(_SHAPES[shape], _CHORD_WEIGHTS, strict=True):
            templates[place, (root + step) % 12] = worth
    templates -= templates.mean(axis=1, keepdims=True)
    return templates / np.linalg.norm(templates, axis=1, keepdims=True)


def _bonus(tonic: int, mode: str) -> NDArray[np.float64]:
    """Return what each triad gains by lying in a key."""
    scale = {(tonic + step) % 12 for step in SCALES[mode]}
    shares = [sum((root + step) % 12 in scale for step in _SHAPES[shape]) / 3.0 for root, shape in _TRIADS]
    home = np.array([triad == (tonic, mode) for triad in _TRIADS], float)
    return _IN_KEY * np.array(shares) + _TONIC_CHORD * home
