"""Other words and other voices on a tune that stays where it is."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.engine.morphs.cells import chosen
from bot.engine.morphs.source import sections_in
from bot.engine.score.model import Note, Score, Section, SungLine, Track
from bot.engine.songs.ground import SongGround
from bot.engine.songs.lines import breath_lines
from bot.engine.songs.plan import Pace, PlacedLine, place_lines
from bot.engine.songs.sheet import parse_lyrics
from bot.engine.songs.singers import SINGER_PREFIX, voice_table
from bot.engine.songs.vocal import Tune, singer_track, voice_part

if TYPE_CHECKING:
    from bot.engine.songs.lines import LyricLine

_SUNG_SECTIONS = frozenset({"verse", "pre-chorus", "chorus", "bridge", "loop", "full", "lift"})
_NOBODYS_VOICE = "female"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a line is sung: its section, its number within it, its bars counted from the section's first."""

    section: Section
    place: int
    first_bar: int
    bars: int
    line: SungLine | None


def voice_of(score: Score) -> str | None:
    """Return which voice sings in a score, or None."""
    singer = score.singer
    return singer.instrument.removeprefix(SINGER_PREFIX) if singer else None


def pace_of(score: Score, *, rapped: bool = False) -> Pace:
    """Return the pace of a score's bars."""
    return Pace(score.meter * 60.0 / score.bpm, score.meter, rapped)


def slots_of(score: Score) -> list[Slot]:
    """Return the places of a score's sung lines in order; a line has the bars up to the next one."""
    lines = sorted(
        (line for track in score.tracks for line in track.lines if line.notes),
        key=lambda line: line.notes[0].start,
    )
    found: list[Slot] = []
    for section in sections_in(score):
        end = section.first_bar + section.bars
        own = [line for line in lines if section.first_bar <= _bar(line.notes[0], score) < max(end, 1)]
        for place, line in enumerate(own):
            first = _bar(line.notes[0], score)
            needed = math.ceil((line.notes[-1].start + 0.05) / score.meter) - first
            until = _bar(own[place + 1].notes[0], score) if place + 1 < len(own) else end
            bars = max(1, min(until - first, max(needed, 2)))
            found.append(Slot(section, place, first - section.first_bar, bars, line))
    return found


