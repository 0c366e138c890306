"""What hosts of songs are sent: exactly the fields that belong to a call, and none that do not."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from bot.errors import InvalidInput
from bot.protocol.engine import EngineInput, Quality
from bot.protocol.songs import Generate
from bot.providers.songs_asked import Call, call_for

COMMON = {
    "normalized_lyrics_strength": 0.5,
    "normalized_sound_prompt_strength": 0.5,
    "normalized_weirdness": 0.5,
    "duration": 0,
}
COVER, VARIATION = "normalized_cover_strength", "normalized_variation_strength"


def call(riff_id: str | None = None, upload_id: str | None = None, **wanted: Any) -> Call:
    """The call that is made for a wish."""
    return call_for("riffusion", EngineInput(**wanted), riff_id=riff_id, upload_id=upload_id)


def test_a_song() -> None:
    """The five fields of a plain song; the style is what was asked for and not the default of riffs."""
    lyrics = "[Verse]\nOh yes"
    assert call(prompt_a="indie folk", lyrics=lyrics, title="Yes", voice="female", seed=3, length_s=60) == (
        "/riffusion/generate",
        {
            "model": "FUZZ-1.1",
            "lyrics": lyrics,
            "tag": "indie folk, female vocals",
            "title": "Yes",
            "instrumental": False,
        },
    )


@pytest.mark.parametrize("model", get_args(Quality))
def test_each_model(model: str) -> None:
    """By its own name, the space included."""
    assert call(title="x", quality=model)[1]["model"] == model


@pytest.mark.parametrize(
    ("wanted", "tag", "title"),
    [
        ({"prompt_a": "x", "lyrics": "\n[Verse]\n  First line \nsecond"}, "x", "First line"),
        ({"lyrics": "[Verse]\n" + "la " * 60}, "song", ("la " * 60)[:80].strip()),
        ({"prompt_a": "dub", "lyrics": "[Solo]"}, "dub", "dub"),
        ({"lyrics": "[Solo]"}, "song", "Untitled"),
        ({"title": "Only a title"}, "song", "Only a title"),
    ],
)
def test_nothing_is_left_empty(wanted: dict[str, Any], tag: str, title: str) -> None:
    """Clients of this API never leave style and title empty."""
    body = call(**wanted)[1]
    assert (body["tag"], body["title"]) == (tag, title)


def test_a_riff_is_an_instrumental() -> None:
    """Played by its words, both of them; numbers of riffs mean nothing here."""
    path, body = call(prompt_a="funky bass", prompt_b="jazz piano", alpha=0.3, length_s=10)
    assert path == "/riffusion/generate"
    assert body == {
        "model": "FUZZ-1.1",
        "lyrics": "",
        "tag": "funky bass, jazz piano",
        "title": "funky bass, jazz piano",
        "instrumental": True,
    }
    assert call(instrumental=True, lyrics="ignored", prompt_a="x")[1]["lyrics"] == ""


def test_a_topic() -> None:
    """A call of its own with three fields; the style goes with the theme, which stays within its bounds."""
    assert call(topic="my dog", instrumental=False) == (
        "/riffusion/generate/topic",
        {"model": "FUZZ-1.1", "topic": "my dog", "instrumental": False},
    )
    assert call(topic="my dog", prompt_a="polka")[1]["topic"] == "my dog, polka"
    assert len(call(topic="d" * 499, prompt_a="polka")[1]["topic"]) == 500


@pytest.mark.parametrize(
    ("wanted", "fields"),
    [
        ({"transform": "cover"}, {COVER: 0.5, VARIATION: None}),
        ({"transform": "cover", COVER: 0.0}, {COVER: 0.0, VARIATION: None}),
        ({"transform": "swap_vocals"}, {COVER: 0.5, VARIATION: None}),
        ({"transform": "swap_sound"}, {COVER: 0.5, VARIATION: None}),
        ({"transform": "swap_sound", VARIATION: 0.2}, {COVER: 0.5, VARIATION: 0.2}),
        ({"transform": "extend", "crop_end_at": 9.5}, {VARIATION: 0.5, "crop_end_at": 9.5}),
        (
            {"transform": "extend", "crop_end_at": 1, "duration": 30},
            {VARIATION: 0.5, "crop_end_at": 1, "duration": 30},
        ),
        (
            {"transform": "inpaint", "replace_start_at": 0, "replace_end_at": 2},
            {COVER: 0.5, VARIATION: 0.5, "replace_start_at": 0, "replace_end_at": 2},
        ),
    ],
)
def test_each_transform_has_its_fields(wanted: dict[str, Any], fields: dict[str, Any]) -> None:
    """Every strength is said, null where a transform wants it so, and nothing of another transform is."""
    path, body = call("known", **wanted)
    assert path == "/riffusion/generate"
    assert body["morph"] == {"riff_id": "known", "transform": wanted["transform"], **COMMON, **fields}
    assert {**body, "morph": None} == {
        "model": "FUZZ-1.1",
        "lyrics": "",
        "tag": "song",
        "title": "Untitled",
        "instrumental": False,
        "morph": None,
    }
    assert Generate.model_validate(body).faults() == []


def test_one_source() -> None:
    """An upload goes by its own field, and the other is not even mentioned."""
    morph = call(None, "upload", transform="cover")[1]["morph"]
    assert morph["audio_upload_id"] == "upload"
    assert "riff_id" not in morph


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"transform": "extend"}, "crop_end_at"),
        ({"transform": "extend", "crop_end_at": 3, COVER: 0.5}, COVER),
        ({"transform": "cover", "crop_end_at": 3}, "crop_end_at"),
        ({"transform": "cover", VARIATION: 0.5}, VARIATION),
        ({"transform": "inpaint", "replace_start_at": 3}, "replace_end_at"),
        ({"transform": "inpaint", "replace_start_at": 3, "replace_end_at": 3}, "replace_end_at"),
        ({"transform": "swap_vocals"}, "audio_upload_id"),
        ({"lyrics": "x", "prompt_a": "y" * 2_001}, "prompt_a"),
        ({"prompt_a": "bass", "like": "https://cdn.example/score.json"}, "like"),
        ({"lyrics": "x", "stems": True}, "stems"),
    ],
)
def test_what_the_dialect_cannot_say(wanted: dict[str, Any], field: str) -> None:
    """It is refused here, by the name that people know, before anything is uploaded or paid for."""
    with pytest.raises(InvalidInput) as caught:
        call(None, "upload", **wanted)
    assert caught.value.field == field
