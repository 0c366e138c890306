"""What ``riffcord/engine`` takes: riffs, songs and morphs, and what does not go together."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import spec as engine_spec
from bot.protocol.engine import EngineInput, LikeAs, Quality, Transform, Voice
from bot.protocol.predictions import ENGINE_MODEL
from bot.web.api.accept import MODELS, accept
from bot.web.api.problems import Refusal
from bot.web.api.wanted import wanted


def refused_fields(**given_input: Any) -> list[str]:
    """The fields that a create call is refused for; none where it is accepted."""
    body = json.dumps({"input": given_input}).encode()
    try:
        accept(body, path_model=ENGINE_MODEL, private_webhooks=False)
    except Refusal as refusal:
        faults = refusal.problem.invalid_fields or []
        return [fault.field.removeprefix("input.") for fault in faults if fault.description]
    return []


def test_choices_are_the_engines_own() -> None:
    """The wire's names and the engine's are the same."""
    assert get_args(LikeAs) == engine_spec.LIKE_AS
    assert get_args(Quality) == engine_spec.QUALITIES
    assert get_args(Voice) == engine_spec.VOICES
    assert get_args(Transform) == engine_spec.TRANSFORMS


@pytest.mark.parametrize(
    ("given_input", "kind", "takes"),
    [
        ({}, "riff", 1),
        ({"prompt_a": "jazz", "takes": 2}, "riff", 2),
        ({"prompt_a": "jazz", "lyrics": "la la"}, "song", 2),
        ({"title": "Rain", "takes": 1}, "song", 1),
        ({"topic": "rain"}, "song", 2),
        ({"prompt_a": "jazz", "instrumental": True}, "song", 2),
        ({"prompt_a": "jazz", "instrumental": False}, "song", 2),
        ({"lyrics": "  "}, "riff", 1),
        ({"transform": "cover", "audio": "https://example.org/a.mp3", "lyrics": "la"}, "morph", 1),
    ],
)
def test_what_is_given_decides_what_is_made(given_input: dict[str, Any], kind: str, takes: int) -> None:
    """A transform makes a morph; lyrics, title, topic or instrumental a song; two takes of a song."""
    assert refused_fields(**given_input) == []
    asked = wanted(ENGINE_MODEL, given_input, seed=5)
    assert (asked.kind, len(asked.specs)) == (kind, takes)


@pytest.mark.parametrize(
    ("given_input", "fields"),
    [
        ({"bars": 4, "length_s": 10}, ["bars"]),
        ({"length_s": 61}, ["length_s"]),
        ({"length_s": 241, "title": "x"}, ["length_s"]),
        ({"length_s": 5, "title": "x"}, ["length_s"]),
        ({"bars": 0}, ["bars"]),
        ({"format": "aiff"}, ["format"]),
        ({"takes": 3}, ["takes"]),
        ({"like_as": "beside"}, ["like_as"]),
        ({"like": {}, "bars": 4}, ["bars"]),
        ({"like": {}, "like_as": "layer", "length_s": 4}, ["length_s"]),
        ({"like": 7}, ["like.dict[str,any]", "like.str"]),
        ({"voice": "female"}, ["voice"]),
        ({"quality": "FUZZ-1.0"}, ["quality"]),
        ({"title": "x", "voice": "robot"}, ["voice"]),
        ({"title": "x", "quality": "FUZZ-9"}, ["quality"]),
        ({"lyrics": "la", "instrumental": True}, ["lyrics"]),
        ({"voice": "male", "instrumental": True}, ["voice"]),
        ({"lyrics": "la", "topic": "rain"}, ["topic"]),
        ({"lyrics": "x" * 5_001}, ["lyrics"]),
        ({"title": "x", "prompt_b": "jazz"}, ["prompt_b"]),
        ({"title": "x", "like": {}}, ["like"]),
        ({"title": "x", "length_s": 20, "duration": 20}, ["duration"]),
        ({"normalized_weirdness": 0.5}, ["normalized_weirdness"]),
        ({"audio": "https://example.org/a.mp3"}, ["audio"]),
        ({"score": {}}, ["score"]),
        ({"transform": "cover"}, ["score"]),
        ({"transform": "remix", "score": {}}, ["transform"]),
        ({"transform": "cover", "score": {}, "audio": "data:,"}, ["audio"]),
        ({"transform": "cover", "score": {}, "crop_end_at": 5}, ["crop_end_at"]),
        ({"transform": "inpaint", "score": {}}, ["replace_start_at", "replace_end_at"]),
        (
            {"transform": "inpaint", "score": {}, "replace_start_at": 9, "replace_end_at": 8},
            ["replace_end_at"],
        ),
        ({"transform": "cover", "score": {}, "normalized_weirdness": 1.5}, ["normalized_weirdness"]),
        ({"transform": "cover", "score": {}, "topic": "rain"}, ["topic"]),
        ({"transform": "cover", "score": {}, "instrumental": True}, ["instrumental"]),
        ({"transform": "cover", "audio": "data:,", "stems": True}, ["stems"]),
    ],
)
def test_contradictions_name_their_field(given_input: dict[str, Any], fields: list[str]) -> None:
    """422 with a plain description by field; the riffusion six alone are always fine."""
    assert refused_fields(**given_input) == fields


def test_an_address_that_is_none_is_for_the_prediction_to_fail_on() -> None:
    """What a source's address leads to is not known yet when the call is accepted."""
    assert refused_fields(transform="cover", audio="nowhere") == []
    assert refused_fields(like="ftp://example.org/score.json") == []


