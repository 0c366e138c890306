"""Replacing a stretch: inside it the music is made anew, outside every sample stays."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.chance import whole_hash
from bot.engine.morphs.cells import chosen, merged
from bot.engine.morphs.joining import EARLY, joined, laid_over
from bot.engine.morphs.source import (
    arranged,
    made_odd,
    pull,
    sections_in,
    style_of,
    tags_of,
    unrolled,
)
from bot.engine.morphs.words import empty_slots, sing_in, slots_of, voice_of
from bot.engine.score.model import Score, Section, SungLine, Track
from bot.engine.songs.ground import SongGround
from bot.engine.songs.lines import LyricLine, breath_lines, syllables_of
from bot.engine.songs.sheet import parse_lyrics
from bot.engine.songs.singers import qualities, voice_or_guess
from bot.engine.songs.vocal import Tune, singer_track, voice_part

if TYPE_CHECKING:
    from bot.engine.morphs.words import Slot
    from bot.engine.score.model import Note
    from bot.engine.spec import MorphSpec
    from bot.engine.styles.style import Style


def span_of(score: Score, start_s: float, end_s: float) -> tuple[float, float]:
    """Return the beats of a stretch, snapped to bars, or to beats where it is shorter than a bar.

    Raises ValueError where it begins after the end of the piece.
    """
    beat_s = 60.0 / score.bpm
    if start_s >= score.beats * beat_s:
        raise ValueError("The part to replace starts after the end of the piece.")
    first, last = (round(time_s / (beat_s * score.meter)) for time_s in (start_s, end_s))
    if last > first and first < score.bars:
        return float(first * score.meter), float(min(score.bars, last) * score.meter)
    start = min(math.floor(start_s / beat_s + 1e-6), score.beats - 1)
    end = max(start + 1, min(score.beats, math.ceil(end_s / beat_s - 1e-6)))
    return float(start), float(end)


def inpaint(score: Score, spec: MorphSpec) -> Score:
    """Return the song with the stretch `replace_start_s`..`replace_end_s` made anew on the same chords.

    How much inside changes is `variation_strength` for the band and the tune, `lyrics_strength` for new
    words and, where there are tags, `sound_prompt_strength` for their style. All of them at 0 change nothing.
    """
    style_share = pull(spec.sound_prompt_strength) if spec.tags.strip() else 0.0
    word_share = pull(spec.lyrics_strength) if spec.lyrics.strip() else 0.0
    if max(style_share, word_share, spec.variation_strength) <= 0.0:
        return score
    base = unrolled(score)
    start, end = span_of(base, spec.replace_start_s or 0.0, spec.replace_end_s or 0.0)
    sung = _sung(base, start, end, spec, word_share)
    band = [track for track in base.tracks if not track.lines]
    inside = [replace(track, notes=_notes(track, start, end)) for track in band]
    outside = [_without(track, start, end) for track in band]
    beats = [beat for beat in range(0, base.beats, base.meter) if start <= beat < end] or [start]
    starts = [float(beat) for beat in beats]
    own = style_of(tags_of(base), base, base.seed)
    fresh = _fresh(base, own, sung, (start, end), spec, "inpaint")
    inside = merged(inside, fresh, starts, spec.variation_strength, ("inpaint", spec.seed))
    if style_share > 0.0:
        other = style_of(spec.tags, base, whole_hash("inpaint sound", spec.seed, spec.take))
        tagged = _fresh(base, other, sung, (start, end), spec, "inpaint tags")
        inside = merged(inside, tagged, starts, style_share, ("inpaint tags", spec.seed))
    return replace(
        base,
        tracks=joined(outside, [track for track in inside if track.notes]) + sung,
        underlay=laid_over(base, start, end if end < base.beats else None),
    )


def _notes(track: Track, start: float, end: float) -> list[Note]:
    return [note for note in track.notes if start - EARLY <= note.start < end - EARLY]


def _without(track: Track, start: float, end: float) -> Track:
    kept = [note for note in track.notes if not start - EARLY <= note.start < end - EARLY]
    return replace(track, notes=kept)


def _fresh(
    base: Score, style: Style, sung: list[Track], span: tuple[float, float], spec: MorphSpec, purpose: str
) -> list[Track]:
    """Return what a style's band would play in the stretch."""
    seed = whole_hash(purpose, spec.seed, spec.take)
    band = arranged(style, SongGround.of(base), sections_in(base), sung, spec.quality, seed)
    return made_odd([replace(track, notes=_notes(track, *span)) for track in band], spec.weirdness, seed)


