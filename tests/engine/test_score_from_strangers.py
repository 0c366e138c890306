"""A score that somebody sends: refused in one sentence, or mixed without trouble."""

from __future__ import annotations

import copy
import json
from functools import lru_cache
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.engine import score_from_json, score_to_json
from bot.engine.instruments import hits, instruments, kits, roles
from bot.engine.mix import mixdown
from bot.engine.score.model import MODE_NAMES
from bot.engine.score.reading import MAX_DEPTH, MAX_NOTES, MAX_TRACKS, TEXTURES, read_score
from tests.engine.test_score import score_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@lru_cache(maxsize=1)
def _sane_text() -> str:
    return json.dumps(score_to_json(score_of("funk, vinyl crackle")))


def sane() -> dict[str, Any]:
    """A score's JSON, to be spoilt."""
    return json.loads(_sane_text())


@given(data=JSON)
def test_arbitrary_json_is_refused_in_a_sentence(data: Any) -> None:
    """Whatever it is, ValueError and nothing else."""
    with pytest.raises(ValueError, match=r"^The score|^A score|^More|^A line"):
        score_from_json(data)


@given(content=st.binary(max_size=60) | JSON.map(lambda data: json.dumps(data).encode()))
def test_arbitrary_bytes_are_refused_in_a_sentence(content: bytes) -> None:
    """Also what is no JSON, no text, or holds no numbers."""
    with pytest.raises(ValueError, match=r"\.$"):
        read_score(content)


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A sane score with one value, anywhere in it, replaced by any other."""
    data = sane()
    place: Any = data
    while True:
        keys = _keys(place)
        key = draw(st.sampled_from(keys))
        inner: Any = place[key]
        if not _keys(inner) or draw(st.integers(0, 3)) == 0:
            place[key] = draw(JSON)
            return data
        place = inner


def _keys(place: Any) -> list[Any]:
    """The keys of an object or the places of a list; none of anything else."""
    if isinstance(place, dict):
        return sorted(cast("dict[str, Any]", place))
    return list(range(len(cast("list[Any]", place)))) if isinstance(place, list) else []


@given(data=spoilt())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
def test_a_spoilt_score_is_refused_or_read(data: dict[str, Any]) -> None:
    """One wrong value anywhere never raises anything but ValueError; what is read is within bounds."""
    try:
        score = score_from_json(data)
    except ValueError:
        return
    assert len(score.tracks) <= MAX_TRACKS
    assert score.frames <= 26_000


@st.composite
def accepted(draw: st.DrawFn) -> dict[str, Any]:
    """A short score with any players that exist, playing anything that the format lets them play."""

    def note(marks: list[str], longest: float = 16) -> st.SearchStrategy[list[Any]]:
        return st.tuples(
            st.floats(-1, 9),
            st.floats(0.001, longest),
            st.floats(0, 127),
            st.floats(0.001, 1),
            st.sampled_from(marks),
        ).map(list)

    sung = st.fixed_dictionaries(
        {
            "role": st.just("vox"),
            "instrument": st.sampled_from(["singer_female", "singer_male", "singer_child", "singer_choir"]),
            "lines": st.lists(
                st.tuples(
                    st.just("la la"),
                    st.tuples(note([""], 2), note([""], 2)).map(lambda pair: _one_after_the_other(*pair)),
                    st.booleans(),
                ).map(list),
                max_size=1,
            ),
        }
    )
    players = [name for name in sorted(instruments()) if not name.startswith("singer_")]
    melodic = st.fixed_dictionaries(
        {
            "role": st.sampled_from(sorted(set(roles()) - {"drums"})),
            "instrument": st.sampled_from(players),
            "notes": st.lists(note(["", "slide"]), max_size=4),
            "level_db": st.floats(-60, 12),
            "weight": st.floats(0, 4),
        }
    )
    drums = st.fixed_dictionaries(
        {
            "role": st.just("drums"),
            "instrument": st.sampled_from(sorted(kits())),
            "notes": st.lists(note(sorted(hits())), max_size=4),
        }
    )
    unit = st.floats(0, 1)
    feels = ("energy", "reverb", "density", "lofi", "drive", "pump", "human")
    loops = draw(st.booleans())
    return {
        "format": 2,
        "bpm": 120,
        "tonic": draw(st.integers(0, 11)),
        "mode": draw(st.sampled_from(sorted(MODE_NAMES))),
        "bars": 2,
        "chords": [[[0, [0, 4, 7]]], [[7, [0, 4, 7]]]],
        "tracks": draw(st.lists(melodic | drums | sung, max_size=3)),
        "feel": {
            **draw(st.fixed_dictionaries(dict.fromkeys(feels, unit))),
            "brightness": draw(st.floats(-1, 1)),
            "textures": draw(st.dictionaries(st.sampled_from(sorted(TEXTURES)), unit, max_size=2)),
        },
        "frames": 400 if loops else draw(st.integers(400, 700)),
        "loops": loops,
    }


def _one_after_the_other(one: list[Any], other: list[Any]) -> list[list[Any]]:
    """Two notes of a sung line, in order and never at once."""
    first, second = sorted((one, other), key=lambda note: note[0])
    return [first, second if second[0] > first[0] else [first[0] + 0.001, *second[1:]]]


@given(data=accepted())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_accepted_score_can_be_mixed(data: dict[str, Any]) -> None:
    """Any player that exists may play anything: the mix is as long as it says, and holds numbers."""
    score = score_from_json(data)
    audio = mixdown(score)
    assert audio.shape == (score.frames * 441, 2)
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() <= 1.0


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"format": 99}, "format 99"),
    ({"mode": "loud"}, "mode cannot be 'loud'"),
    ({"bpm": 1e400}, "bpm must be a number"),
    ({"bpm": float("nan")}, "bpm must be a number"),
    ({"bpm": True}, "bpm must be a number"),
    ({"bars": 10**9}, "bars must be a whole number"),
    ({"frames": 1_000}, "do not go with its tempo"),
    ({"chords": []}, "chords must be a list"),
    ({"tracks": [{}] * 33}, "tracks must be a list of 0 to 32"),
    ({"mask": ["mask_of_zorro", 1]}, "mask cannot be"),
    ({"sections": [["verse", 1, 2, 1]]}, "do not follow one another"),
    ({"feel": {"textures": {"thunder": 1}}}, "texture cannot be 'thunder'"),
    ({"title": "\ud800"}, "not valid Unicode"),
    ({"loops": 1}, "true or false"),
]


@pytest.mark.parametrize(("change", "told"), WRONG)
def test_the_sentence_names_what_is_wrong(change: dict[str, Any], told: str) -> None:
    """One plain sentence with the place."""
    with pytest.raises(ValueError, match=told) as refused:
        score_from_json({**sane(), **change})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"role": "dancer"}, "role of a track cannot be 'dancer'"),
        ({"instrument": "kazoo of doom"}, "instrument cannot be"),
        ({"notes": [[0, 1, 60, 0.5, "boom"]]}, "drum cannot be 'boom'"),
        ({"notes": [[0, 1, 60]]}, "note must be a list"),
        ({"notes": [[0, 1, 60, 2, "kick"]]}, "velocity of a note"),
        ({"notes": [[0, 1, 60, 0.5, "kick"]] * (MAX_NOTES + 1)}, "notes of a track must be a list"),
        ({"lines": [["la", [[0, 1, 60, 0.5, ""]], False]]}, "cannot sing"),
        ({"trim": [float("inf"), 1]}, "gain of a track"),
    ],
)
def test_a_bad_track_is_named(change: dict[str, Any], told: str) -> None:
    """Unknown players and drums, notes that are none, too many of them."""
    data = sane()
    drums = next(track for track in data["tracks"] if track["role"] == "drums")
    data["tracks"] = [{**drums, **change}]
    with pytest.raises(ValueError, match=told):
        score_from_json(data)


def with_players(tracks: list[dict[str, Any]], **change: Any) -> dict[str, Any]:
    """A song of four minutes in which only these play."""
    bars = 120
    written = {"format": 2, "bpm": 120, "tonic": 0, "mode": "maj", "bars": bars, "loops": False}
    chords = [[[0, [0, 4, 7]]]] * bars
    return {**written, "chords": chords, "frames": 24_000, "tracks": tracks, **change}


def held(notes: int) -> list[dict[str, Any]]:
    """A player who holds every note for minutes."""
    return [{"role": "lead", "instrument": "piano", "notes": [[n / 100, 400, 60, 0.5] for n in range(notes)]}]


def test_more_than_can_be_played_in_a_minute_or_two_is_refused() -> None:
    """Not how many notes there are counts alone, but how long they sound: nine seconds each at the most."""
    score_from_json(with_players(held(1_100)))
    with pytest.raises(ValueError, match="more long notes than can be played"):
        score_from_json(with_players(held(1_200)))


def test_scores_beneath_count_too() -> None:
    """What no single score may ask for, eight together may not either."""
    data = with_players(held(1_000))
    for _ in range(2):
        data = with_players(held(1_000), underlay={"score": data, "start": 0, "end": 1})
    with pytest.raises(ValueError, match="those beneath it"):
        score_from_json(data)


@pytest.mark.parametrize(
    ("text", "notes", "told"),
    [
        ("", [], "list of 1 to 500"),
        ("la la", [[10, 1, 60, 1], [2, 1, 60, 1]], "do not follow one another"),
        ("la la", [[10, 1, 60, 1], [10, 1, 60, 1]], "do not follow one another"),
        ("la", [[0, 61, 60, 1]], "lasts more than 30 seconds"),
        ("la la", [[0, 1, 60, 1], [70, 1, 60, 1]], "lasts more than 30 seconds"),
    ],
)
def test_a_line_that_nobody_can_sing_is_refused(text: str, notes: list[Any], told: str) -> None:
    """Without a syllable, out of order, or longer than half a minute."""
    singer = {"role": "vox", "instrument": "singer_female", "lines": [[text, notes, False]]}
    with pytest.raises(ValueError, match=told):
        score_from_json(with_players([singer]))


def test_scores_beneath_scores_have_a_bottom() -> None:
    """Each stretch made anew keeps what was before it, but not without end."""
    data = sane()
    for _ in range(MAX_DEPTH - 1):
        data = {**sane(), "underlay": {"score": copy.copy(data), "start": 0, "end": 4}}
    assert score_from_json(data).underlay is not None
    with pytest.raises(ValueError, match="beneath another"):
        score_from_json({**sane(), "underlay": {"score": data, "start": 0, "end": 4}})


def test_a_score_written_by_hand_needs_little() -> None:
    """Tempo, key, bars, chords, tracks and length are enough."""
    score = score_from_json(
        {
            "format": 2,
            "bpm": 120,
            "tonic": 9,
            "mode": "min",
            "bars": 1,
            "chords": [[[0, [0, 3, 7]]]],
            "tracks": [{"role": "lead", "instrument": "piano", "notes": [[0, 1, 69, 0.8]]}],
            "frames": 200,
        }
    )
    assert (score.meter, score.loops, score.key) == (4, True, "A minor")
