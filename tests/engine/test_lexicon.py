"""Prompts understood: words, tempo, key, negation, typos, Chinese; and nothing makes it fail."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.engine.instruments import instruments
from bot.engine.styles.from_intent import identity_of, style_for
from bot.engine.styles.key_choice import tonic_for
from bot.engine.styles.templates import genres
from bot.engine.words.lexicon import understand
from bot.engine.words.lexicon_table import lexicon


def test_the_lexicon_is_large() -> None:
    """At least 1,400 surface forms, 400 of them Chinese, and 75 instruments; every instrument has words."""
    words = lexicon()
    assert words.surface_forms >= 1400
    assert len(words.joined) >= 400
    named = {
        meaning.name for found in words.phrases.values() for meaning in found if meaning.kind == "instrument"
    }
    assert len(named) >= 75
    assert set(instruments()) - named <= {"singer_female", "singer_male", "singer_child", "singer_choir"}


@pytest.mark.parametrize("word", sorted(lexicon().no_typos)[::7])
def test_a_word_of_its_own_is_no_typo(word: str) -> None:
    """English words that look like music words ("mental", "father") are not taken for them."""
    assert understand(word).ignored == [word]


@given(st.sampled_from(sorted(lexicon().phrases)))
@settings(max_examples=200, deadline=None)
def test_every_phrase_is_understood(phrase: str) -> None:
    """Whatever stands in the tables can be asked for: nothing of it is ignored."""
    assert understand(phrase).ignored == []


@given(st.sampled_from(sorted(lexicon().joined)))
@settings(max_examples=200, deadline=None)
def test_every_joined_word_is_understood(word: str) -> None:
    """The same for words between which there are no spaces."""
    plain = "".join(chr(ord(sign) - 0xE000) if 0xE000 <= ord(sign) < 0xE080 else sign for sign in word)
    assert understand(plain).ignored == []


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
        ("tenor saxaphone", "tenorsax"),
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
        ("techno at 140", 140.0),
        ("140bpm techno", 140.0),
        ("techno 140", 140.0),
        ("124, deep house", 124.0),
        ("速度 96 爵士", 96.0),
        ("1200 bpm", 260.0),
        ("808 drums", None),
        ("studio 54 disco", None),
        ("commodore 64", None),
        ("route 66", None),
        ("top 100", None),
        ("waltz at 3/4", None),
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


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("jazz sax", "爵士 萨克斯"),
        ("slower jazz", "慢一点 爵士"),
        ("rock, no drums", "摇滚 不要鼓"),
        ("solo piano", "钢琴独奏"),
        ("sad folk, 90 bpm", "悲伤的民谣 90拍"),
        ("80s disco", "80年代的迪斯科"),
        ("erhu and guzheng", "二胡和古筝"),
        ("rock in 6/8", "摇滚 八六拍"),
    ],
)
def test_the_same_meaning_in_chinese_and_english_is_the_same_music(english: str, chinese: str) -> None:
    """One meaning is one thing in both languages, to the last parameter, the key included."""
    intents = understand(english), understand(chinese)
    assert identity_of(intents[0]) == identity_of(intents[1])
    for seed in (1, 5):
        styles = [style_for(intent, seed) for intent in intents]
        assert styles[0] == styles[1]
        assert tonic_for(styles[0], seed) == tonic_for(styles[1], seed)


def test_the_key_depends_on_meaning_and_seed() -> None:
    """Keys differ over prompts with one seed and over seeds with one prompt; filler words do not count."""
    labels = [template.label for template in genres().values()]
    assert len({tonic_for(style_for(understand(label), 1), 1) for label in labels}) >= 9
    assert len({tonic_for(style_for(understand("jazz"), seed), seed) for seed in range(40)}) >= 5
    one, other = (style_for(understand(prompt), 1) for prompt in ("jazz piano", "some jazz with a piano"))
    assert tonic_for(one, 1) == tonic_for(other, 1)


@given(
    st.lists(
        st.sampled_from(["zorgle", "fnord", "🦖", "🛼", "qwrtyp", "blivet"]),
        min_size=2,
        max_size=2,
        unique=True,
    )
)
@settings(deadline=None)
def test_unknown_words_colour_the_music_apart(pair: list[str]) -> None:
    """Two words or pictures that nobody knows make two clearly different feels of the same genre."""
    feels = [style_for(understand(f"house {word}"), 1).feel for word in pair]
    names = ("brightness", "reverb", "density", "energy", "drive")
    assert sum(abs(getattr(feels[0], name) - getattr(feels[1], name)) for name in names) > 0.1


def test_pictures_have_meanings() -> None:
    """An emoji is a word: a violin, Christmas, fire; and one that nobody knows is reported."""
    intent = understand("🎻🎄🔥🦖")
    assert intent.instruments == [("violin", "lead")]
    assert intent.genres == ["christmas"]
    assert intent.moods == ["energetic"]
    assert intent.ignored == ["🦖"]


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


@pytest.mark.parametrize(
    ("word", "low", "high"), [("slow", 0.7, 0.78), ("fast", 1.2, 1.3), ("慢", 0.7, 0.78)]
)
def test_slow_and_fast_are_heard_as_such(word: str, low: float, high: float) -> None:
    """Slow music is a quarter slower than the style, fast music a quarter faster."""
    assert low <= understand(f"{word} techno").mood["tempo"] <= high
