"""What may be asked of songs and morphs, and what is refused in a plain sentence."""

from __future__ import annotations

import math
from typing import Any

import pytest

from bot.engine.spec import MorphSpec, SongSpec


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"tags": ""}, "needs tags"),
        ({"lyrics": "x" * 5001}, "5000"),
        ({"tags": "x" * 501}, "500"),
        ({"title": "x" * 201}, "200"),
        ({"topic": "x" * 501}, "topic"),
        ({"voice": "robot"}, "voice"),
        ({"quality": "FUZZ-9"}, "model"),
        ({"take": 2}, "take"),
        ({"length_s": 9.9}, "length"),
        ({"length_s": 241.0}, "length"),
        ({"length_s": math.nan}, "length"),
    ],
)
def test_a_songs_bad_values_are_refused(fields: dict[str, Any], sentence: str) -> None:
    """Each raises ValueError with a sentence that names it."""
    wanted: dict[str, Any] = {"tags": "pop"} | fields
    with pytest.raises(ValueError, match=sentence):
        SongSpec(**wanted)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"transform": "reverse"}, "transform"),
        ({"weirdness": 1.1}, "Weirdness"),
        ({"cover_strength": math.nan}, "Cover strength"),
        ({"lyrics_strength": -0.1}, "Lyrics strength"),
        ({"crop_end_s": 0.0}, "after the beginning"),
        ({"crop_end_s": math.inf}, "extend from"),
        ({"transform": "inpaint"}, "starts and ends"),
        ({"transform": "inpaint", "replace_start_s": 4.0, "replace_end_s": 4.0}, "must end after"),
        ({"transform": "inpaint", "replace_start_s": -1.0, "replace_end_s": 4.0}, "start of the part"),
        ({"length_s": 5.0}, "length"),
    ],
)
def test_a_morphs_bad_values_are_refused(fields: dict[str, Any], sentence: str) -> None:
    """Each raises ValueError with a sentence that names it."""
    wanted: dict[str, Any] = {"transform": "cover"} | fields
    with pytest.raises(ValueError, match=sentence):
        MorphSpec(**wanted)
