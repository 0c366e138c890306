"""What is told of a piece is what is heard in it: whose tempo, whose key, whose share."""

from __future__ import annotations

from functools import lru_cache

import pytest

from bot.engine import Piece, RiffSpec, Score, make_riff
from bot.engine.explain import explain, explanation_text
from bot.engine.morphs import morph_score
from bot.engine.morphs.understood import understood_of_morph
from bot.engine.songs import write_song
from bot.engine.spec import MorphSpec, SongSpec


@lru_cache(maxsize=8)
def riff(prompt: str, prompt_b: str | None = None, alpha: float = 0.5, denoising: float = 0.75) -> Piece:
    """A riff with next to no search."""
    return make_riff(
        RiffSpec(
            prompt_a=prompt,
            prompt_b=prompt_b,
            alpha=alpha,
            denoising=denoising,
            seed=4,
            num_inference_steps=1,
        )
    )


@lru_cache(maxsize=2)
def song() -> Score:
    """Something to morph."""
    return write_song(
        SongSpec(tags="folk banjo 100 bpm", lyrics="[Verse]\nthe river runs to the sea", seed=2)
    )


def told(piece: Piece) -> str:
    """What people read."""
    return explanation_text(explain(piece, piece.understood))


def test_the_second_prompt_alone_is_the_second() -> None:
    """At an alpha of 1 nothing is made of the first prompt, and its tempo was not asked for."""
    piece = riff("techno 120 bpm", "jazz 90 bpm", alpha=1.0)
    assert "second prompt" in told(piece)
    assert "first prompt" not in told(piece)
    assert piece.understood.tempo_from == "asked"


@pytest.mark.parametrize(
    ("prompt", "other", "denoising", "why"),
    [
        ("techno 120 bpm", "jazz 90 bpm", 0.75, "between"),
        ("techno 120 bpm", None, 0.75, "asked"),
        ("jazz 5000 bpm", None, 0.75, "nearest"),
        ("jazz 120 bpm", None, 0.0, "seed image"),
        ("jazz", None, 0.75, "style"),
    ],
)
def test_where_a_tempo_comes_from(prompt: str, other: str | None, denoising: float, why: str) -> None:
    """A blend of two asked tempi, one held to what can be played and a seed image's are told as such."""
    assert riff(prompt, other, denoising=denoising).understood.tempo_from == why


def test_a_seed_image_alone_is_told_as_such() -> None:
    """Without denoising, no style and no meaning had a part in it."""
    understood = riff("jazz 120 bpm", denoising=0.0).understood
    assert (understood.key_from, understood.genres) == ("seed image", {})


@pytest.mark.parametrize("like_as", ["beside", "layer", "continue"])
def test_what_other_music_overrules_is_told(like_as: str) -> None:
    """Beside other music an asked tempo and key are dropped, and only one prompt is named."""
    other = riff("folk 110 bpm in D major").score
    piece = make_riff(
        RiffSpec(
            prompt_a="techno 90 bpm in C major", like=other, like_as=like_as, seed=1, num_inference_steps=1
        )
    )
    assert piece.understood.clamped == [["tempo", "90", "110"], ["key", "C major", "D major"]]
    assert "second prompt" not in told(piece)
    assert ("the other music" in told(piece)) is (like_as != "beside")


def test_beside_brings_no_second_rhythm_section() -> None:
    """Where the other music has drums and a bass, the new riff has none, unless it asks for them by name."""
    other = riff("house 120 bpm").score
    roles = {"drums", "bass"}
    assert roles <= {track.role for track in other.tracks}

    def beside(prompt: str) -> set[str]:
        spec = RiffSpec(prompt_a=prompt, like=other, seed=1, num_inference_steps=1)
        return {track.role for track in make_riff(spec).score.tracks}

    assert not roles & beside("rock")
    assert roles & beside("rock with drums") == {"drums"}
    assert roles & beside("rock with slap bass") == {"bass"}


@pytest.mark.parametrize(
    ("strength", "genres", "tempo_from"),
    [(0.0, {"folk"}, "source"), (0.4, {"folk", "techno"}, "source"), (1.0, {"techno"}, "style")],
)
def test_a_cover_tells_shares_by_its_strength(strength: float, genres: set[str], tempo_from: str) -> None:
    """What is told of a cover is what its strength made of it: at 0 nothing plays techno."""
    spec = MorphSpec(transform="cover", tags="techno", cover_strength=strength, seed=1)
    score = morph_score(spec, song())
    understood = understood_of_morph(spec, song(), score)
    assert set(understood.genres) == genres
    assert sum(understood.genres.values()) == pytest.approx(1.0, abs=0.001)
    assert (understood.tempo_from, understood.key_from) == (tempo_from, "source")
