"""A score as a Standard MIDI File: format 1, General MIDI programs, drums on channel 10.

Shapes are those of the "Standard MIDI-File Format Spec. 1.1": one track for tempo, meter, key and sections,
then one for each player. Pitches are rounded to semitones. Text is UTF-8.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.engine.arrays import FRAMES_PER_S
from bot.engine.instruments import hits, instruments, kits
from bot.engine.singing import syllables
from bot.engine.tables_io import demand, number_of, read_table
from bot.engine.theory.metre import metre_of

if TYPE_CHECKING:
    from bot.engine.score.model import Note, Score, SungLine, Track

TICKS_PER_BEAT = 480

_DRUM_CHANNEL = 9
_MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != _DRUM_CHANNEL)
_VOLUME, _PAN, _CENTRE = 7, 10, 64
_LEVEL_AT_0_DB = 100
_CLOCKS_PER_QUARTER, _STEPS_PER_QUARTER = 24, 4
_TEXT, _NAME, _LYRIC, _MARKER, _END, _TEMPO, _METER, _KEY = 0x01, 0x03, 0x05, 0x06, 0x2F, 0x51, 0x58, 0x59
# How far above its tonic the major key lies that has the same signs.
_SIGNS_OF_MODE = {"min": 3, "ins": 3, "blu": 3, "dor": 10, "phr": 8, "sle": 8, "lyd": 7, "mix": 5, "phd": 5}
_MINOR = frozenset({"min", "ins", "blu"})

# (tick, order at the same tick, bytes)
Event = tuple[int, int, bytes]
_FIRST, _OFF, _BEFORE, _ON = range(4)


def midi_file(score: Score) -> bytes:
    """Return the score as the bytes of a MIDI file; what sounds only through a mask is left out."""
    players = [track for track in score.tracks if track.sounding and not track.under_mask]
    channels = _channels(players)
    chunks = [_conductor(score)] + [
        _player(track, channel, score) for track, channel in zip(players, channels, strict=True)
    ]
    return struct.pack(">4sIHHH", b"MThd", 6, 1, len(chunks), TICKS_PER_BEAT) + b"".join(chunks)


@lru_cache(maxsize=1)
def numbers() -> dict[str, dict[str, int]]:
    """Return General MIDI's numbers from 0: `programs` by instrument, `drums` by mark, `kits` by kit.

    Raises TableError where one is missing or none.
    """
    table = read_table("midi")
    for kind, known in (("programs", instruments()), ("drums", hits()), ("kits", kits())):
        missing = known.keys() - table[kind].keys()
        demand(not missing, f"midi.{kind}", f"lacks {sorted(missing)}")
        for name, value in table[kind].items():
            number_of(value, f"midi.{kind}.{name}", 0, 127)
    return table


def _channels(players: list[Track]) -> list[int]:
    """One channel a player; beyond fifteen, players of one program share it, and then the last is shared."""
    by_program: dict[int, int] = {}
    free = list(_MELODIC_CHANNELS)
    crowded = sum(track.role != "drums" for track in players) > len(free)
    given: list[int] = []
    for track in players:
        if track.role == "drums":
            given.append(_DRUM_CHANNEL)
            continue
        program = numbers()["programs"][track.instrument]
        if crowded and program in by_program:
            given.append(by_program[program])
            continue
        channel = free.pop(0) if free else _MELODIC_CHANNELS[-1]
        by_program[program] = channel
        given.append(channel)
    return given


def _conductor(score: Score) -> bytes:
    events = [
        _meta(0, _NAME, _encoded(score.title or "Riffcord")),
        _meta(0, _TEXT, _encoded(score.tags)),
        _meta(0, _TEMPO, round(60_000_000 / _sounding_bpm(score)).to_bytes(3, "big")),
        _meta(0, _METER, _time_signature(score)),
        _meta(0, _KEY, _key_signature(score)),
    ]
    events += [
        _meta(_tick(part.first_bar * score.meter), _MARKER, _encoded(part.name)) for part in score.sections
    ]
    return _chunk(events, _tick(score.beats))


def _time_signature(score: Score) -> bytes:
    """As the metre is written: 6/8, though the score counts quarters; a click is a beat that is tapped."""
    metre = metre_of(score.meter)
    above, below = map(int, metre.name.split("/"))
    clocks = _CLOCKS_PER_QUARTER * metre.groups[0] // _STEPS_PER_QUARTER
    return bytes((above, below.bit_length() - 1, clocks, 8))


def _sounding_bpm(score: Score) -> float:
    """The tempo that is heard: a loop's is bent a little to fill its columns exactly."""
    return score.beats * 60.0 * FRAMES_PER_S / score.frames if score.loops else score.bpm


