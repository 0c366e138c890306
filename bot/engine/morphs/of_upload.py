"""Morphs of uploads: played along with in their own tempo, key and chords, and joined on their bar lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples
from bot.engine.chance import whole_hash
from bot.engine.mix import premaster
from bot.engine.morphs.source import arranged, made_odd, pull
from bot.engine.morphs.splice import layered, levelled, near, spliced
from bot.engine.morphs.upload import NeedsASongError, Upload
from bot.engine.morphs.words import newly_sung
from bot.engine.score.model import Chord, Score, Section, Track
from bot.engine.songs.cast import in_key_of, song_style
from bot.engine.songs.ground import SongGround
from bot.engine.songs.plan import RING_OUT_S
from bot.engine.songs.singers import qualities, voice_or_guess
from bot.engine.songs.song import song_frames
from bot.engine.spec import MAX_SONG_S
from bot.engine.words.lexicon import understand

if TYPE_CHECKING:
    from bot.engine.listen import Hearing
    from bot.engine.progress import Progress
    from bot.engine.spec import MorphSpec

_BLOCK_BARS = 8
_ADDED_BARS, _OUTRO_BARS = 16, 4
_LOUD = 0.85  # of the loudest stretch: a chorus
_NEW_CHORDS_FROM = 8  # bars before a join whose chords go on after it


def cover_upload(upload: Upload, spec: MorphSpec, progress: Progress | None = None) -> tuple[Samples, Score]:
    """Return (2, samples) and the score of another band in the upload's tempo, key and chords.

    From a `cover_strength` of 0.5 the new band is alone; below, it plays with the recording.
    """
    hearing = upload.hearing
    score = band_score(hearing, list(hearing.chords), _blocks(hearing), spec, "cover upload")
    share = pull(spec.cover_strength) * pull(spec.sound_prompt_strength)
    if share <= 0.0:
        return upload.audio.copy().T, score
    made = levelled(premaster(score, progress), [upload.audio.T])
    return layered(upload.audio.T, made, share, late=upload.bar_sample(0)), score


def extend_upload(upload: Upload, spec: MorphSpec, progress: Progress | None = None) -> tuple[Samples, Score]:
    """Return the upload up to a bar line and new music after it; before the join its samples stay.

    `length_s` is that of the finished piece. Raises ValueError where nothing would fit.
    """
    hearing = upload.hearing
    cut_s = upload.duration_s if spec.crop_end_s is None else min(spec.crop_end_s, upload.duration_s)
    cut = max(1, min(hearing.bars, round((cut_s - hearing.first_beat_s) / hearing.bar_s)))
    room = int((MAX_SONG_S - RING_OUT_S - hearing.bar_time_s(cut)) / hearing.bar_s)
    bars = min(room, _ADDED_BARS)
    if spec.length_s is not None:
        wanted = round((spec.length_s - RING_OUT_S - hearing.bar_time_s(cut)) / hearing.bar_s)
        bars = min(room, wanted)
    if bars < 2:
        raise ValueError("There is no room for more: ask for a longer piece, or cut it earlier.")
    known = hearing.chords[max(0, cut - _NEW_CHORDS_FROM) : cut]
    chords = [known[bar % len(known)] for bar in range(bars)]
    outro = min(_OUTRO_BARS, bars // 2)
    body = bars - outro
    sections = [Section("chorus", 0, body, 1.0), Section("outro", body, outro, 0.6)]
    score = band_score(hearing, chords, sections, spec, "extend upload")
    start = upload.bar_sample(cut)
    old = upload.audio.T
    made = levelled(premaster(score, progress), [near(old, start, before=True)])
    again = old[:, max(0, start - round(len(known) * hearing.bar_s * SAMPLE_RATE_HZ)) : start]
    made = _with_share_of(made, again, pull(spec.variation_strength))
    return spliced(old, made, start, None), _later(score, cut, hearing)


def inpaint_upload(
    upload: Upload, spec: MorphSpec, progress: Progress | None = None
) -> tuple[Samples, Score]:
    """Return the upload with the bars of a stretch played anew; outside of them its samples stay."""
    hearing = upload.hearing
    start_s, end_s = spec.replace_start_s or 0.0, spec.replace_end_s or 0.0
    if start_s >= upload.duration_s:
        raise ValueError("The part to replace starts after the end of the piece.")
    first, last = (round((time_s - hearing.first_beat_s) / hearing.bar_s) for time_s in (start_s, end_s))
    first = max(0, min(hearing.bars - 1, first))
    last = max(first + 1, min(hearing.bars, last))
    sections = [Section("chorus", 0, last - first, 1.0)]
    score = band_score(hearing, hearing.chords[first:last], sections, spec, "inpaint upload", ends=False)
    start, end = upload.bar_sample(first), min(upload.bar_sample(last), len(upload.audio))
    old = upload.audio.T
    beside = [near(old, start, before=True), near(old, end, before=False)]
    made = levelled(premaster(score, progress), beside)[:, : end - start]
    share = pull(spec.variation_strength)
    inside = layered(old[:, start:end], made, share)
    whole = upload.audio.copy().T if share <= 0.0 else spliced(old, inside, start, end)
    return whole, _later(score, first, hearing)


def morph_upload(upload: Upload, spec: MorphSpec, progress: Progress | None = None) -> tuple[Samples, Score]:
    """Return a morph of an upload before levelling, (2, samples) of whole columns, and the new part's score.

    Raises NeedsASongError for transforms that need to know every player of the source.
    """
    makers = {"cover": cover_upload, "extend": extend_upload, "inpaint": inpaint_upload}
    if spec.transform not in makers:
        wish = "voices" if spec.transform == "swap_vocals" else "instruments"
        raise NeedsASongError(
            f"Swapping {wish} needs a song that was made here; of an upload I can make a cover instead."
        )
    return makers[spec.transform](upload, spec, progress)


def band_score(
    hearing: Hearing,
    chords: list[Chord],
    sections: list[Section],
    spec: MorphSpec,
    purpose: str,
    *,
    ends: bool = True,
) -> Score:
    """Return what a band plays on given chords in what was heard; lyrics are sung where there are some."""
    seed = whole_hash(purpose, spec.seed, spec.take)
    tags = spec.tags.strip() or "pop"
    style = in_key_of(
        song_style(understand(tags), seed),
        bpm=hearing.bpm,
        tonic=hearing.tonic,
        mode=hearing.mode,
        meter=hearing.meter,
    )
    bars = [[chord] for chord in chords]
    if ends and sections[-1].name == "outro":
        bars[-1] = [_home(hearing)]
    ground = SongGround(hearing.tonic, hearing.mode, hearing.meter, style.swing, bars)
    score = Score(
        bpm=hearing.bpm,
        tonic=hearing.tonic,
        mode=hearing.mode,
        meter=hearing.meter,
        bars=len(bars),
        swing=style.swing,
        chords=bars,
        tracks=[],
        feel=style.feel,
        seed=seed,
        sections=sections,
        ingredients={style.identity: 1.0},
        frames=song_frames(len(bars) * hearing.meter, hearing.bpm),
        loops=False,
        title=spec.title.strip(),
        tags=tags,
    )
    share = pull(spec.lyrics_strength)
    if spec.lyrics.strip() and share > 0.0:
        voice = voice_or_guess(spec.voice, spec.tags)
        candidates = qualities()[spec.quality].candidates
        score = newly_sung(score, spec.lyrics, voice, share, candidates=candidates)
    singers: list[Track] = score.tracks
    band = made_odd(arranged(style, ground, sections, singers, spec.quality, seed), spec.weirdness, seed)
    return replace(score, tracks=[*band, *singers])


def _home(hearing: Hearing) -> Chord:
    return Chord(0, (0, 3, 7) if hearing.mode == "min" else (0, 4, 7))


def _blocks(hearing: Hearing) -> list[Section]:
    """Return sections of eight bars, named by how loud they are; the last bars are an outro."""
    outro = min(_OUTRO_BARS, hearing.bars // 2)
    loudest = max(hearing.levels) or 1.0
    sections: list[Section] = []
    for first in range(0, hearing.bars - outro, _BLOCK_BARS):
        bars = min(_BLOCK_BARS, hearing.bars - outro - first)
        level = sum(hearing.levels[first : first + bars]) / bars / loudest
        name = "chorus" if level >= _LOUD or hearing.bars <= 2 * _BLOCK_BARS else "verse"
        sections.append(Section(name, first, bars, 0.6 + 0.4 * min(1.0, level)))
    if outro:
        sections.append(Section("outro", hearing.bars - outro, outro, 0.6))
    return sections


def _with_share_of(made: Samples, again: Samples, share: float) -> Samples:
    """Return new music with the recording's last bars repeated in it, as much as the share leaves of them."""
    if share >= 1.0 or not again.size:
        return made
    rounds = -(-made.shape[1] // again.shape[1])
    repeated = np.tile(again, rounds)[:, : made.shape[1]]
    return layered(repeated, made, share)


def _later(score: Score, bars: int, hearing: Hearing) -> Score:
    """Return the score with everything so many bars later, where it stands in the finished piece."""
    beats = bars * score.meter
    tracks = [
        replace(
            track,
            notes=[replace(note, start=note.start + beats) for note in track.notes],
            lines=[
                replace(line, notes=[replace(note, start=note.start + beats) for note in line.notes])
                for line in track.lines
            ],
        )
        for track in score.tracks
    ]
    before = [[chord] for chord in hearing.chords[:bars]]
    sections = [Section("intro", 0, bars, 1.0)] if bars else []
    sections += [replace(section, first_bar=section.first_bar + bars) for section in score.sections]
    total = bars + score.bars
    return replace(
        score,
        bars=total,
        chords=before + score.chords,
        sections=sections,
        tracks=tracks,
        frames=song_frames(total * score.meter, score.bpm),
    )