def _sung(base: Score, start: float, end: float, spec: MorphSpec, word_share: float) -> list[Track]:
    """Return the singers' tracks; lines that begin and end inside get new words or a new tune."""
    slots = [slot for slot in slots_of(base) if slot.line and _is_inside(slot.line, start, end)]
    if not slots:
        return _newly_sung(base, start, end, spec, word_share)
    rapped = any(slot.line.rapped for slot in slots if slot.line)
    parsed = parse_lyrics(spec.lyrics) if word_share > 0.0 else []
    words = [line for section in parsed for line in breath_lines(section.lines, rapped=rapped)]
    worded = chosen(len(slots), word_share, ("inpaint words", spec.seed)) if words else set[int]()
    varied = chosen(len(slots), spec.variation_strength, ("inpaint tune", spec.seed))
    own, new = (_tune(base, spec, name) for name in (("tune", base.seed), ("inpaint", base.seed, spec.seed)))
    replaced: dict[int, SungLine] = {}
    for number, slot in enumerate(slots):
        if slot.line is None or number not in worded | varied:
            continue
        line = words[number % len(words)] if number in worded else _again(slot.line)
        tune = new if number in varied else own
        replaced[id(slot.line)] = sing_in(slot, line, tune, rapped=slot.line.rapped)
    return [
        replace(track, lines=[replaced.get(id(line), line) for line in track.lines])
        for track in base.tracks
        if track.lines
    ]


def _is_inside(line: SungLine, start: float, end: float) -> bool:
    return line.notes[0].start >= start - EARLY and line.notes[-1].start < end - EARLY


def _again(line: SungLine) -> LyricLine:
    return LyricLine(line.text, syllables_of(line.text))


def _tune(base: Score, spec: MorphSpec, name: tuple[object, ...]) -> Tune:
    voice = voice_of(base) or voice_or_guess(spec.voice, spec.tags)
    oddness = max(0.0, spec.weirdness - 0.5)
    part = voice_part(voice, qualities()[spec.quality].candidates, name, oddness)
    return Tune(part, SongGround.of(base))


def _newly_sung(base: Score, start: float, end: float, spec: MorphSpec, word_share: float) -> list[Track]:
    """Return the singers' tracks with new lines in a stretch where nobody sang."""
    singers = [track for track in base.tracks if track.lines]
    first, last = math.ceil(start / base.meter), int(end // base.meter)
    if word_share <= 0.0 or last <= first:
        return singers
    around = next(part for part in reversed(sections_in(base)) if part.first_bar <= first)
    name = "verse" if around.name in {"intro", "outro", "solo", "break"} else around.name
    stretch = Section(name, first, last - first, around.energy)
    places: list[tuple[Slot, LyricLine]] = empty_slots(base, spec.lyrics, [stretch])
    changing = chosen(len(places), word_share, ("inpaint words", spec.seed))
    tune = _tune(base, spec, ("tune", base.seed))
    lines = [
        sing_in(slot, line, tune, rapped=False)
        for number, (slot, line) in enumerate(places)
        if number in changing
    ]
    if not lines:
        return singers
    voice = voice_of(base) or voice_or_guess(spec.voice, spec.tags)
    return joined(singers, [singer_track(voice, lines)])
