"""What was asked of a song and not done, so that it can be told: lines that nobody sings, another length."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.engine.songs.lines import breath_lines
from bot.engine.songs.sheet import parse_lyrics

if TYPE_CHECKING:
    from bot.engine.score.model import Score

_NEAR_ENOUGH_S = 1.5


def not_done(score: Score, *, lyrics: str, length_s: float | None, played_s: float) -> list[list[str]]:
    """Return [what, asked, played] for lyrics that are not all sung and for a length that is not met."""
    told: list[list[str]] = []
    asked, sung = _lines_sung(score, lyrics)
    if sung < asked:
        told.append(["lyrics", f"{asked} lines", f"{sung} of them"])
    if length_s is not None and abs(played_s - length_s) > _NEAR_ENOUGH_S:
        told.append(["length", f"{length_s:g} s", f"{played_s:.0f} s"])
    return told


def _lines_sung(score: Score, lyrics: str) -> tuple[int, int]:
    """Return how many lines the lyrics have, returning choruses too, and how many of them are sung."""
    left = Counter(line.text for track in score.tracks for line in track.lines)
    asked = sung = 0
    for written in (line for section in parse_lyrics(lyrics) for line in section.lines):
        # A line is sung in breaths, longer ones where it is rapped.
        ways = [
            Counter(part.text for part in breath_lines((written,), rapped=rapped)) for rapped in (False, True)
        ]
        asked += bool(ways[0])
        way = next((parts for parts in ways if parts and parts <= left), None)
        if way:
            left -= way
            sung += 1
    return asked, sung
