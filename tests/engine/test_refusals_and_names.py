"""Ways of saying no, names that are no genres, words with a stand-in, and what is too much at once."""

from __future__ import annotations

import pytest

from bot.engine import RiffSpec
from bot.engine.riff import write_score
from bot.engine.score.model import Score
from bot.engine.styles.from_intent import style_for
from bot.engine.words.lexicon import understand


def played(prompt: str, seed: int = 4) -> Score:
    """Return the score of a prompt at the default denoising, with next to no search."""
    spec = RiffSpec(prompt_a=prompt, seed=seed, num_inference_steps=1)
    return write_score(spec, [style_for(understand(prompt), seed)])


@pytest.mark.parametrize(
    "prompt",
    [
        "house, never mind the piano",
        "anything but piano",
        "everything except the piano",
        "skip the piano, lofi",
        "除了钢琴都行",
        "别要钢琴",
    ],
)
def test_ways_of_refusing_a_player(prompt: str) -> None:
    """However it is said, the refused player is told as refused and does not play."""
    intent = understand(prompt)
    assert "piano" in intent.banned
    assert intent.ignored == []
    assert "piano" not in {track.instrument for track in played(prompt).tracks}


@pytest.mark.parametrize("seed", range(24))
def test_anything_but_a_genre_is_another_genre(seed: int) -> None:
    """A prompt of refusals alone never falls back on what it refuses."""
    intent = understand("not jazz, never mind the piano; anything but house or pop")
    assert intent.genres == []
    assert {"house", "pop", "jazz"} <= intent.banned
    assert not {"house", "pop", "jazz"} & set(style_for(intent, seed).genres)


@pytest.mark.parametrize(
    ("prompt", "players"),
    [
        ("a cappella choir", {"choir", "oohs", "voice_ooh", "voice_aah"}),
        ("忧伤的古筝独奏", {"guzheng"}),
        ("no drums, no bass, just a cello", {"cello"}),
        ("solo piano", {"piano"}),
    ],
)
def test_nobody_else_plays_beside_who_is_alone(prompt: str, players: set[str]) -> None:
    """Who is asked to play alone does, at the default denoising too."""
    assert {track.instrument for track in played(prompt).tracks} <= players


def test_names_are_no_genres() -> None:
    """After "in the style of", "like" and "by" capitalised words that nobody knows are ignored whole."""
    assert understand("in the style of Daft Punk").genres == []
    assert understand("in the style of Daft Punk").ignored == ["daft punk"]
    assert understand("house like the Soul Stranglers, 120 bpm").genres == ["house"]
    assert understand("in the style of Jazz").genres == ["jazz"]
    assert understand("sounds like Drum and Bass").genres == ["dnb"]
    assert understand("like F#m techno").tonic == 6


def test_more_than_three_genres_are_told() -> None:
    """Three genres are played; that the others are not is told as a number out of reach is."""
    intent = understand("jazz, techno, rock, folk, ambient")
    assert intent.genres == ["jazz", "techno", "rock"]
    assert [clamp[0] for clamp in intent.clamped] == ["genres"]
    assert understand("jazz, techno, rock").clamped == []


def test_an_instrument_that_is_not_there_has_a_stand_in() -> None:
    """A didgeridoo is played by the nearest there is, and that is said."""
    intent = understand("didgeridoo drone")
    assert intent.clamped == [("instrument", "didgeridoo", "tuba")]
    assert understand("no didgeridoo").clamped == []


def test_an_unknown_tonic_leaves_the_mode() -> None:
    """The German H is not known, but its minor is."""
    intent = understand("ballad in H minor")
    assert (intent.tonic, intent.mode) == (None, "min")
    assert "h" in intent.ignored
