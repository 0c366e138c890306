"""Genres: many of them, each with beat, chords and players of its own, and none that sounds like another."""

from __future__ import annotations

import sys
from functools import lru_cache
from itertools import combinations

import numpy as np
import pytest

from bot.engine import RiffSpec, make_riff
from bot.engine.styles.templates import Template, genres
from bot.engine.words.lexicon_table import lexicon
from tests.engine.support import distance, features

PAIRS = list(combinations(sorted(genres()), 2))
# Pairs are printed with `pytest -s`; nearer than this nobody could tell them apart.
NEAREST_ALLOWED = 1.25
PRINTED = 12


def players(template: Template) -> frozenset[str]:
    """Return all instruments that a genre may use."""
    return frozenset(name for layer in template.layers for name in layer.instruments)


def test_there_are_many_genres_and_each_can_be_asked_for() -> None:
    """At least 84 genres and scenes, every one with words in English and in Chinese."""
    assert len(genres()) >= 84
    for name in genres():
        asked = {
            script: any(
                meaning.kind == "genre" and meaning.name == name for found in book for meaning in found
            )
            for script, book in (
                ("latin", lexicon().phrases.values()),
                ("chinese", lexicon().joined.values()),
            )
        }
        assert asked == {"latin": True, "chinese": True}, name


def test_no_two_genres_share_beat_chords_or_players() -> None:
    """Of any two genres, drum grids, progressions and instruments all differ."""
    book = genres()
    for one, other in PAIRS:
        first, second = book[one], book[other]
        assert first.drums != second.drums or not first.drums, (one, other, "drums")
        assert set(first.progressions) != set(second.progressions), (one, other, "progressions")
        assert players(first) != players(second), (one, other, "players")


@lru_cache(maxsize=1)
def sounds() -> dict[str, np.ndarray]:
    """Return the features of every genre's sound, from a few seconds of each."""
    return {
        name: features(
            make_riff(
                RiffSpec(prompt_a=template.label, denoising=1.0, seed=7, num_inference_steps=3, length_s=3.0)
            )
        )
        for name, template in genres().items()
    }


@pytest.mark.timeout(240)
def test_no_two_genres_sound_alike() -> None:
    """The nearest pairs by sound are printed, and even they are well apart."""
    points = sounds()
    pairs = sorted((distance(points[one], points[other]), one, other) for one, other in PAIRS)
    for apart, one, other in pairs[:PRINTED]:
        sys.stdout.write(f"{apart:6.2f}  {one} - {other}\n")
    assert pairs[0][0] >= NEAREST_ALLOWED
