"""Who sits where between left and right: decided from the whole score, so it is the same in every stretch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bot.engine.instruments import Role, roles

if TYPE_CHECKING:
    from bot.engine.score.model import Score, Track

_SECOND_SEAT_PAN, _OUTERMOST_PAN = 0.2, 0.9


def role_of(track: Track) -> Role:
    """Return how the desk treats a track: by its role; a singer with words as a singer."""
    return roles()["singer" if track.lines else track.role]


def seats(score: Score) -> dict[int, float]:
    """Return each track's place from -1 (left) to 1, by its position in the score.

    Sides alternate within a role, later players further out; what lies under a mask is seated by itself.
    """
    taken: dict[tuple[str, bool], int] = {}
    places: dict[int, float] = {}
    for index, track in enumerate(score.tracks):
        before = taken.get((track.role, track.under_mask), 0)
        taken[track.role, track.under_mask] = before + 1
        places[index] = _seat(role_of(track), before)
    return places


def _seat(role: Role, before: int) -> float:
    outward = role.pan + _SECOND_SEAT_PAN * math.copysign(before // 2, role.pan or 1.0)
    pan = -outward if before % 2 else outward
    return max(-_OUTERMOST_PAN, min(_OUTERMOST_PAN, pan))
