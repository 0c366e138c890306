"""Times as people type them, and morphs as they ask for them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.jobs.able import can_make, no_host_for
from bot.jobs.recipes import Morph, TakeSource, UploadSource
from bot.jobs.recipes.morph import RULING, STRENGTH_UNSAID, TRANSFORMS, Asked
from bot.jobs.recipes.times import clock, parse_time, parsed_time, rough_clock
from bot.jobs.records import Offers
from bot.protocol.engine import STRENGTHS, Transform
from bot.protocol.songs import TAKES

TAKE = TakeSource(take_id="t" * 22, prompt="rain", user_name="Ada", channel_id="1")
FILE = UploadSource(upload_id="u" * 22, key="", name="a.mp3", user_name="Ada", duration_s=30.0)
FIELDS: dict[str, str] = dict(
    zip(("lyrics", "sound_prompt", "weirdness", "cover", "variation"), STRENGTHS, strict=True)
)
TIMES: dict[Transform, dict[str, Any]] = {
    "extend": {"at_s": 10.0, "longer_s": 20.0},
    "inpaint": {"from_s": 3.0, "to_s": 7.5},
}


@given(st.integers(0, 6_000_000))
def test_a_time_that_is_shown_can_be_typed(ms: int) -> None:
    """To the millisecond, in minutes as in plain seconds, with a comma or in full-width digits."""
    assert parse_time("at", clock(ms / 1000)) == ms / 1000
    plain = f"{ms // 1000}.{ms % 1000:03d}"
    wide = plain.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    for typed in (plain, plain.replace(".", ","), f" {plain} s ", wide):
        assert parse_time("at", typed) == ms / 1000
    assert 0 <= ms / 1000 - parse_time("at", rough_clock(ms / 1000)) < 0.1


@given(st.text(max_size=12))
def test_anything_else_is_refused_and_never_misread(typed: str) -> None:
    """A number of seconds that is no less than none, or the one sentence about times."""
    try:
        time_s = parse_time("at", typed)
    except InvalidOption as error:
        problem = error.problem
    else:
        problem = "not_a_time" if 0 <= time_s < 10**6 else "misread"
    assert problem == "not_a_time"


@pytest.mark.parametrize(
    "typed", ["1:5", "1:60", "1:2:03", "1:61:00", "-3", "1e3", "abc", ":30", "1:", "1:30:"]
)
def test_what_looks_like_a_time_and_is_none(typed: str) -> None:
    """Seconds and minutes after a colon have two digits and stay below sixty."""
    with pytest.raises(InvalidOption):
        parse_time("at", typed)


def test_hours_and_nothing_at_all() -> None:
    """An hour is three parts; nothing typed is nothing asked."""
    assert parse_time("at", "1:02:03") == 3723
    assert parsed_time("at", " ") is None
    assert parsed_time("at", None) is None


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_every_transform_takes_its_own_fields_only(transform: Transform) -> None:
    """All that was typed for another is left out, so that every dialect takes what is asked."""
    everything = Asked(
        tags="jazz",
        lyrics="la",
        strength=0.3,
        weirdness=0.2,
        at_s=10,
        longer_s=20,
        from_s=3,
        to_s=7.5,
        seed=5,
    )
    morph = Morph.checked(transform, TAKE, everything, duration_s=30)
    asked = morph.as_asked()
    assert Morph.checked(transform, TAKE, asked, duration_s=30) == morph
    told = {FIELDS[name] for name in morph.strengths.model_dump(exclude_none=True)}
    assert told <= TAKES[transform]
    assert {"at_s": asked.at_s, "longer_s": asked.longer_s} == {
        "at_s": TIMES.get(transform, {}).get("at_s"),
        "longer_s": TIMES.get(transform, {}).get("longer_s"),
    }
    bare = Morph.checked(transform, TAKE, Asked(tags="jazz", **TIMES.get(transform, {})), duration_s=30)
    assert getattr(bare.strengths, RULING[transform]) == STRENGTH_UNSAID[transform]


MISTAKES: list[tuple[Transform, dict[str, Any], tuple[str, str]]] = [
    ("cover", {}, ("tags", "empty")),
    ("cover", {"tags": "x", "strength": 1.5}, ("strength", "out_of_range")),
    ("cover", {"tags": "x", "weirdness": float("nan")}, ("weirdness", "not_a_number")),
    ("cover", {"tags": "x", "lyrics": "y" * 5_001}, ("lyrics", "too_long")),
    ("swap_sound", {"lyrics": "la"}, ("tags", "empty")),
    ("swap_vocals", {"lyrics": " / "}, ("tags", "no_voice_said")),
    ("extend", {"at_s": 0.0}, ("at", "at_the_beginning")),
    ("extend", {"at_s": 31.0}, ("at", "after_the_end")),
    ("extend", {"at_s": 20.0, "longer_s": 221.0}, ("longer", "length_added")),
    ("extend", {"longer_s": 0.0}, ("longer", "length_added")),
    ("inpaint", {"to_s": 3.0}, ("from", "no_span")),
    ("inpaint", {"from_s": 3.0}, ("to", "no_span")),
    ("inpaint", {"from_s": 3.0, "to_s": 3.4}, ("to", "ends_too_early")),
    ("inpaint", {"from_s": 30.0, "to_s": 30.4}, ("from", "after_the_end")),
    ("inpaint", {"from_s": 3.0, "to_s": 40.0}, ("to", "after_the_end")),
]


@pytest.mark.parametrize(("transform", "typed", "problem"), MISTAKES)
def test_mistakes_name_their_option(
    transform: Transform, typed: dict[str, Any], problem: tuple[str, str]
) -> None:
    """The first one, and what is wrong with it."""
    with pytest.raises(InvalidOption) as caught:
        Morph.checked(transform, TAKE, Asked(**typed), duration_s=30.0)
    assert (caught.value.option, caught.value.problem) == problem


def test_a_long_piece_has_no_room_for_more() -> None:
    """Where even a second more would be too long, the sentence is about where it goes on."""
    with pytest.raises(InvalidOption) as caught:
        Morph.checked("extend", TAKE, Asked(at_s=240.0, longer_s=5.0), duration_s=300.0)
    assert caught.value.problem == "no_room"


def test_the_end_may_be_typed_as_it_is_shown() -> None:
    """A piece of 5.4 s ends at 0:05.4; who types 0:06 means its end."""
    morph = Morph.checked("inpaint", TAKE, Asked(from_s=2.0, to_s=6.0), duration_s=5.4)
    assert morph.span.replace_end_s == 5.4


def test_what_a_recording_cannot_be_made_into() -> None:
    """Our engine has to know the players of a swap, and voices are told apart nowhere."""
    engine = Offers(transforms=frozenset(TRANSFORMS), engine_extras=True)
    songs = Offers(riffs=False, songs=True, transforms=frozenset(TRANSFORMS))
    able = {
        (transform, name)
        for transform in TRANSFORMS
        for name, offers in (("engine", engine), ("songs", songs))
        if can_make(_of_file(transform), offers)
    }
    everywhere = {(each, name) for each in ("cover", "extend", "inpaint") for name in ("engine", "songs")}
    assert able == everywhere | {("swap_sound", "songs")}
    assert no_host_for(_of_file("swap_vocals")) == ("file", "needs_a_song")
    assert no_host_for(_of_file("cover")) == ("take", "no_morph_host")


def _of_file(transform: Transform) -> Morph:
    return Morph.checked(transform, FILE, Asked(tags="x", **TIMES.get(transform, {})), duration_s=30)
