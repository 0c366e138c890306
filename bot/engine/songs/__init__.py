"""Songs: lyrics and tags in, a score with sections, a voice and a band out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.arrays import FRAMES_PER_S
from bot.engine.mix import calibrated, mixdown
from bot.engine.piece import Piece, check_sound
from bot.engine.songs.lrc import lrc
from bot.engine.songs.song import write_song
from bot.engine.songs.told import not_done
from bot.engine.understanding import understood_of_tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.spec import SongSpec

__all__ = ["lrc", "make_song", "write_song"]

_STEPS = 4


def make_song(spec: SongSpec, *, progress: Callable[[int, int], None] | None = None) -> Piece:
    """Write and render one take of a song; the same spec gives the same samples.

    `progress(step, total)` is called when it is written, measured, mixed and listened to. The piece's score
    is measured, so that morphs of it are mixed alike. Raises UnmusicalResultError for our bugs.
    """

    def report(step: int) -> None:
        if progress:
            progress(step, _STEPS)

    score = write_song(spec)
    report(1)
    score = calibrated(score)
    report(2)
    audio = mixdown(score)
    report(3)
    check_sound(audio)
    report(4)
    lyrics = "" if spec.instrumental else spec.lyrics
    missing = not_done(score, lyrics=lyrics, length_s=spec.length_s, played_s=score.frames / FRAMES_PER_S)
    return Piece(audio, score, understood_of_tags(score, spec.tags, missing))
