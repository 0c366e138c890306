"""Old music and new in one score: cells of a role in a stretch change one after another, never back.

Each cell has a fixed threshold; it is new where the threshold lies below the asked share. A larger share
therefore changes everything that a smaller one changes, and more.
"""

from __future__ import annotations

import bisect
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from bot.engine.chance import unit_hash
from bot.engine.morphs.joining import EARLY
from bot.engine.score.model import Feel

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.score.model import Note, Track

# Who changes first: what is heard most as a style.
_ORDER = ("drums", "comp", "bass", "arp", "stab", "pad", "drum", "bell", "lead", "vox")


def merged(
    old: list[Track], new: list[Track], starts: list[float], share: float, name: object
) -> list[Track]:
    """Return old tracks with a share of their cells taken over by new ones.

    `starts` are the beats at which stretches begin, rising, the first at or before the first note. Tracks
    with sung lines are left alone. A share of 0 returns the old tracks themselves, 1 only new ones.
    """
    if share <= 0.0:
        return old
    cell_is_new = _cell_test(old, new, len(starts), share, name)

    def place_of(note: Note) -> int:
        return max(0, bisect.bisect_right(starts, note.start + EARLY) - 1)

    result: list[Track] = []
    for track in old:
        if track.lines:
            result.append(track)
            continue
        kept = [note for note in track.notes if not cell_is_new(track.role, place_of(note))]
        if kept:
            result.append(track if len(kept) == len(track.notes) else replace(track, notes=kept))
    for track in new:
        taken = [note for note in track.notes if cell_is_new(track.role, place_of(note))]
        if taken:
            result.append(replace(track, notes=taken))
    return result


def _cell_test(
    old: list[Track], new: list[Track], stretches: int, share: float, name: object
) -> Callable[[str, int], bool]:
    """Return a test whether a role is new in a stretch: roles go one by one, their stretches one by one."""
    present = {track.role for track in old + new if not track.lines}
    roles = [role for role in _ORDER if role in present] + sorted(present - set(_ORDER))
    order = sorted(range(stretches), key=lambda place: unit_hash("cell", name, place))
    turn = {place: number for number, place in enumerate(order)}

    def is_new(role: str, place: int) -> bool:
        threshold = (roles.index(role) + (turn[place] + 0.5) / stretches) / len(roles)
        return share >= 1.0 or threshold < share

    return is_new


def between(old: Feel, new: Feel, share: float) -> Feel:
    """Return a feel on the way from one to another; at 0 it is the old one to the last bit."""
    if share <= 0.0:
        return old
    feel = Feel()
    for item in fields(Feel):
        if item.name != "textures":
            start, end = getattr(old, item.name), getattr(new, item.name)
            setattr(feel, item.name, start + share * (end - start))
    for name in sorted(old.textures.keys() | new.textures.keys()):
        start, end = old.textures.get(name, 0.0), new.textures.get(name, 0.0)
        feel.textures[name] = start + share * (end - start)
    return feel


def chosen(count: int, share: float, name: object) -> set[int]:
    """Return which of `count` things change at a share, in an order drawn by name; nested in the share."""
    order = sorted(range(count), key=lambda place: unit_hash("chosen", name, place))
    return {place for number, place in enumerate(order) if share >= 1.0 or (number + 0.5) / count < share}
