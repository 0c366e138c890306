"""What the server takes, what the command line offers and what the engine makes are the same request."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from bot.cli.parser import build_parser
from bot.engine import SEED_IMAGE_IDS, spec
from bot.protocol import engine as protocol
from bot.protocol.predictions import SeedImageId


def test_the_same_names_are_known_everywhere() -> None:
    """Voices, models, transforms, seed images and ways to go together are the engine's, in its order."""
    assert get_args(protocol.Voice) == spec.VOICES
    assert get_args(protocol.Quality) == spec.QUALITIES
    assert get_args(protocol.Transform) == spec.TRANSFORMS
    assert get_args(protocol.LikeAs) == spec.LIKE_AS
    assert get_args(SeedImageId) == SEED_IMAGE_IDS


def test_the_same_strengths_are_known_everywhere() -> None:
    """Five of them, of the server by their long names, each an option of the command line."""
    assert tuple(name.removeprefix("normalized_") for name in protocol.STRENGTHS) == spec.STRENGTHS
    assert set(protocol.STRENGTHS) <= set(protocol.EngineInput.model_fields)
    options = [word for name in spec.STRENGTHS for word in (f"--{name.replace('_', '-')}", "0.25")]
    given = build_parser().parse_args(["morph", "x.json", "--transform", "cover", "--out", "x.mp3", *options])
    assert [getattr(given, name) for name in spec.STRENGTHS] == [0.25] * 5


@pytest.mark.parametrize(
    ("field", "most"),
    [
        ("length_s", spec.MAX_SONG_S),
        ("duration", spec.MAX_SONG_S),
        ("bars", spec.MAX_BARS),
        ("lyrics", "x" * spec.MAX_LYRICS_CHARACTERS),
        ("title", "x" * spec.MAX_TITLE_CHARACTERS),
        ("topic", "x" * spec.MAX_PROMPT_CHARACTERS),
        *((time, spec.LATEST_TIME_S) for time in ("crop_end_at", "replace_start_at", "replace_end_at")),
    ],
)
def test_the_server_takes_as_much_as_the_engine(field: str, most: float | str) -> None:
    """The engine's limit is taken, one more is not."""
    asked: dict[str, Any] = {"prompt_a": "folk"}
    protocol.EngineInput.model_validate(asked | {field: most})
    with pytest.raises(ValidationError, match=field):
        protocol.EngineInput.model_validate(
            asked | {field: most + "x" if isinstance(most, str) else most + 1}
        )


def test_the_least_and_the_most_length_of_each_kind_are_the_engines() -> None:
    """A riff of a minute and a song of ten seconds are the ends; beyond them a sentence says so."""
    for fields, length_s, good in (
        ({}, spec.MAX_LENGTH_S, True),
        ({}, spec.MAX_LENGTH_S + 1, False),
        ({"title": "x"}, spec.MIN_SONG_S, True),
        ({"title": "x"}, spec.MIN_SONG_S - 1, False),
    ):
        asked = protocol.EngineInput.model_validate({"prompt_a": "folk", "length_s": length_s} | fields)
        assert ("length_s" not in {field for field, _ in asked.contradictions()}) is good
