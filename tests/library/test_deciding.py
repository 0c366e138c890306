"""Consent, searches and settings as pure decisions."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.jobs.preferences import (
    PRESETS_MOST,
    ChannelSettings,
    GuildSettings,
    MemberSettings,
    Preset,
    Remix,
    changed,
)
from bot.library.consent import Lent, may_dress, may_remix, strictest
from bot.library.search import Asked, keys_of, typed_words, words_of

RULES = st.sampled_from((None, *get_args(Remix)))
LENT = st.builds(
    Lent,
    take_id=st.sampled_from("tuv"),
    author_id=st.sampled_from("abc"),
    of_take=RULES,
    of_author=RULES,
    of_server=st.sampled_from(get_args(Remix)),
)
WORDS = st.text("ade日😀 ", max_size=5)
"""A small alphabet: to draw from all of Unicode takes seconds the first time."""
GRANTED = st.sets(st.sampled_from("abc"))


@given(LENT, st.sampled_from("abcd"), GRANTED)
def test_the_nearest_rule_decides_and_authors_always_may(lent: Lent, actor: str, granted: set[str]) -> None:
    """The take's rule before the author's before the server's; a yes changes only what had to be asked."""
    permission = may_remix(lent, actor_id=actor, granted=granted)
    rule = next(each for each in (lent.of_take, lent.of_author, lent.of_server) if each is not None)
    if actor == lent.author_id or rule == "anyone":
        assert permission == "allowed"
    elif rule == "nobody":
        assert permission == "refused"
    else:
        assert permission == ("allowed" if lent.author_id in granted else "ask")


@given(LENT, st.sampled_from("abcd"), GRANTED, st.booleans())
def test_a_cover_is_put_on_by_authors_and_moderators_and_whom_they_let(
    lent: Lent, actor: str, granted: set[str], is_moderator: bool
) -> None:
    """It changes what the author posted: nobody else may without a yes, and where nobody may remix, never."""
    permission = may_dress(lent, actor_id=actor, is_moderator=is_moderator, granted=granted)
    if is_moderator or actor == lent.author_id:
        assert permission == "allowed"
    elif lent.rule == "nobody":
        assert permission == "refused"
    else:
        assert permission == ("allowed" if lent.author_id in granted else "ask")
    dressed = strictest([lent], actor_id=actor, granted=granted, dresses=True, is_moderator=is_moderator)
    assert dressed[0] == permission


@given(st.lists(LENT), st.sampled_from("abcd"), GRANTED)
def test_of_several_takes_the_strictest_decides(every: list[Lent], actor: str, granted: set[str]) -> None:
    """One refusal is enough; asking in turn ends."""
    permission, decides = strictest(every, actor_id=actor, granted=granted)
    each = [may_remix(lent, actor_id=actor, granted=granted) for lent in every]
    assert permission == ("refused" if "refused" in each else "ask" if "ask" in each else "allowed")
    assert (decides is None) == (permission == "allowed")
    if permission == "ask" and decides is not None:
        assert decides.author_id not in granted
        assert decides.author_id != actor


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Am", ("A minor",)),
        ("a moll", ("A minor",)),
        ("F#", ("F# ", "Gb ")),
        ("g♭ major", ("F# major", "Gb major")),
        ("B flat min", ("A# minor", "Bb minor")),
        ("H Moll", ("B minor", "Cb minor")),
        ("d dorian", ("D dorian",)),
    ],
)
def test_keys_are_read_as_people_write_them(typed: str, expected: tuple[str, ...]) -> None:
    """In every spelling under which a host may have told them."""
    assert keys_of(typed) == expected


@pytest.mark.parametrize("typed", ["", "x", "a 7!", "loud"])
def test_what_is_no_key_is_refused(typed: str) -> None:
    """With a sentence that shows how."""
    with pytest.raises(InvalidOption, match="unknown_key"):
        keys_of(typed)


def test_searches_are_checked_and_put_in_order() -> None:
    """Either end of the tempo may come first; an impossible one is refused."""
    asked = Asked.checked(words="  Rain  RAIN ", style="Lofi", tempo_from=120, tempo_to=80, key="")
    assert (asked.all_words, asked.bpm_from, asked.bpm_to, asked.keys) == (("rain", "lofi"), 80, 120, ())
    with pytest.raises(InvalidOption, match="out_of_range"):
        Asked.checked(tempo_to=1_000)
    assert typed_words("Lofi Rain · Ada · 0:05") == ("lofi", "rain")
    assert len(words_of(" ".join(map(str, range(99))))) == 8


@given(
    st.dictionaries(
        st.sampled_from(("language", "format", "picture", "presets", "delivery", "remix", "later")),
        st.none() | st.booleans() | WORDS | st.integers() | st.lists(WORDS),
    )
)
def test_settings_of_any_version_are_read(kept: dict[str, Any]) -> None:
    """What is not understood counts as not set, and never stops the rest; only what differs is kept."""
    for record in (GuildSettings, ChannelSettings, MemberSettings):
        read = record.of(kept)
        assert record.of(read.kept) == read
    assert GuildSettings.of({**kept, "format": "ogg"}).format == "ogg"
    assert GuildSettings().kept == {}


def test_presets_are_bounded_and_found_in_any_case() -> None:
    """As many as a menu holds; the same name replaces."""
    settings = GuildSettings()
    for number in range(PRESETS_MOST):
        settings = changed(settings, "presets", settings.with_preset(Preset.checked(f"p{number}", "x")))
    with pytest.raises(InvalidOption, match="too_many"):
        settings.with_preset(Preset.checked("one more", "x"))
    settings = changed(settings, "presets", settings.with_preset(Preset.checked(" P1 ", "new")))
    assert len(settings.presets) == PRESETS_MOST
    found = settings.preset("p1")
    assert found is not None
    assert found.prompt == "new"
    for name, prompt in (("", "x"), ("x", " "), ("n" * 41, "x"), ("x", "p" * 501)):
        with pytest.raises(InvalidOption):
            Preset.checked(name, prompt)
    for name, value in (("format", "mp4"), ("nonsense", 1), ("presets", "x")):
        with pytest.raises(InvalidOption):
            changed(settings, name, value)
