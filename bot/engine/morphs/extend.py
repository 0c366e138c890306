"""Making it longer: everything up to a bar line stays as it was, to the sample, and new sections follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.engine.chance import whole_hash
from bot.engine.morphs.cells import merged
from bot.engine.morphs.joining import EARLY, before, copied, joined, laid_over, shifted
from bot.engine.morphs.source import arranged, made_odd, pull, sections_in, style_of, tags_of, unrolled
from bot.engine.morphs.words import pace_of, voice_of
from bot.engine.score.model import Score, Section, SungLine, Track
from bot.engine.songs.fit import fit_bars
from bot.engine.songs.ground import SongGround
from bot.engine.songs.plan import (
    PlannedSection,
    bars_within,
    longest_bars,
    numbered,
    plan_song,
    played_section,
    total_bars,
)
from bot.engine.songs.sheet import parse_lyrics
from bot.engine.songs.singers import qualities, voice_or_guess
from bot.engine.songs.song import sections_of, song_chords, song_frames
from bot.engine.songs.vocal import Tune, singer_track, voice_part
from bot.engine.spec import MAX_SONG_S

if TYPE_CHECKING:
    from bot.engine.score.model import Chord
    from bot.engine.spec import MorphSpec
    from bot.engine.styles.style import Style

_FEWEST_NEW_BARS = 2


@dataclass(frozen=True, slots=True)
class _Addition:
    """What is to follow: its sections counted from the cut, and where in the source each comes from."""

    planned: list[PlannedSection]
    sections: list[Section]
    models: list[Section]


def extend(score: Score, spec: MorphSpec) -> Score:
    """Return the song made longer from `crop_end_s` on, or from its outro; a loop is played once before.

    `length_s` is that of the finished piece. With a `variation_strength` of 0 the new part says again what
    the song has said; at 1 it is newly composed. Raises ValueError where nothing would fit.
    """
    base = unrolled(score)
    cut = _cut_bar(base, spec)
    addition = _planned(base, cut, spec)
    style = style_of(tags_of(base), base, base.seed)
    chords = base.chords[:cut] + _chords(base, addition, style)
    ground = SongGround(base.tonic, base.mode, base.meter, base.swing, chords)
    sections = [*_kept_sections(base, cut), *addition.sections]
    copies = copied(base.tracks, addition.sections, addition.models, base.meter)
    lines = _lines(base, addition, ground, spec)
    singers = [singer_track(voice_of(base) or _asked(spec), lines)] if lines else []
    fresh = _new_band(style, ground, sections, cut, singers, spec, "extend")
    starts = [float(section.first_bar * base.meter) for section in addition.sections]
    # The final chord is never a copy.
    last = (len(chords) - 1) * base.meter
    copies = [replace(track, notes=[n for n in track.notes if n.start < last - EARLY]) for track in copies]
    ending = [replace(track, notes=[n for n in track.notes if n.start >= last - EARLY]) for track in fresh]
    fresh = [replace(track, notes=[n for n in track.notes if n.start < last - EARLY]) for track in fresh]
    new = merged(copies, fresh, starts, spec.variation_strength, ("extend", spec.seed)) + ending
    share = pull(spec.sound_prompt_strength) if spec.tags.strip() else 0.0
    if share > 0.0:
        other = style_of(spec.tags, base, whole_hash("extend sound", spec.seed, spec.take))
        tagged = _new_band(other, ground, sections, cut, singers, spec, "tags")
        new = merged(new, tagged, starts, share, ("extend tags", spec.seed))
    kept = before(base.tracks, cut * base.meter)
    bars = len(chords)
    return replace(
        base,
        bars=bars,
        chords=chords,
        sections=sections,
        tracks=joined(kept, [track for track in new if track.notes] + singers),
        frames=song_frames(bars * base.meter, base.bpm),
        underlay=laid_over(base, float(cut * base.meter), None),
    )


def _cut_bar(base: Score, spec: MorphSpec) -> int:
    bar_s = base.meter * 60.0 / base.bpm
    if spec.crop_end_s is None:
        last = sections_in(base)[-1]
        return last.first_bar if last.name == "outro" and last.first_bar else base.bars
    return max(1, min(base.bars, round(spec.crop_end_s / bar_s)))


def _planned(base: Score, cut: int, spec: MorphSpec) -> _Addition:
    pace = pace_of(base, rapped=_rapped(base))
    words = spec.lyrics if pull(spec.lyrics_strength) > 0.0 else ""
    lyrics = parse_lyrics(words)
    if lyrics:
        planned = plan_song(lyrics, pace, sung=True)
        if lyrics[0].name != "intro":  # an intro in the middle of a song
            planned = planned[1:]
    else:
        chorus = next((s for s in reversed(sections_in(base)) if s.name == "chorus"), None)
        model = chorus or max(sections_in(base), key=lambda section: section.bars)
        body = PlannedSection(model.name, max(_FEWEST_NEW_BARS, model.bars))
        planned = [body, played_section("outro", pace)]
    room = longest_bars(pace.bar_s, MAX_SONG_S) - cut
    if spec.length_s is not None:
        room = min(room, bars_within(spec.length_s, pace.bar_s) - cut)
    elif total_bars(planned) <= room:
        room = total_bars(planned)
    if room < _FEWEST_NEW_BARS:
        raise ValueError("There is no room for more: ask for a longer piece, or cut it earlier.")
    planned = fit_bars(planned, room, pace) if total_bars(planned) != room else numbered(planned)
    sections = sections_of(planned, cut)
    return _Addition(planned, sections, [_model(base, section) for section in sections])


def _model(base: Score, section: Section) -> Section:
    """Return the section of the source that a new one is like: the last of its name, or the fullest."""
    known = sections_in(base)
    own = [other for other in known if other.name == section.name]
    return own[-1] if own else max(known, key=lambda other: (other.energy, other.bars))


def _rapped(base: Score) -> bool:
    return any(line.rapped for track in base.tracks for line in track.lines)


def _asked(spec: MorphSpec) -> str:
    return voice_or_guess(spec.voice, spec.tags)


def _chords(base: Score, addition: _Addition, style: Style) -> list[list[Chord]]:
    chords: list[list[Chord]] = []
    fallback = song_chords(addition.planned, style, base.seed)
    for section, model in zip(addition.sections, addition.models, strict=True):
        own = base.chords[model.first_bar : model.first_bar + model.bars]
        known = own if model.name == section.name else []
        chords += [
            known[bar % len(known)] if known else fallback[len(chords) + bar] for bar in range(section.bars)
        ]
    chords[-1] = fallback[-1]
    return chords


def _kept_sections(base: Score, cut: int) -> list[Section]:
    return [
        replace(section, bars=min(section.bars, cut - section.first_bar))
        for section in sections_in(base)
        if section.first_bar < cut
    ]


def _lines(base: Score, addition: _Addition, ground: SongGround, spec: MorphSpec) -> list[SungLine]:
    """Return what is sung in the new part: new words on the song's tunes, or its own lines again."""
    if any(part.lines for part in addition.planned):
        voice = voice_of(base) or _asked(spec)
        candidates = qualities()[spec.quality].candidates
        part = voice_part(voice, candidates, ("tune", base.seed), max(0.0, spec.weirdness - 0.5))
        tune = Tune(part, ground)
        rapped = _rapped(base)
        return [
            line
            for planned, section in zip(addition.planned, addition.sections, strict=True)
            for line in tune.sung(section, planned.lines, rapped=rapped)
        ]
    lines: list[SungLine] = []
    for section, model in zip(addition.sections, addition.models, strict=True):
        if model.name != section.name:
            continue
        first = model.first_bar * base.meter
        end = (section.first_bar + section.bars) * base.meter
        shift = section.first_bar * base.meter - first
        for line in (line for track in base.tracks for line in track.lines if line.notes):
            inside = first - EARLY <= line.notes[0].start < first + model.bars * base.meter - EARLY
            if inside and line.notes[-1].start + shift < end - EARLY:
                lines.append(shifted(line, shift))
    return lines


def _new_band(
    style: Style,
    ground: SongGround,
    sections: list[Section],
    cut: int,
    singers: list[Track],
    spec: MorphSpec,
    purpose: str,
) -> list[Track]:
    seed = whole_hash(purpose, spec.seed, spec.take)
    band = arranged(style, ground, sections, singers, spec.quality, seed)
    band = made_odd(band, spec.weirdness, seed)
    start = cut * ground.meter - EARLY
    return [replace(track, notes=[note for note in track.notes if note.start >= start]) for track in band]
