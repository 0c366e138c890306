"""What a morph starts from: the style, sections and straight form of a stored score."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.arrays import FRAMES_PER_S
from bot.engine.chance import unit_hash
from bot.engine.instruments import instruments
from bot.engine.mix import calibrated
from bot.engine.score.model import Score, Section, Track
from bot.engine.songs.band import BandPlan, play_band
from bot.engine.songs.cast import in_key_of, song_style
from bot.engine.songs.doublings import player_table
from bot.engine.songs.ground import SongGround
from bot.engine.songs.singers import qualities
from bot.engine.songs.song import extra_players, song_frames
from bot.engine.songs.vocal import sung_stretches
from bot.engine.styles.style import SEED_PREFIX
from bot.engine.words.lexicon import understand

if TYPE_CHECKING:
    from bot.engine.styles.style import Style

TUNE_PATTERN = "tune"
_USUAL_WEIRDNESS = 0.5  # up to here choices are usual ones
_TUNE_ROLES = frozenset({"lead", "bell", "vox"})


def pull(strength: float) -> float:
    """Return the share of what a strength of words or tags reaches: none at 0, all from 0.5 upwards."""
    return min(1.0, 2.0 * strength)


def tags_of(score: Score) -> str:
    """Return the words that a score was made from, or the best that is left of them."""
    if score.tags.strip():
        return score.tags
    names = [name for name in score.ingredients if not name.startswith(SEED_PREFIX)]
    return ", ".join(names) or "pop"


def style_of(tags: str, score: Score, seed: int) -> Style:
    """Return the style of some tags in the tempo (unless they ask for one), key and metre of a score."""
    style = song_style(understand(tags), seed)
    bpm = style.bpm if style.asked_bpm else score.bpm
    return in_key_of(style, bpm=bpm, tonic=score.tonic, mode=score.mode, meter=score.meter)


def sections_in(score: Score) -> list[Section]:
    """Return a score's sections; a score without any is one loop."""
    return list(score.sections) or [Section("loop", 0, score.bars)]


def unrolled(score: Score) -> Score:
    """Return a score with a beginning and an end, measured: a loop is played once and rings out."""
    if not score.loops:
        return calibrated(score)
    bpm = score.beats * 60.0 * FRAMES_PER_S / score.frames  # what the loop's period really is
    heard = [track for track in score.tracks if not track.under_mask]
    return calibrated(
        replace(
            score,
            bpm=bpm,
            loops=False,
            mask=None,
            tracks=heard,
            sections=sections_in(score),
            frames=song_frames(score.beats, bpm),
            tags=tags_of(score),
        )
    )


def tune_tracks(score: Score) -> list[Track]:
    """Return the tracks that have the tune: singers, or else the lead that plays it, or else all leads."""
    singers = [track for track in score.tracks if track.lines]
    tunes = [track for track in score.tracks if track.pattern == TUNE_PATTERN]
    if singers or tunes:
        return singers + tunes
    return [track for track in score.tracks if track.role in _TUNE_ROLES and not track.under_mask]


def arranged(
    style: Style, ground: SongGround, sections: list[Section], tunes: list[Track], quality: str, seed: int
) -> list[Track]:
    """Return a band's tracks for given sections and chords, beside the tracks that have the tune."""
    wanted = qualities()[quality]
    sung = sung_stretches([line for track in tunes for line in track.lines])
    sung += [(note.start * 4, (note.start + note.length) * 4) for track in tunes for note in track.notes]
    plan = BandPlan(
        style=style,
        ground=ground,
        sections=sections,
        seed=seed,
        candidates=wanted.candidates,
        sung=sung,
        ends=sections[-1].name == "outro",
        extra=extra_players(style, wanted.extra_players),
    )
    return play_band(plan)


def made_odd(tracks: list[Track], weirdness: float, seed: int) -> list[Track]:
    """Return tracks with some on odd instruments: none up to a weirdness of 0.5, every one at 1."""
    odd = player_table().odd
    changed: list[Track] = []
    for place, track in enumerate(tracks):
        threshold = _USUAL_WEIRDNESS + (1.0 - _USUAL_WEIRDNESS) * unit_hash("odd", seed, place, track.role)
        if track.role in {"drums", "bass"} or track.lines or threshold >= weirdness:
            changed.append(track)
        else:
            start = int(unit_hash("odd choice", seed, place, track.role) * len(odd))
            changed.append(replace(track, instrument=fitting(track, odd[start:] + odd[:start]), trim=None))
    return changed


def fitting(track: Track, names: tuple[str, ...]) -> str:
    """Return the first instrument that reaches nearly all notes of a track, or the one that reaches most."""
    pitches = [note.pitch for note in track.notes] or [60.0]

    def reach(name: str) -> float:
        instrument = instruments()[name]
        return sum(instrument.low <= pitch <= instrument.high for pitch in pitches) / len(pitches)

    return next((name for name in names if reach(name) >= 0.9), max(names, key=reach))
