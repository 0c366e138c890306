"""Covers and other sounds: the same song by another band, or the same notes on other instruments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.arrays import FRAMES_PER_S
from bot.engine.chance import whole_hash
from bot.engine.compose.form import nearest_smooth
from bot.engine.morphs.asked import in_asked_key, near_tempo
from bot.engine.morphs.cells import between, chosen, merged
from bot.engine.morphs.source import (
    arranged,
    fitting,
    made_odd,
    pull,
    sections_in,
    style_of,
    tags_of,
    tune_tracks,
)
from bot.engine.morphs.words import newly_sung, reworded, voice_of
from bot.engine.songs.cast import song_style
from bot.engine.songs.ground import SongGround
from bot.engine.songs.singers import qualities, voice_or_guess
from bot.engine.songs.song import song_frames
from bot.engine.words.lexicon import understand

if TYPE_CHECKING:
    from bot.engine.score.model import Score, Track
    from bot.engine.spec import MorphSpec
    from bot.engine.styles.style import Style

_TEMPO_FROM = 0.5
_SOLO_ROLES = frozenset({"lead", "bell", "vox"})
_RELATED = {
    "comp": ("comp", "arp", "stab", "pad"),
    "arp": ("arp", "comp", "pad"),
    "stab": ("stab", "comp", "pad"),
    "pad": ("pad", "comp", "arp"),
    "bass": ("bass",),
    "bell": ("bell", "lead", "arp", "comp"),
    "lead": ("lead", "bell", "arp", "comp"),
    "vox": ("lead", "pad", "comp"),
    "drum": ("drum", "bass", "comp"),
}


def cover(score: Score, spec: MorphSpec) -> Score:
    """Return the song as another band would play it; key, chords, sections and tune stay.

    How much of the band changes is `cover_strength`, held back where `sound_prompt_strength` is below 0.5.
    The tempo stays up to half way and then moves to that of the style. A tempo or key that the tags name is
    played at any strength above 0: the tempo doubled or halved where that is nearer, the key in its own mode.
    """
    share = spec.cover_strength * pull(spec.sound_prompt_strength)
    changed = _with_words(score, spec)
    if share <= 0.0:
        return changed
    seed = whole_hash("cover", spec.seed, spec.take)
    style = style_of(spec.tags or tags_of(score), score, seed)
    tunes = tune_tracks(changed)
    band = arranged(style, SongGround.of(score), sections_in(score), tunes, spec.quality, seed)
    band = [track for track in band if track.role not in _SOLO_ROLES]
    band = made_odd(band, spec.weirdness, seed)
    resting = [track for track in changed.tracks if all(track is not other for other in tunes)]
    starts = [float(section.first_bar * score.meter) for section in sections_in(score)]
    played = _resounded(tunes, style, share, spec)
    changed = replace(
        changed,
        tracks=merged(resting, band, starts, share, ("cover", spec.seed)) + played,
        feel=between(score.feel, style.feel, share),
        underlay=None,
        ingredients={**score.ingredients, style.identity: round(share, 4)},
        tags=spec.tags if share > 0.5 and spec.tags else score.tags,
    )
    return in_asked_key(in_tempo(changed, _tempo(score, spec, seed, share)), understand(spec.tags))


def _with_words(score: Score, spec: MorphSpec) -> Score:
    share = pull(spec.lyrics_strength)
    candidates = qualities()[spec.quality].candidates
    if voice_of(score) is not None:
        return reworded(score, spec.lyrics, share, candidates=candidates, name="words")
    if spec.lyrics.strip() and share > 0.0:
        voice = voice_or_guess(spec.voice, spec.tags)
        return newly_sung(score, spec.lyrics, voice, share, candidates=candidates)
    return score


def _tempo(score: Score, spec: MorphSpec, seed: int, share: float) -> float:
    """Return the tempo of a cover: that which the tags name, or up to a share of 0.5 the source's.

    From there it moves towards the tempo of the tags' style.
    """
    asked_bpm = understand(spec.tags).bpm
    if asked_bpm is not None:
        return near_tempo(asked_bpm, score.bpm)
    if share <= _TEMPO_FROM:
        return score.bpm
    wanted_bpm = near_tempo(song_style(understand(spec.tags or tags_of(score)), seed).bpm, score.bpm)
    way = (share - _TEMPO_FROM) / (1.0 - _TEMPO_FROM)
    return score.bpm * (wanted_bpm / score.bpm) ** way


def in_tempo(score: Score, bpm: float) -> Score:
    """Return a score in another tempo, its length along with it."""
    if bpm == score.bpm:
        return score
    if score.loops:
        return replace(score, bpm=bpm, frames=nearest_smooth(score.beats * 60.0 / bpm * FRAMES_PER_S))
    return replace(score, bpm=bpm, frames=song_frames(score.beats, bpm))


def swap_sound(score: Score, spec: MorphSpec) -> Score:
    """Return the same notes on other instruments, as many of them as `sound_prompt_strength` reaches."""
    share = spec.sound_prompt_strength
    if share <= 0.0:
        return score
    seed = whole_hash("swap sound", spec.seed, spec.take)
    style = style_of(spec.tags or tags_of(score), score, seed)
    # Half the strength already moves most of the band; the rest of the way is its feel.
    tracks = _resounded(score.tracks, style, 1.0 - (1.0 - share) ** 2, spec)
    return replace(
        score,
        tracks=tracks,
        feel=between(score.feel, style.feel, share),
        underlay=None,
        tags=spec.tags or score.tags,
    )


def _resounded(tracks: list[Track], style: Style, share: float, spec: MorphSpec) -> list[Track]:
    """Return tracks with the same notes, a share of them on the style's instruments; singers stay."""
    movable = [place for place, track in enumerate(tracks) if not track.lines]
    changing = {movable[place] for place in chosen(len(movable), share, ("sound", spec.seed))}
    seats: dict[str, int] = {}
    new: dict[int, Track] = {}
    for place in movable:
        track = tracks[place]
        seat = seats.get(track.role, 0)
        seats[track.role] = seat + 1
        new[place] = replace(track, instrument=_other_sound(track, style, seat), trim=None)
    places = sorted(changing)
    odd = made_odd([new[place] for place in places], spec.weirdness, spec.seed)
    changed = dict(zip(places, odd, strict=True))
    return [
        changed[place] if place in changed and changed[place].instrument != track.instrument else track
        for place, track in enumerate(tracks)
    ]


def _other_sound(track: Track, style: Style, seat: int) -> str:
    if track.role == "drums":
        return style.kit or track.instrument
    for role in _RELATED.get(track.role, (track.role,)):
        names = [layer.instrument for layer in style.layers if layer.role == role]
        if names:
            turn = seat % len(names)
            return fitting(track, tuple(names[turn:] + names[:turn]))
    return track.instrument
