"""The MIDI file of a score, read by an independent reader."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from typing import Any

import mido
import pytest

from bot.engine import Score
from bot.engine.instruments import hits, instruments, kits
from bot.engine.score.midi import TICKS_PER_BEAT, midi_file, numbers
from bot.engine.score.model import Note, Section, SungLine, Track
from bot.engine.singing import syllables
from tests.engine.test_score import score_of


def read(score: Score) -> Any:
    """The file as mido reads it, which refuses what is not in order."""
    return mido.MidiFile(file=io.BytesIO(midi_file(score)), charset="utf-8")


def of_kind(track: Any, kind: str) -> list[Any]:
    """The messages of one kind."""
    return [message for message in track if message.type == kind]


def test_every_instrument_kit_and_drum_has_a_number() -> None:
    """Nothing that can be played is without its General MIDI number."""
    table = numbers()
    assert instruments().keys() <= table["programs"].keys()
    assert kits().keys() <= table["kits"].keys()
    assert hits().keys() <= table["drums"].keys()


def test_tempo_meter_key_and_sections_stand_in_the_first_track() -> None:
    """They are those of the score, and the file lasts as long as the loop."""
    score = score_of("synthwave 120 bpm in F# minor", length_s=40.0)
    file = read(score)
    first = file.tracks[0]
    assert (file.type, file.ticks_per_beat) == (1, TICKS_PER_BEAT)
    assert mido.tempo2bpm(of_kind(first, "set_tempo")[0].tempo) == pytest.approx(120.0, rel=0.01)
    assert of_kind(first, "key_signature")[0].key == "F#m"
    meter = of_kind(first, "time_signature")[0]
    assert (meter.numerator, meter.denominator) == (4, 4)
    assert [marker.text for marker in of_kind(first, "marker")] == [part.name for part in score.sections]
    assert sum(message.time for message in first) == score.beats * TICKS_PER_BEAT
    assert file.length == pytest.approx(score.frames / 100.0, abs=2.0)


def test_every_note_is_there_at_its_time() -> None:
    """Each player's notes, to the tick, on its own channel; drums on the tenth."""
    score = score_of("funk with brass", length_s=20.0)
    file = read(score)
    players = [track for track in score.tracks if track.notes and not track.under_mask]
    assert len(file.tracks) == 1 + len(players)
    channels: Counter[int] = Counter()
    for written, player in zip(file.tracks[1:], players, strict=True):
        now, starts = 0, list[tuple[int, int]]()
        for message in written:
            now += message.time
            if message.type == "note_on":
                starts.append((now, message.note))
                channels[message.channel] += 1
        table = numbers()
        expected = {
            (
                max(0, round(note.start * TICKS_PER_BEAT)),
                table["drums"][note.mark] if player.role == "drums" else round(note.pitch),
            )
            for note in player.notes
        }
        assert set(starts) == expected
        kind = "kits" if player.role == "drums" else "programs"
        assert of_kind(written, "program_change")[0].program == table[kind][player.instrument]
        assert of_kind(written, "note_on")[0].channel == 9 or player.role != "drums"
    assert 9 in channels


def test_a_struck_key_is_let_go_before_it_is_struck_again() -> None:
    """On one channel no key sounds twice at a time, and none is left sounding."""
    file = read(score_of("drum and bass", length_s=20.0))
    for track in file.tracks:
        held: set[tuple[int, int]] = set()
        for message in track:
            if message.type == "note_on":
                assert (message.channel, message.note) not in held
                held.add((message.channel, message.note))
            elif message.type == "note_off":
                held.remove((message.channel, message.note))
        assert held == set()


@pytest.mark.parametrize("text", ["The morning comes again", "我爱你中国"])
def test_sung_lines_carry_their_words(text: str) -> None:
    """Each syllable is a lyric at its note; together they are the line."""
    notes = [Note(float(place), 0.9, 60.0 + place, 0.8) for place in range(len(syllables(text)))]
    score = score_of("pop", length_s=12.0)
    singer = Track("vox", "voice_aah", [], lines=[SungLine(text, notes)])
    file = read(replace(score, tracks=[*score.tracks, singer], sections=[Section("verse", 0, score.bars)]))
    told = [lyric.text for lyric in of_kind(file.tracks[-1], "lyrics")]
    assert len(told) == len(notes)
    letters = "".join(character for character in "".join(told).lower() if character.isalpha())
    assert letters == "".join(character for character in text.lower() if character.isalpha())
    assert len(of_kind(file.tracks[-1], "note_on")) == len(notes)


def test_more_players_than_channels_still_fit() -> None:
    """Thirty-two players are written, none of them on the drums' channel."""
    score = score_of("pop")
    names = sorted(instruments())[:32]
    notes = [Note(0.0, 1.0, 60.0, 0.8)]
    crowd = [Track("comp", name, list(notes)) for name in names]
    file = read(replace(score, tracks=crowd))
    channels = {of_kind(track, "note_on")[0].channel for track in file.tracks[1:]}
    assert len(file.tracks) == 33
    assert 9 not in channels


@pytest.mark.parametrize(
    "mode", ["maj", "min", "dor", "phr", "lyd", "mix", "blu", "pen", "ins", "phd", "sle"]
)
def test_every_key_can_be_signed(mode: str) -> None:
    """All twelve tonics in each mode have a key signature that readers know."""
    score = score_of("pop")
    keys = {
        of_kind(read(replace(score, tonic=tonic, mode=mode)).tracks[0], "key_signature")[0].key
        for tonic in range(12)
    }
    assert len(keys) == 12


@pytest.mark.parametrize(
    ("beats", "written", "clocks"), [(4, (4, 4), 24), (6, (6, 8), 36), (7, (7, 8), 24), (5, (5, 4), 24)]
)
def test_the_metre_is_written_as_people_write_it(beats: int, written: tuple[int, int], clocks: int) -> None:
    """A jig is in 6/8, though the score counts quarters; the click is on the beat that a foot taps."""
    score = score_of("folk")
    bars = [bar[:1] for bar in score.chords]
    told = of_kind(read(replace(score, meter=beats, chords=bars, sections=[])).tracks[0], "time_signature")
    assert [(one.numerator, one.denominator) for one in told] == [written]
    assert told[0].clocks_per_click == clocks


def test_of_two_strokes_at_once_the_louder_counts() -> None:
    """A key is struck once, as hard as the hardest, though the softer is held for longer."""
    track = Track("lead", "piano", [Note(0, 4, 60, 0.2), Note(0, 1, 60, 1.0)])
    file = read(replace(score_of("folk"), tracks=[track]))
    assert [message.velocity for message in of_kind(file.tracks[1], "note_on")] == [127]
