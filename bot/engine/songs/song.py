"""A request to a song: lyrics, plan, chords, voice and band make one score."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.arrays import FRAMES_PER_S
from bot.engine.chance import whole_hash
from bot.engine.compose.events import to_notes
from bot.engine.score.model import Score, Section, Track
from bot.engine.songs.band import BandPlan, play_band
from bot.engine.songs.cast import Cast, bars_of, cast_song, home_chord, section_progressions
from bot.engine.songs.doublings import player_table
from bot.engine.songs.fit import fit_bars
from bot.engine.songs.ground import SongGround
from bot.engine.songs.plan import (
    RING_OUT_S,
    Pace,
    PlannedSection,
    bars_within,
    longest_bars,
    numbered,
    plan_song,
    total_bars,
)
from bot.engine.songs.sections import manner_of
from bot.engine.songs.sheet import parse_lyrics
from bot.engine.songs.vocal import (
    Tune,
    lead_part,
    played_lines,
    singer_track,
    sung_stretches,
    tune_lead,
    voice_part,
)
from bot.engine.songs.writer import write_lyrics
from bot.engine.spec import MAX_SONG_S
from bot.engine.styles.style import Layer

if TYPE_CHECKING:
    from bot.engine.score.model import Chord, SungLine
    from bot.engine.spec import SongSpec
    from bot.engine.styles.style import Style


def write_song(spec: SongSpec) -> Score:
    """Return a song's score; the same spec gives the same score. Nothing is measured or rendered."""
    cast = cast_song(spec)
    pace = Pace(cast.style.meter * 60.0 / cast.style.bpm, cast.style.meter, cast.rapped)
    planned = _planned(spec, cast, pace)
    sections = sections_of(planned)
    chords = song_chords(planned, cast.style, cast.seed)
    ground = SongGround(cast.tonic, cast.style.mode, cast.style.meter, cast.style.swing, chords)
    tracks = _tracks(cast, planned, sections, ground)
    bars = total_bars(planned)
    return Score(
        bpm=cast.style.bpm,
        tonic=cast.tonic,
        mode=cast.style.mode,
        meter=cast.style.meter,
        bars=bars,
        swing=cast.style.swing,
        chords=chords,
        tracks=tracks,
        feel=cast.style.feel,
        seed=cast.seed,
        sections=sections,
        ingredients={cast.style.identity: 1.0},
        frames=song_frames(bars * cast.style.meter, cast.style.bpm),
        key_spelling=cast.style.key_spelling,
        loops=False,
        title=spec.title.strip() or spec.topic.strip()[:80],
        tags=spec.tags.strip(),
    )


def song_frames(beats: float, bpm: float) -> int:
    """Return the columns of 10 ms that so many beats and the ringing out take."""
    return math.ceil((beats * 60.0 / bpm + RING_OUT_S) * FRAMES_PER_S)


def _planned(spec: SongSpec, cast: Cast, pace: Pace) -> list[PlannedSection]:
    lyrics = spec.lyrics
    if not lyrics.strip() and not cast.instrumental:
        lyrics = write_lyrics(spec.topic.strip() or spec.title.strip(), tags=spec.tags, seed=cast.seed)
    planned = plan_song(parse_lyrics(lyrics), pace, sung=not cast.instrumental)
    most = longest_bars(pace.bar_s, MAX_SONG_S)
    if spec.length_s is not None:
        return fit_bars(planned, min(most, bars_within(spec.length_s, pace.bar_s)), pace)
    return fit_bars(planned, most, pace) if total_bars(planned) > most else numbered(planned)


def sections_of(planned: list[PlannedSection], first_bar: int = 0) -> list[Section]:
    """Return the score's sections for a plan."""
    sections: list[Section] = []
    for part in planned:
        sections.append(Section(part.name, first_bar, part.bars, part.energy))
        first_bar += part.bars
    return sections


def song_chords(
    planned: list[PlannedSection], style: Style, seed: int, *, ends: bool = True
) -> list[list[Chord]]:
    """Return the chords of every bar; with `ends` the last is the tonic, approached by a leading chord."""
    progressions = section_progressions(style, seed)
    chords: list[list[Chord]] = []
    for part in planned:
        chords += bars_of(progressions[manner_of(part.name).progression], part.bars)
    if ends and chords:
        chords[-1] = [home_chord(style)]
        if len(chords) > 3 and planned[-1].bars > 2:
            chords[-2] = bars_of(progressions[3], 4)[-1]
    return chords


def _tracks(
    cast: Cast, planned: list[PlannedSection], sections: list[Section], ground: SongGround
) -> list[Track]:
    name = ("tune", cast.seed)
    style = cast.style
    tunes: list[Track] = []
    if cast.instrumental:
        lead = tune_lead(style, cast.seed)
        if lead is not None:
            tune = Tune(lead_part(lead, cast.quality.candidates, name), ground)
            tunes = [_played_tune(lead, tune, sections, cast)]
            style = replace(style, layers=[layer for layer in style.layers if layer is not lead])
        sung: list[tuple[float, float]] = [
            (note.start * 4, (note.start + note.length) * 4) for track in tunes for note in track.notes
        ]
    else:
        tune = Tune(voice_part(cast.voice, cast.quality.candidates, name), ground)
        lines: list[SungLine] = []
        for part, section in zip(planned, sections, strict=True):
            lines += tune.sung(section, part.lines, rapped=cast.rapped)
        tunes = [singer_track(cast.voice, lines)] if lines else []
        sung = sung_stretches(lines)
    plan = BandPlan(
        style=style,
        ground=ground,
        sections=sections,
        seed=cast.seed,
        candidates=cast.quality.candidates,
        sung=sung,
        extra=extra_players(style, cast.quality.extra_players),
    )
    return play_band(plan) + [track for track in tunes if track.sounding]


def _played_tune(lead: Layer, tune: Tune, sections: list[Section], cast: Cast) -> Track:
    seed = whole_hash("played", cast.seed)
    notes = [
        note
        for section in sections
        for events in tune.events(section, played_lines(section, seed), rapped=False)
        for note in to_notes(events, cast.style.swing)
    ]
    return Track(
        "lead", lead.instrument, notes, lead.level_db, ingredient=cast.style.identity, pattern="tune"
    )


def extra_players(style: Style, count: int) -> list[tuple[Layer, frozenset[str]]]:
    """Return the doublings that a quality brings, but for those that are refused or play already."""
    taken = {layer.instrument for layer in style.layers} | style.refused
    return [
        (Layer(player.role, player.instrument, player.pattern, player.level_db), player.sections)
        for player in player_table().extra[:count]
        if player.instrument not in taken and player.role not in taken
    ]
