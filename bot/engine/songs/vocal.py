"""The tune of a song: sung by a voice, or played by a lead where nobody sings."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.chance import dice
from bot.engine.compose.events import to_notes
from bot.engine.instruments import instruments
from bot.engine.score.model import SungLine, Track
from bot.engine.singing import Syllable
from bot.engine.songs.doublings import player_table
from bot.engine.songs.lines import LyricLine
from bot.engine.songs.plan import PlacedLine
from bot.engine.songs.singers import singer_of, voice_table
from bot.engine.songs.tune import Part, Shapes, line_events
from bot.engine.styles.patterns import patterns
from bot.engine.styles.style import Layer

if TYPE_CHECKING:
    from bot.engine.compose.events import Event
    from bot.engine.score.model import Note, Section
    from bot.engine.songs.ground import SongGround
    from bot.engine.styles.style import Style

_SUNG_HOOKS = frozenset({"chorus"})  # a rap's hook is sung
_RUNNING_NOTES = 8  # leads this busy keep to their own patterns
_LEAD_BELOW, _LEAD_ABOVE = 7, 10
_PLAYED_SECTIONS = frozenset({"verse", "pre-chorus", "chorus", "bridge"})
_PLAYED_SIZES = (5, 6, 7, 7, 8, 9)


class Tune:
    """Writes the lines of a song on its chords; equal shapes get equal tunes."""

    def __init__(self, part: Part, ground: SongGround) -> None:
        self._part = part
        self._ground = ground
        self._shapes = Shapes()

    def events(self, section: Section, lines: tuple[PlacedLine, ...], *, rapped: bool) -> list[list[Event]]:
        """Return the events of each line; steps count from the beginning of the piece."""
        harmony = self._ground.harmony(section)
        first = section.first_bar * self._ground.steps
        found: list[list[Event]] = []
        for place, line in enumerate(lines):
            events = line_events(line, place, section.name, self._part, harmony, self._shapes, rapped=rapped)
            for event in events:
                event.step += first
            found.append(events)
        return found

    def line(self, section: Section, placed: PlacedLine, place: int, *, rapped: bool) -> SungLine:
        """Return one line, the `place`-th of its section, with its notes."""
        events = line_events(
            placed,
            place,
            section.name,
            self._part,
            self._ground.harmony(section),
            self._shapes,
            rapped=rapped,
        )
        for event in events:
            event.step += section.first_bar * self._ground.steps
        return SungLine(placed.line.text, voiced(events, self._ground.swing), rapped)

    def sung(self, section: Section, lines: tuple[PlacedLine, ...], *, rapped: bool) -> list[SungLine]:
        """Return the lines with their notes; rapped ones only where the section is no sung hook."""
        rapped = rapped and section.name not in _SUNG_HOOKS
        return [
            SungLine(line.line.text, voiced(events, self._ground.swing), rapped)
            for line, events in zip(lines, self.events(section, lines, rapped=rapped), strict=True)
        ]


def voiced(events: list[Event], swing: float) -> list[Note]:
    """Return the notes of one voice: swing moves where they start, so each is cut where the next begins."""
    notes = to_notes(events, swing)
    ends = [note.start for note in notes[1:]] + [math.inf]
    return [
        replace(note, length=min(note.length, round(end - note.start, 5)))
        for note, end in zip(notes, ends, strict=True)
    ]


def voice_part(voice: str, candidates: int, name: tuple[object, ...], weirdness: float = 0.0) -> Part:
    """Return the part of a voice."""
    table = voice_table()
    low, high = table.ranges[voice]
    return Part(low, high, table.speech[voice], candidates, name, weirdness)


def singer_track(voice: str, lines: list[SungLine]) -> Track:
    """Return a singer's track."""
    return Track("vox", singer_of(voice), [], lines=lines)


def sung_stretches(lines: list[SungLine]) -> list[tuple[float, float]]:
    """Return the sixteenths (first, after the last) that each line takes."""
    return [
        (line.notes[0].start * 4, (line.notes[-1].start + line.notes[-1].length) * 4)
        for line in lines
        if line.notes
    ]


def tune_lead(style: Style, seed: int) -> Layer | None:
    """Return the lead that plays the tune of an instrumental; None where the leads are too busy for one."""
    leads = [layer for layer in style.layers if layer.role == "lead"]
    for layer in leads:
        habit = patterns().lead.get(layer.pattern)
        if habit is None or habit.notes_a_bar < _RUNNING_NOTES:
            return layer
    if leads:
        return None
    playing = {layer.instrument for layer in style.layers} | style.refused
    free = [name for name in player_table().leads if name not in playing] or list(player_table().leads)
    return Layer("lead", dice("lead", seed).choice(free), "mel", -1.0)


def lead_part(layer: Layer, candidates: int, name: tuple[object, ...]) -> Part:
    """Return the part of an instrument that plays the tune, around where its melodies lie."""
    instrument = instruments()[layer.instrument]
    home = instrument.in_range(instrument.home + 12 * layer.octave)
    low = max(instrument.low, round(home) - _LEAD_BELOW)
    high = min(instrument.high, round(home) + _LEAD_ABOVE)
    return Part(min(low, high - 12), high, round(home), candidates, name)


def played_lines(section: Section, seed: int) -> tuple[PlacedLine, ...]:
    """Return wordless lines of two bars for a section of an instrumental."""
    if section.name not in _PLAYED_SECTIONS:
        return ()
    chance = dice("wordless", seed, section.name)
    first, second = chance.choice(_PLAYED_SIZES), chance.choice(_PLAYED_SIZES)
    sizes = (first, second, first, second - 1)
    lines: list[PlacedLine] = []
    for bar in range(0, section.bars - 1, 2):
        size = sizes[bar // 2 % len(sizes)]
        sounds = tuple(Syllable((), "AA", (), "la", stress=int(at % 2 == 0)) for at in range(size))
        lines.append(PlacedLine(LyricLine("", sounds), bar, 2))
    return tuple(lines)
