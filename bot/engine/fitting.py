"""Music that goes with other music: beside it, laid over it, or carrying it on.

Whatever the way, the new part stands on the ground of the other: its tempo to the sample, its bars, key,
mode, swing and chords, so that two people's riffs can be played together.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.arrays import FRAMES_PER_S, SAMPLE_RATE_HZ
from bot.engine.compose.form import Form, nearest_smooth, sections_of
from bot.engine.compose.ground import Ground
from bot.engine.instruments import roles
from bot.engine.listen import hear
from bot.engine.reasons import not_followed
from bot.engine.score.model import Feel, Note, Score, Section, Track, Underlay
from bot.engine.score.reading import MAX_LOOP_S, MAX_TRACKS
from bot.engine.spec import MAX_LENGTH_S, MAX_SONG_S
from bot.engine.styles.style import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.arrays import Samples
    from bot.engine.piece import Understood
    from bot.engine.spec import RiffSpec
    from bot.engine.styles.style import Style
    from bot.engine.words.intent import Intent

BESIDE, LAYER, CONTINUE = "beside", "layer", "continue"

_LOOP_TOLERANCE = 0.01
_LONGEST_PHRASE_BARS = 16
_LONGEST_PART_BARS = 8
_CHORD_ROLES = frozenset({"comp", "arp", "stab", "pad"})
_SOLO_ROLES = frozenset({"lead", "vox", "bell"})
_SINGLE_ROLES = frozenset({"bass", "vox"})
_RHYTHM = frozenset({"drums", "bass"})
_GUEST = Layer("lead", "vibes", "mel")
_LOOP = "loop"
_THE_OTHERS = "that of the music that it goes with"


def ground_heard(recording: Samples) -> Score:
    """Return a score without players that stands for a recording (samples, channels) at 44,100 Hz.

    It has the tempo, key and chords that are heard. A recording of a whole number of bars, a minute at most,
    is taken for a loop and its length kept to the nearest 10 ms; of any other it has the whole bars from the
    first bar line on.
    """
    heard = hear(recording)
    length_s = len(recording) / SAMPLE_RATE_HZ
    bars = max(1, round(length_s / heard.bar_s))
    is_loop = length_s <= MAX_LENGTH_S and abs(length_s / (bars * heard.bar_s) - 1.0) <= _LOOP_TOLERANCE
    if not is_loop:
        bars = max(1, min(heard.bars, int(MAX_LENGTH_S / heard.bar_s)))
        length_s = bars * heard.bar_s
    return Score(
        bpm=bars * heard.meter * 60.0 / length_s,
        tonic=heard.tonic,
        mode=heard.mode,
        meter=heard.meter,
        bars=bars,
        swing=0.0,
        chords=[[heard.chords[bar % heard.bars]] for bar in range(bars)],
        tracks=[],
        feel=Feel(),
        seed=0,
        frames=round(length_s * FRAMES_PER_S),
    )


def guests(spec: RiffSpec, styles: list[Style]) -> tuple[RiffSpec, list[Style]]:
    """Return spec and styles as they are to be composed beside `spec.like`.

    Over other music only those play who are missing there: no second kit, bass or singer, and nobody from a
    seed image, which is the other music's part here. Beside it a whole band may play, but no second kit and
    no second bass that nobody asked for by name.
    """
    if spec.like is None or spec.like_as == CONTINUE:
        return spec, styles
    taken = {track.role for track in spec.like.tracks if track.sounding and not track.under_mask}
    if spec.like_as == BESIDE:
        return spec, [_without_rhythm(style, taken & _RHYTHM) for style in styles]
    crowded = sum(track.role in _CHORD_ROLES for track in spec.like.tracks) >= 2
    return replace(spec, denoising=1.0), [_complement(style, taken, crowded=crowded) for style in styles]


def _without_rhythm(style: Style, taken: set[str]) -> Style:
    """Return a style without the drums and bass that the other music has, but for those asked for by name."""
    asked = {layer.role for layer in style.layers if layer.asked}
    if style.asked_drums:
        asked.add("drums")
    left = taken - asked
    layers = [layer for layer in style.layers if layer.role not in left]
    drums = {} if "drums" in left else style.drums
    if not layers and not drums:
        layers = [_GUEST]
    kit = style.kit if drums else ""
    return replace(style, layers=layers, drums=drums, kit=kit, refused=style.refused | left)


def _complement(style: Style, taken: set[str], *, crowded: bool) -> Style:
    """Return a style without the players that the other music has; asked ones stay, the others make room."""
    single = taken & _SINGLE_ROLES
    full = single | _CHORD_ROLES if crowded else single
    asked = [layer for layer in style.layers if layer.asked and layer.role not in single]
    free = [layer for layer in style.layers if not layer.asked and layer.role not in full]
    layers = [layer for layer in style.layers if layer in asked] if asked else free
    if not layers and ("drums" in taken or not style.drums):
        layers = [next((layer for layer in style.layers if layer.role in _SOLO_ROLES), _GUEST)]
    drums = {} if "drums" in taken else style.drums
    return replace(style, layers=layers, drums=drums, kit=style.kit if drums else "")


def ground_of(spec: RiffSpec) -> Ground | None:
    """Return what `spec.like` decides; None when there is nothing to go with.

    Raises ValueError with a plain sentence when a continuation would be too long.
    """
    like = spec.like
    if like is None:
        return None
    bar_s = like.meter * 60.0 / like.bpm
    bars = _new_bars(spec, like, bar_s) if spec.like_as == CONTINUE else like.bars
    sections = tuple(like.sections)
    if spec.like_as == CONTINUE or not sections or _longest(sections) > _LONGEST_PHRASE_BARS:
        sections = sections_of(bars, bar_s)
    form = Form(like.bpm, like.meter, bars, like.frames, sections)
    chords = [list(like.chords[bar % like.bars]) for bar in range(bars)]
    return Ground(form, like.tonic, like.mode, like.key_spelling, like.swing, chords)


def _longest(sections: Sequence[Section]) -> int:
    return max(section.bars for section in sections)


def _new_bars(spec: RiffSpec, like: Score, bar_s: float) -> int:
    """How many bars carry on: as asked, else as many as there are, eight at most."""
    bars = spec.bars or min(like.bars, _LONGEST_PART_BARS)
    if spec.length_s is not None:
        bars = max(1, math.ceil(spec.length_s / bar_s - 1e-9))
    if bars * bar_s > MAX_LENGTH_S:
        raise ValueError(f"{bars} more bars last {bars * bar_s:.0f} seconds; {MAX_LENGTH_S:g} is the most.")
    most_s = MAX_LOOP_S if like.loops else MAX_SONG_S
    if (like.bars + bars) * bar_s > most_s:
        raise ValueError(f"Together that would last longer than {most_s:g} seconds.")
    return bars


def joined(new: Score, spec: RiffSpec) -> Score:
    """Return the new part together with `spec.like` as it was asked for; alone where it stands beside."""
    like = spec.like
    if like is None:
        return new
    match spec.like_as:
        case "layer":
            return _layered(like, new)
        case "continue":
            return _continued(like, new)
        case _:
            return replace(new, loops=like.loops, frames=like.frames)


def understood_beside(understood: Understood, spec: RiffSpec, intents: Sequence[Intent]) -> Understood:
    """Return what is told of the words; tempo and key are the other music's, and what was asked is told."""
    like = spec.like
    if like is None:
        return understood
    kept = [clamp for clamp in understood.clamped if clamp[0] != "tempo"]
    clamped = [*kept, *not_followed(intents, like)]
    return replace(understood, tempo_from=_THE_OTHERS, key_from=_THE_OTHERS, clamped=clamped)


