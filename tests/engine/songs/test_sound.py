"""How a song sounds: level, dynamics, and a way to the end that can be followed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bot.engine.loudness import integrated_lufs, true_peak_db
from bot.engine.piece import Piece
from bot.engine.songs import make_song
from bot.engine.spec import SongSpec
from tests.engine.songs.test_songs import LYRICS

STEPS: list[tuple[int, int]] = []


@lru_cache(maxsize=1)
def pop_song() -> Piece:
    """Return a pop song, made once."""

    def note(step: int, total: int) -> None:
        STEPS.append((step, total))

    return make_song(SongSpec(tags="pop female 112 bpm", lyrics=LYRICS, seed=3, length_s=45.0), progress=note)


def test_a_song_is_level_and_as_long_as_its_score() -> None:
    """-14 LUFS, below -1 dBTP, every sample a number."""
    piece = pop_song()
    assert len(piece.audio) == piece.score.frames * 441
    assert abs(integrated_lufs(piece.audio) + 14) < 0.3
    assert true_peak_db(piece.audio) <= -1


def section_levels(piece: Piece) -> dict[str, float]:
    """Return the loudness in LUFS of each section's last time."""
    per_bar = piece.score.meter * 60 / piece.score.bpm * 44_100
    return {
        part.name: integrated_lufs(
            piece.audio[int(part.first_bar * per_bar) : int((part.first_bar + part.bars) * per_bar)]
        )
        for part in piece.score.sections
    }


def test_sections_differ_in_loudness() -> None:
    """At least 3 LU lie between the quietest and the loudest section."""
    piece = pop_song()
    levels = section_levels(piece).values()
    assert max(levels) - min(levels) >= 3


def test_a_song_rings_out() -> None:
    """The end fades to silence instead of being cut."""
    tail = np.abs(pop_song().audio[-441:]).max()
    assert tail < 0.01


def test_the_score_is_measured_and_the_steps_are_told() -> None:
    """Every track has its trim, so that morphs sound alike; progress goes up to its end."""
    piece = pop_song()
    assert all(track.trim is not None for track in piece.score.tracks)
    assert sorted(STEPS) == STEPS
    assert len(set(STEPS)) > 10
    assert STEPS[-1] == (100, 100)


def test_jazz_has_dynamics_and_a_solo_that_steps_forward() -> None:
    """Where nobody sings, sections still differ by 3 LU, and the solo is no quieter than the verse."""
    form = "[Intro]\n[Verse]\n[Chorus]\n[Solo]\n[Outro]"
    piece = make_song(SongSpec(tags="jazz", lyrics=form, instrumental=True, seed=3, length_s=70.0))
    levels = section_levels(piece)
    assert max(levels.values()) - min(levels.values()) >= 3
    assert levels["solo"] > levels["verse"] + 1.5