def _key_signature(score: Score) -> bytes:
    major_tonic = (score.tonic + _SIGNS_OF_MODE.get(score.mode, 0)) % 12
    sharps = (major_tonic * 7 + 5) % 12 - 5  # the circle of fifths, from five flats to six sharps
    return struct.pack(">bB", sharps, score.mode in _MINOR)


def _player(track: Track, channel: int, score: Score) -> bytes:
    is_drums = track.role == "drums"
    program = numbers()["kits" if is_drums else "programs"][track.instrument]
    label = kits()[track.instrument][0] if is_drums else instruments()[track.instrument].label
    volume = min(127, max(1, round(_LEVEL_AT_0_DB * 10 ** (track.level_db / 40.0))))
    events = [
        _meta(0, _NAME, _encoded(label)),
        (0, _BEFORE, bytes((0xC0 | channel, program))),
        (0, _BEFORE, bytes((0xB0 | channel, _VOLUME, volume))),
        (0, _BEFORE, bytes((0xB0 | channel, _PAN, _CENTRE))),
    ]
    for line in track.lines:
        events += _lyrics(line)
    events += _notes(track.sounding, channel, is_drums=is_drums)
    return _chunk(events, _tick(score.beats))


def _lyrics(line: SungLine) -> list[Event]:
    """One event a syllable; a blank begins each word, a new line each line but the first in most players."""
    events: list[Event] = []
    for place, (syllable, note) in enumerate(zip(syllables(line.text), line.notes, strict=False)):
        before = "\n" if place == 0 else " " if syllable.begins_word else ""
        events.append(_meta(_tick(note.start), _LYRIC, _encoded(before + syllable.text)))
    return events


def _notes(notes: list[Note], channel: int, *, is_drums: bool) -> list[Event]:
    """On and off for each note; a key that is struck again is let go first, for a channel has it once."""
    spans: dict[int, list[tuple[int, int, int]]] = {}
    for note in notes:
        key = numbers()["drums"][note.mark] if is_drums else min(127, max(0, round(note.pitch)))
        begin = _tick(note.start)
        end = max(begin + 1, _tick(note.start + note.length))
        spans.setdefault(key, []).append((begin, end, max(1, round(127 * note.velocity))))
    events: list[Event] = []
    for key, sounding in spans.items():
        sounding.sort(key=lambda span: (span[0], span[2], span[1]))
        for place, (begin, end, velocity) in enumerate(sounding):
            follower = sounding[place + 1][0] if place + 1 < len(sounding) else end
            if follower == begin:  # struck twice at once: the last, which is the loudest, counts
                continue
            events.append((begin, _ON, bytes((0x90 | channel, key, velocity))))
            events.append((min(end, follower), _OFF, bytes((0x80 | channel, key, 64))))
    return events


def _tick(beat: float) -> int:
    """Early notes of a first bar begin with it."""
    return max(0, round(beat * TICKS_PER_BEAT))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _meta(tick: int, kind: int, body: bytes) -> Event:
    order = _FIRST if kind in (_NAME, _TEXT, _TEMPO, _METER, _KEY) else _BEFORE
    return (tick, order, bytes((0xFF, kind)) + _variable(len(body)) + body)


def _variable(number: int) -> bytes:
    """A number in groups of seven bits, the highest first, all but the last with the top bit set."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(0x80 | number & 0x7F)
    return bytes(reversed(groups))


def _chunk(events: list[Event], end_tick: int) -> bytes:
    """A track of events in order of time, closed where the piece ends or with the last event."""
    body = bytearray()
    now = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        body += _variable(tick - now) + message
        now = tick
    body += _variable(max(0, end_tick - now)) + bytes((0xFF, _END, 0))
    return struct.pack(">4sI", b"MTrk", len(body)) + body
