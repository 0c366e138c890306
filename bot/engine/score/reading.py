"""A score out of JSON that nobody vouches for: what is accepted can be mixed, anything else is refused.

Whatever is wrong raises ValueError with one plain sentence; nothing else is ever raised.
"""

from __future__ import annotations

import json
from dataclasses import fields as fields_of
from functools import partial
from itertools import pairwise
from typing import Any, NoReturn

from bot.engine.arrays import FRAMES_PER_S, LONGEST_NOTE_S
from bot.engine.instruments import hits, instruments, kits, roles
from bot.engine.score.json_reading import fields, flag, listing, number, one_of, text, whole
from bot.engine.score.model import (
    MODE_NAMES,
    Chord,
    Feel,
    MaskPlan,
    Note,
    Score,
    Section,
    SungLine,
    Track,
    Trim,
    Underlay,
)
from bot.engine.spec import MAX_LINE_CHARACTERS, MAX_LYRICS_CHARACTERS, MAX_SONG_S, SEED_IMAGE_IDS
from bot.engine.words.tempo_and_key import MAX_BPM, MIN_BPM

SCORE_FORMAT = 2
MAX_TRACKS = 32
MAX_NOTES = 40_000
"""Over all tracks and sung lines of one score; four minutes of death metal have 25,000."""
MAX_NOTE_SECONDS = 10_000
"""How long the notes of one score sound, one after the other; that of four minutes is about 2,000."""
MAX_NOTE_SECONDS_IN_ALL = 20_000
"""The same, those of the scores beneath it included."""
MAX_LINE_S = 30.0
"""A line is sung in one go, with its formants every 5 ms in memory."""
MAX_BARS = 1_000
MAX_DEPTH = 8
"""How many scores may lie one beneath another."""
MAX_RING_OUT_S = 20.0
MAX_LOOP_S = 120.0
"""A loop is mixed as a whole, which takes memory that a song does not."""
MAX_JSON_BYTES = 8 * 2**20
TEXTURES = frozenset({"rain", "vinyl", "wind", "waves"})

_STRETCH = 1.025  # a tempo that nobody asked for gives way by this much
_LOOP_TOLERANCE = 0.1
_LONGEST_NAME, _LONGEST_TITLE, _LONGEST_TAGS = 80, 200, 1_000
_BEYOND_BEATS = 1.0  # played early, as people do, or late
_SIGNED_FEELS = frozenset({"valence", "brightness"})
_DRUMS, _VOX = "drums", "vox"


def read_score(content: bytes) -> Score:
    """Return the score of a JSON text (UTF-8). Raises ValueError, whatever the bytes are."""
    if len(content) > MAX_JSON_BYTES:
        raise ValueError(f"The score is larger than {MAX_JSON_BYTES >> 20} MB.")

    def no_number(_: str) -> NoReturn:
        raise ValueError

    try:
        data = json.loads(content, parse_constant=no_number)
    except (ValueError, RecursionError):
        raise ValueError("The score is not a JSON document.") from None
    return score_from_json(data)


def score_from_json(data: Any) -> Score:
    """Rebuild a score from `score_to_json`. Raises ValueError for everything that is not a sane score."""
    score = _score(data, depth=1)
    in_all, beneath = 0.0, score
    while True:
        in_all += _note_seconds(beneath)
        if beneath.underlay is None:
            break
        beneath = beneath.underlay.score
    if in_all > MAX_NOTE_SECONDS_IN_ALL:
        raise ValueError("The score and those beneath it have more long notes than can be played.")
    return score


def _score(data: Any, depth: int) -> Score:
    if depth > MAX_DEPTH:
        raise ValueError(f"More than {MAX_DEPTH} scores lie one beneath another.")
    given = fields(data, "document")
    if given.get("format") != SCORE_FORMAT:
        told = given.get("format")
        shown = told if isinstance(told, int) and abs(told) < 10**6 else "unknown"
        raise ValueError(f"A score of format {shown} cannot be read by this version.")
    bars = whole(given.get("bars"), "bars", 1, MAX_BARS)
    meter = whole(given.get("meter", 4), "meter", 2, 12)
    score = Score(
        bpm=number(given.get("bpm"), "bpm", MIN_BPM / _STRETCH, MAX_BPM * _STRETCH),
        tonic=whole(given.get("tonic"), "tonic", 0, 11),
        mode=one_of(given.get("mode"), "mode", MODE_NAMES),
        meter=meter,
        bars=bars,
        swing=number(given.get("swing", 0.0), "swing", 0, 0.5),
        chords=[_bar(bar) for bar in listing(given.get("chords"), "chords", bars, bars)],
        tracks=_tracks(given.get("tracks"), bars * meter),
        feel=_feel(given.get("feel", {})),
        seed=whole(given.get("seed", 0), "seed", 0, 2**63),
        sections=_sections(given.get("sections", []), bars),
        ingredients=_ingredients(given.get("ingredients", {})),
        frames=whole(given.get("frames"), "frames", 50, round((MAX_SONG_S + MAX_RING_OUT_S) * 100)),
        key_spelling=text(given.get("key_spelling", ""), "key_spelling", 40),
        mask=_mask(given.get("mask")),
        loops=flag(given.get("loops", True), "loops"),
        title=text(given.get("title", ""), "title", _LONGEST_TITLE),
        tags=text(given.get("tags", ""), "tags", _LONGEST_TAGS),
    )
    _check_length(score)
    _check_work(score)
    score.underlay = _underlay(given.get("underlay"), score, depth)
    return score