def test_a_morphs_fields_reach_the_engine() -> None:
    """Strengths and times under the engine's own names; the tags are the prompt, if there is one."""
    sent: dict[str, Any] = {
        "transform": "inpaint",
        "score": {},
        "prompt_a": "jazz",
        "normalized_cover_strength": 0.2,
        "normalized_lyrics_strength": 0.0,
        "replace_start_at": 1.5,
        "replace_end_at": 3,
        "duration": 30,
        "voice": "choir",
    }
    (spec,) = wanted(ENGINE_MODEL, sent, seed=8).specs
    made = engine_spec.MorphSpec(**spec)
    assert (made.tags, made.cover_strength, made.lyrics_strength, made.weirdness) == ("jazz", 0.2, 0.0, 0.5)
    assert (made.replace_start_s, made.replace_end_s, made.length_s) == (1.5, 3.0, 30.0)
    assert (made.voice, made.seed) == ("choir", 8)


def test_the_takes_of_a_song_share_its_seed() -> None:
    """They are told apart by number; those of a riff have a seed each."""
    song = wanted(ENGINE_MODEL, {"prompt_a": "folk", "title": "Rain"}, seed=8).specs
    assert [(spec["seed"], spec["take"]) for spec in song] == [(8, 0), (8, 1)]
    assert [spec["seed"] for spec in wanted(ENGINE_MODEL, {"takes": 2}, seed=8).specs] == [8, 9]


song_inputs = st.fixed_dictionaries(
    {},
    optional={
        "prompt_a": st.text(max_size=600),
        "lyrics": st.text(max_size=60),
        "title": st.text(max_size=30),
        "topic": st.text(max_size=30),
        "instrumental": st.booleans(),
        "voice": st.sampled_from(get_args(Voice)),
        "quality": st.sampled_from(get_args(Quality)),
        "length_s": st.floats(1, 240),
        "bars": st.integers(1, 64),
        "transform": st.sampled_from(get_args(Transform)),
        "audio": st.just("https://example.org/a.mp3"),
        "replace_start_at": st.floats(0, 600),
        "replace_end_at": st.floats(0, 600),
        "crop_end_at": st.floats(0.001, 600),
        "normalized_weirdness": st.floats(0, 1),
        "takes": st.integers(1, 2),
    },
)


@given(song_inputs)
def test_what_is_accepted_is_in_order_for_the_engine(given_input: dict[str, Any]) -> None:
    """No accepted request is refused by the engine's own checks."""
    if refused_fields(**given_input):
        return
    asked = wanted(ENGINE_MODEL, given_input, seed=1)
    record = {
        "riff": engine_spec.RiffSpec,
        "song": engine_spec.SongSpec,
        "morph": engine_spec.MorphSpec,
    }[asked.kind]
    assert [record(**spec) for spec in asked.specs]


def test_the_model_tells_its_schema() -> None:
    """Official clients read it: every field of input and output is there."""
    schemas = MODELS[ENGINE_MODEL].version_told()["openapi_schema"]["components"]["schemas"]
    assert schemas["Input"]["properties"].keys() == EngineInput.model_fields.keys()
    assert {"audio", "score", "midi", "lrc", "stems", "takes"} <= schemas["Output"]["properties"].keys()