def _bar(note: Note, score: Score) -> int:
    return int((note.start + 0.05) // score.meter)


def empty_slots(score: Score, lyrics: str, sections: list[Section]) -> list[tuple[Slot, LyricLine]]:
    """Return places for new lines in sections where nobody sings yet, as many as there is room for."""
    queue = _LyricQueue(lyrics, rapped=False)
    pace = pace_of(score)
    found: list[tuple[Slot, LyricLine]] = []
    for section in sections:
        if section.name not in _SUNG_SECTIONS:
            continue
        lines = queue.rest_of(section.name)
        for place, placed in enumerate(place_lines(lines, pace)):
            if placed.first_bar + placed.bars <= section.bars:
                slot = Slot(section, place, placed.first_bar, placed.bars, None)
                found.append((slot, placed.line))
    return found


class _LyricQueue:
    """Hands out lines of lyrics by section: verses in order, a chorus again and again."""

    def __init__(self, lyrics: str, *, rapped: bool) -> None:
        parsed = [
            (section.name, breath_lines(section.lines, rapped=rapped)) for section in parse_lyrics(lyrics)
        ]
        self._sections = [(name, lines) for name, lines in parsed if lines]
        self._next: dict[str, int] = {}
        self._held: tuple[Section, deque[LyricLine]] | None = None

    def rest_of(self, name: str) -> list[LyricLine]:
        """Return the lines of the next section of a name; where there is none, those of any."""
        own = [lines for other, lines in self._sections if other == name]
        pool = own or [lines for _, lines in self._sections]
        if not pool:
            return []
        turn = self._next.get(name, 0)
        self._next[name] = turn + 1
        return pool[turn % len(pool)]

    def line_for(self, section: Section) -> LyricLine | None:
        """Return the next line for a section, going round its lines as often as it needs."""
        if self._held is None or self._held[0] != section or not self._held[1]:
            self._held = (section, deque(self.rest_of(section.name)))
        return self._held[1].popleft() if self._held[1] else None


def reworded(score: Score, lyrics: str, share: float, *, candidates: int, name: object) -> Score:
    """Return a score with a share of its sung lines on new words, each to its own bars and section's tune."""
    slots = slots_of(score)
    if share <= 0.0 or not lyrics.strip() or not slots:
        return score
    rapped = any(slot.line.rapped for slot in slots if slot.line)
    queue = _LyricQueue(lyrics, rapped=rapped)
    voice = voice_of(score) or _NOBODYS_VOICE
    tune = Tune(voice_part(voice, candidates, ("tune", score.seed)), SongGround.of(score))
    changing = chosen(len(slots), share, name)
    new_lines: dict[int, SungLine] = {}
    for number, slot in enumerate(slots):
        wanted = queue.line_for(slot.section)
        if wanted is not None and number in changing and slot.line is not None:
            new_lines[id(slot.line)] = sing_in(slot, wanted, tune, rapped=slot.line.rapped)
    tracks = [
        replace(track, lines=[new_lines.get(id(line), line) for line in track.lines])
        if track.lines
        else track
        for track in score.tracks
    ]
    return replace(score, tracks=tracks, underlay=None)


def sing_in(slot: Slot, line: LyricLine, tune: Tune, *, rapped: bool) -> SungLine:
    """Return a line sung in a slot; it has exactly one note a syllable."""
    placed = PlacedLine(line, slot.first_bar, slot.bars)
    return tune.line(slot.section, placed, slot.place, rapped=rapped)


def newly_sung(score: Score, lyrics: str, voice: str, share: float, *, candidates: int) -> Score:
    """Return a score in which nobody sang with a singer for a share of the lines that there is room for."""
    tune = Tune(voice_part(voice, candidates, ("tune", score.seed)), SongGround.of(score))
    places = empty_slots(score, lyrics, sections_in(score))
    changing = chosen(len(places), share, "newly sung")
    lines = [
        sing_in(slot, line, tune, rapped=False)
        for number, (slot, line) in enumerate(places)
        if number in changing
    ]
    if not lines:
        return score
    return replace(score, tracks=[*score.tracks, singer_track(voice, lines)], underlay=None)


def revoiced(score: Score, voice: str, share: float, name: object) -> Score:
    """Return a score in which a share of the lines is sung by another voice, in octaves that suit it."""
    slots = slots_of(score)
    if share <= 0.0 or voice_of(score) == voice or not slots:
        return score
    changing = chosen(len(slots), share, name)
    moving = {id(slot.line) for number, slot in enumerate(slots) if number in changing}
    lines = [line for track in score.tracks for line in track.lines if id(line) in moving]
    tracks: list[Track] = []
    for track in score.tracks:
        if not track.lines:
            tracks.append(track)
            continue
        kept = [line for line in track.lines if id(line) not in moving]
        if kept:
            tracks.append(replace(track, lines=kept))
    tracks.append(singer_track(voice, _in_range(lines, voice)))
    return replace(score, tracks=tracks, underlay=None)


def _in_range(lines: list[SungLine], voice: str) -> list[SungLine]:
    low, high = voice_table().ranges[voice]
    pitches = [note.pitch for line in lines for note in line.notes if not line.rapped]
    octave = min(
        (-24, -12, 0, 12, 24), key=lambda shift: sum(not low <= pitch + shift <= high for pitch in pitches)
    )

    def moved(pitch: float) -> float:
        pitch += octave
        while pitch < low:
            pitch += 12
        while pitch > high:
            pitch -= 12
        return pitch

    return [
        replace(line, notes=[replace(note, pitch=moved(note.pitch)) for note in line.notes]) for line in lines
    ]