def _check_length(score: Score) -> None:
    """Refuse a length that does not go with tempo and bars."""
    asked_s, written_s = score.frames / FRAMES_PER_S, score.beats * 60.0 / score.bpm
    most_s = MAX_LOOP_S if score.loops else MAX_SONG_S
    if written_s > most_s * (1.0 + _LOOP_TOLERANCE):
        kind = "a loop" if score.loops else "a piece"
        raise ValueError(f"The score lasts {written_s:.0f} seconds; {most_s:.0f} is the most for {kind}.")
    if score.loops and not abs(asked_s / written_s - 1.0) <= _LOOP_TOLERANCE:
        raise ValueError("The score's frames do not go with its tempo and bars.")
    if not score.loops and not -0.02 <= asked_s - written_s <= MAX_RING_OUT_S:
        raise ValueError("The score's frames do not go with its tempo and bars.")


def _check_work(score: Score) -> None:
    """Refuse what would take a worker minutes or a gigabyte, however short the piece is."""
    if _note_seconds(score) > MAX_NOTE_SECONDS:
        raise ValueError("The score has more long notes than can be played.")
    beat_s = 60.0 / score.bpm
    for line in (line for track in score.tracks for line in track.lines):
        first, last = line.notes[0], line.notes[-1]
        if (
            max(last.start + last.length - first.start, *(note.length for note in line.notes)) * beat_s
            > MAX_LINE_S
        ):
            raise ValueError(f"A line of the score's lyrics lasts more than {MAX_LINE_S:g} seconds.")


def _note_seconds(score: Score) -> float:
    """Return how long all notes sound, drum hits left out: those are always the same few."""
    beat_s = 60.0 / score.bpm
    return sum(
        min(note.length * beat_s, LONGEST_NOTE_S)
        for track in score.tracks
        if track.role != _DRUMS
        for note in track.sounding
    )


def _bar(data: Any) -> list[Chord]:
    return [_chord(chord) for chord in listing(data, "chords of a bar", 1, 4)]


def _chord(data: Any) -> Chord:
    root, steps = listing(data, "chord", 2, 2)
    intervals = listing(steps, "intervals of a chord", 1, 8)
    return Chord(
        whole(root, "root of a chord", -24, 24),
        tuple(whole(step, "interval of a chord", -24, 36) for step in intervals),
    )


def _tracks(data: Any, beats: int) -> list[Track]:
    tracks = [_track(track, beats) for track in listing(data, "tracks", 0, MAX_TRACKS)]
    notes = sum(len(track.sounding) for track in tracks)
    if notes > MAX_NOTES:
        raise ValueError(f"The score has {notes} notes; {MAX_NOTES} is the most.")
    if sum(len(line.text) for track in tracks for line in track.lines) > 2 * MAX_LYRICS_CHARACTERS:
        raise ValueError("The score has more lyrics than can be sung.")
    return tracks


def _track(data: Any, beats: int) -> Track:
    given = fields(data, "track")
    role = one_of(given.get("role"), "role of a track", roles())
    is_drums = role == _DRUMS
    instrument = one_of(given.get("instrument"), "instrument", kits() if is_drums else instruments())
    notes = listing(given.get("notes", []), "notes of a track", 0, MAX_NOTES)
    lines = listing(given.get("lines", []), "lines of a track", 0, 500)
    sings = instrument.startswith("singer_")
    if lines and not sings:
        raise ValueError(f"The score's instrument {instrument!r} cannot sing lyrics.")
    if notes and sings:
        raise ValueError("The score's singer has notes without lyrics.")
    level = number(given.get("level_db", 0.0), "level of a track", -60, 12)
    return Track(
        role=role,
        instrument=instrument,
        notes=[_note(note, beats, drums=is_drums) for note in notes],
        level_db=level,
        weight=number(given.get("weight", 1.0), "weight of a track", 0, 4),
        ingredient=text(given.get("ingredient", ""), "ingredient of a track", _LONGEST_TAGS),
        pattern=text(given.get("pattern", ""), "pattern of a track", _LONGEST_NAME),
        under_mask=flag(given.get("under_mask", False), "under_mask"),
        lines=[_line(line, beats) for line in lines],
        trim=_trim(given.get("trim")),
    )