def _layered(like: Score, new: Score) -> Score:
    """Return the other music with new players over it; where older music lies beneath, over that too."""
    beneath = like.underlay
    if beneath is not None:
        beneath = Underlay(_layered(beneath.score, new), beneath.start, beneath.end)
    over = [
        replace(track, notes=[note for note in track.notes if note.start < like.beats])
        for track in new.tracks
    ]
    tracks = [*like.tracks, *(track for track in over if track.notes)]
    return replace(
        like,
        tracks=_at_most(tracks),
        seed=new.seed,
        ingredients=_shared(like, new, 0.5),
        underlay=beneath,
    )


def _continued(like: Score, new: Score) -> Score:
    """Return the other music and, from its last bar line on, the new part."""
    bars = like.bars + new.bars
    if like.loops:
        frames = nearest_smooth(like.frames * bars / like.bars)
    else:  # it rings out later
        frames = like.frames + round(new.beats * 60.0 / like.bpm * FRAMES_PER_S)
    tracks = [replace(track) for track in like.tracks]
    for track in new.tracks:
        if track.under_mask:  # a mask lies over the whole piece, and the first part is to stay as it is
            continue
        moved = replace(track, notes=[_later(note, like.beats) for note in track.notes])
        same = next((old for old in tracks if _same_player(old, moved)), None)
        if same is None:
            tracks.append(moved)
        else:
            same.notes = same.notes + moved.notes
    before = list(like.sections) or [Section(_LOOP, 0, like.bars)]
    after = [replace(part, first_bar=part.first_bar + like.bars) for part in new.sections]
    return replace(
        like,
        bars=bars,
        frames=frames,
        chords=like.chords + new.chords,
        tracks=_at_most(tracks),
        sections=before + after,
        seed=new.seed,
        ingredients=_shared(like, new, like.bars / bars),
    )


def _later(note: Note, beats: float) -> Note:
    return replace(note, start=round(note.start + beats, 5))


def _same_player(old: Track, new: Track) -> bool:
    return (old.role, old.instrument, old.level_db, old.under_mask) == (
        new.role,
        new.instrument,
        new.level_db,
        new.under_mask,
    ) and not old.lines


def _at_most(tracks: list[Track]) -> list[Track]:
    """Return no more tracks than a score may have; what is heard least goes."""
    if len(tracks) <= MAX_TRACKS:
        return tracks
    loud = sorted(tracks, key=lambda track: -(roles()[track.role].level_db + track.level_db))[:MAX_TRACKS]
    return [track for track in tracks if any(track is kept for kept in loud)]


def _shared(like: Score, new: Score, share: float) -> dict[str, float]:
    """Return the ingredients of both, `share` of them the first's."""
    both: dict[str, float] = {}
    for ingredients, part in ((like.ingredients, share), (new.ingredients, 1.0 - share)):
        for name, weight in ingredients.items():
            both[name] = round(both.get(name, 0.0) + part * weight, 4)
    return dict(sorted(both.items(), key=lambda item: -item[1])[:MAX_TRACKS])
