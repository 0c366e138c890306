"""Songs: lyrics and tags in, a score with sections, a voice and a band out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.arrays import FRAMES_PER_S
from bot.engine.mix import calibrated, mixdown
from bot.engine.piece import Piece, check_sound
from bot.engine.progress import HUNDRED, share
from bot.engine.songs.lrc import lrc
from bot.engine.songs.song import write_song
from bot.engine.songs.told import not_done
from bot.engine.understanding import understood_of_tags

if TYPE_CHECKING:
    from bot.engine.progress import Progress
    from bot.engine.spec import SongSpec

__all__ = ["lrc", "make_song", "write_song"]

_WRITTEN, _MEASURED, _MIXED = 2, 25, 95  # of a hundred steps


def make_song(spec: SongSpec, *, progress: Progress | None = None) -> Piece:
    """Write and render one take of a song; the same spec gives the same samples.

    `progress(step, total)` is called as it is written, measured track by track, mixed stretch by stretch and
    listened to; what it raises ends the work. The piece's score is measured, so that morphs of it are
    mixed alike. Raises UnmusicalResultError for our bugs.
    """
    score = write_song(spec)
    if progress:
        progress(_WRITTEN, HUNDRED)
    score = calibrated(score, share(progress, _WRITTEN, _MEASURED))
    audio = mixdown(score, share(progress, _MEASURED, _MIXED))
    check_sound(audio)
    if progress:
        progress(HUNDRED, HUNDRED)
    lyrics = "" if spec.instrumental else spec.lyrics
    missing = not_done(score, lyrics=lyrics, length_s=spec.length_s, played_s=score.frames / FRAMES_PER_S)
    return Piece(audio, score, understood_of_tags(score, spec.tags, missing))
