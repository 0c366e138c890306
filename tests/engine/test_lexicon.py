"""Prompts understood: words, tempo, key, negation, typos, Chinese; and nothing makes it fail."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.engine.lexicon import understand
from bot.engine.lexicon_table import lexicon
from bot.engine.styles import identity_of, style_for


def test_at_least_seven_hundred_surface_forms_with_chinese() -> None:
    """The lexicon is large, and a good part of it is Chinese."""
    assert lexicon().surface_forms >= 700
    assert len(lexicon().joined) >= 200


@pytest.mark.parametrize(
    ("prompt", "genre"),
    [
        ("funky synth solo", "funk"),
        ("90's rap", "hiphop"),
        ("lo-fi hip hop beats", "lofi"),
        ("church bells on sunday", "bells"),
        ("Drum & Bass", "dnb"),
        ("café jazz", "jazz"),
        ("some shoegazing", "shoegaze"),
        ("爵士", "jazz"),
        ("古筝与电子乐", "chinese"),
        ("technno", "techno"),
        ("regae vibes", "reggae"),
    ],
)
def test_genres_are_recognised(prompt: str, genre: str) -> None:
    """Genres come through slang, accents, other scripts and typos."""
    assert understand(prompt).genres[0] == genre


@pytest.mark.parametrize(
    ("prompt", "instrument"),
    [
        ("tenor saxaphone", "altosax"),
        ("a violinn", "violin"),
        ("悲伤的钢琴曲", "piano"),
        ("techno DJ and a country fiddle", "fiddle"),
        ("8-bit lead", "chip_lead"),
    ],
)
def test_instruments_are_recognised(prompt: str, instrument: str) -> None:
    """Instruments come through typos, phrases and Chinese."""
    assert instrument in [name for name, _ in understand(prompt).instruments]


@pytest.mark.parametrize(
    ("prompt", "bpm"),
    [
        ("trap 140 bpm", 140.0),
        ("174.5bpm jungle", 174.5),
        ("tempo of 92, soul", 92.0),
        ("soul at tempo 120.", 120.0),
        ("tempo 92.5. Soul", 92.5),
        ("120 beats a minute", 120.0),
        ("钢琴 90拍", 90.0),
        ("999 bpm", 260.0),
        ("10 bpm", 30.0),
        ("808 drums", None),
        ("90s house", None),
    ],
)
def test_tempo_is_read_and_held_to_what_can_be_played(prompt: str, bpm: float | None) -> None:
    """A tempo is taken as written within 30..260; other numbers are no tempo."""
    assert understand(prompt).bpm == bpm


@pytest.mark.parametrize(
    ("prompt", "tonic", "mode", "spelling"),
    [
        ("in F# minor", 6, "min", "F# minor"),
        ("B♭ major waltz", 10, "maj", "Bb major"),
        ("metal in Em", 4, "min", "E minor"),
        ("c sharp minor", 1, "min", "C# minor"),
        ("D dorian jam", 2, "dor", "D dorian"),
        ("升c小调 夜曲", 1, "min", "C# minor"),
        ("降B大调", 10, "maj", "Bb major"),
        ("key of D", 2, None, ""),
        ("blues in E", 4, None, ""),
        ("jazz in Bb, slow", 10, None, ""),
        ("in A flat world", None, None, ""),
        ("a waltz in a minor key", None, "min", ""),
        ("I am a walrus", None, None, ""),
    ],
)
def test_keys_are_read(prompt: str, tonic: int | None, mode: str | None, spelling: str) -> None:
    """Keys come in words, signs, short forms and Chinese, and "am" is no A minor."""
    intent = understand(prompt)
    assert (intent.tonic, intent.mode, intent.key_spelling) == (tonic, mode, spelling)


@pytest.mark.parametrize(
    "prompt",
    [
        "rock, no drums",
        "rock without any drums",
        "摇滚 没有鼓",
        "drumless rock",
        "摇滚 不要鼓",
        "rock w/o drums",
        "rock, don't use drums",
        "rock, no-drums",
        "drum-free rock",
        "rock, no heavy drums",
        "rock with no loud drums",
        "rock without electronic drums",
        "摇滚 没有快鼓",
    ],
)
def test_refused_drums_do_not_play(prompt: str) -> None:
    """Negation works before the word, with qualities and small words between, and in Chinese."""
    assert style_for(understand(prompt), 1).drums == {}


@pytest.mark.parametrize("prompt", ["not too heavy drums", "no rush, drums", "no nonsense drums"])
def test_a_refusal_ends_with_what_it_refuses(prompt: str) -> None:
    """A quality that is "not" wanted, a comma and an unknown word leave the drums alone."""
    intent = understand(f"ambient, {prompt}")
    assert ("drums", "drums") in intent.instruments
    assert "drive" not in intent.mood


def test_a_key_names_no_instrument() -> None:
    """The word "key" after a mode belongs to the key: no keyboard is seated for it."""
    assert understand("a ballad in a minor key").instruments == understand("a ballad").instruments
    assert understand("rock, C major key").instruments == []


def test_a_refusal_is_handed_on_by_or() -> None:
    """In "no guitars or bass" both are refused, and what follows the comma is wanted."""
    style = style_for(understand("rock without guitars or bass, saxophone"), 1)
    playing = {layer.instrument for layer in style.layers}
    assert not playing & {"distgtr", "cleangtr", "odgtr", "ebass"}
    assert "altosax" in playing


def test_a_refused_mood_or_genre_is_not_heard() -> None:
    """Negated moods and genres leave no trace but the refusal."""
    intent = understand("piano, not sad, no jazz")
    assert "valence" not in intent.mood
    assert intent.genres == []


def test_unknown_words_are_reported_and_still_colour_the_music() -> None:
    """Words nobody knows end in `ignored` and change the style."""
    intent = understand("house flibbertigibbet")
    assert intent.ignored == ["flibbertigibbet"]
    assert style_for(intent, 1).bpm != style_for(understand("house"), 1).bpm


def test_the_same_meaning_in_chinese_and_english_is_the_same_style() -> None:
    """Jazz saxophone is one thing in both languages, to the last parameter."""
    english, chinese = understand("jazz sax"), understand("爵士 萨克斯")
    assert identity_of(english) == identity_of(chinese)
    assert style_for(english, 5) == style_for(chinese, 5)


@given(st.text(max_size=500))
@example("a" * 500)
@example("鼓" * 500)
@example("no " * 166)
@example("🎺🎻 @everyone **bold** \u202egnol")
@example("\ud800 lone surrogate")
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text is understood, the same way twice, and makes a playable style."""
    intent = understand(text)
    assert understand(text) == intent
    style = style_for(intent, 0)
    assert style.layers
    assert 20.0 < style.bpm <= 260.0