def _note(data: Any, beats: int, *, drums: bool) -> Note:
    start, length, pitch, velocity, mark = [*listing(data, "note", 4, 5), ""][:5]
    drum = one_of(mark, "drum", hits()) if drums else text(mark, "mark of a note", _LONGEST_NAME)
    return Note(
        start=number(start, "start of a note", -_BEYOND_BEATS, beats + _BEYOND_BEATS),
        length=number(length, "length of a note", 0.001, max(16, beats)),
        pitch=number(pitch, "pitch of a note", 0, 127),
        velocity=number(velocity, "velocity of a note", 0.001, 1),
        mark=drum,
    )


def _line(data: Any, beats: int) -> SungLine:
    from bot.engine.singing import syllables  # the dictionary is read where somebody sings

    words, notes, rapped = listing(data, "sung line", 3, 3)
    line = SungLine(
        text(words, "lyrics", MAX_LINE_CHARACTERS),
        [_note(note, beats, drums=False) for note in listing(notes, "notes of a sung line", 1, 500)],
        flag(rapped, "rapped"),
    )
    needed = len(syllables(line.text))
    if needed != len(line.notes):
        raise ValueError(
            f"A line of the score's lyrics has {needed} syllables and {len(line.notes)} notes; "
            "each syllable needs one."
        )
    if any(note.start <= before.start for before, note in pairwise(line.notes)):
        raise ValueError("The syllables of a line of the score's lyrics do not follow one another.")
    return line


def _trim(data: Any) -> Trim | None:
    if data is None:
        return None
    gain, peak = listing(data, "trim of a track", 2, 2)
    return Trim(number(gain, "gain of a track", 0, 1_000_000), number(peak, "peak of a track", 0, 1_000_000))


def _feel(data: Any) -> Feel:
    given = fields(data, "feel")
    feel = Feel()
    for name in (field.name for field in fields_of(Feel)):
        if name != "textures" and name in given:
            low = -1 if name in _SIGNED_FEELS else 0
            setattr(feel, name, number(given[name], f"feel ({name})", low, 1))
    for name, amount in fields(given.get("textures", {}), "textures").items():
        feel.textures[one_of(name, "texture", TEXTURES)] = number(amount, "amount of a texture", 0, 1)
    return feel


def _sections(data: Any, bars: int) -> list[Section]:
    sections: list[Section] = []
    at = partial(whole, low=0, high=bars - 1)
    for section in listing(data, "sections", 0, min(200, bars)):
        name, first, length, energy = [*listing(section, "section", 3, 4), 1.0][:4]
        made = Section(
            text(name, "name of a section", _LONGEST_NAME),
            at(first, "first bar of a section"),
            whole(length, "bars of a section", 1, bars),
            number(energy, "energy of a section", 0, 1),
        )
        expected = sections[-1].first_bar + sections[-1].bars if sections else 0
        if made.first_bar != expected or made.first_bar + made.bars > bars:
            raise ValueError("The score's sections do not follow one another from bar to bar.")
        sections.append(made)
    if sections and sections[-1].first_bar + sections[-1].bars != bars:
        raise ValueError("The score's sections do not follow one another from bar to bar.")
    return sections


def _ingredients(data: Any) -> dict[str, float]:
    given = fields(data, "ingredients")
    if len(given) > MAX_TRACKS:
        raise ValueError(f"The score has more than {MAX_TRACKS} ingredients.")
    return {
        text(name, "ingredient", _LONGEST_TAGS): number(share, "share of an ingredient", 0, 1)
        for name, share in given.items()
    }


def _mask(data: Any) -> MaskPlan | None:
    if data is None:
        return None
    mask_id, strength = listing(data, "mask", 2, 2)
    masks = [name for name in SEED_IMAGE_IDS if name.startswith("mask_")]
    return MaskPlan(one_of(mask_id, "mask", masks), number(strength, "strength of the mask", 0, 1))


def _underlay(data: Any, over: Score, depth: int) -> Underlay | None:
    if data is None:
        return None
    given = fields(data, "underlay")
    score = _score(given.get("score"), depth + 1)
    end = given.get("end")
    start = number(given.get("start"), "start of the underlay", 0, over.beats)
    if end is not None:
        end = number(end, "end of the underlay", start, over.beats)
    if score.loops != over.loops:
        raise ValueError("The score goes round and the one beneath it does not, or the other way about.")
    return Underlay(score, start, end)
