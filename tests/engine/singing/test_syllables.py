"""Lyrics as syllables: English by dictionary and by letters, Chinese, numbers, and whatever else comes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.singing import is_chinese, syllables
from bot.engine.singing.phones import CONSONANTS, NASALS, VOWELS

COUNTS = {
    1: "i you love night rain strength heart through world dream girls jumped queue knight eight",
    2: "baby water tonight morning midnight guitar river broken honey golden dancing never again city "
    "people because before money mother yellow engine table kitten",
    3: "beautiful yesterday together remember tomorrow radio family holiday melody umbrella piano "
    "elephant banana december photograph",
    4: "television california january everybody information generation impossible ceremony",
    5: "university imagination electricity opportunity",
    6: "responsibility",
}
UNKNOWN = {
    "blorfing": 2,
    "quizzled": 2,
    "zorped": 1,
    "glimmertide": 3,
    "snooved": 1,
    "thrumbles": 2,
    "drimmed": 1,
    "fluzzes": 2,
    "krendation": 3,
    "wumpkin": 2,
    "strummin'": 2,
    "moonphase": 2,
    "shreeple": 2,
    "vlake": 1,
    "splonked": 1,
    "yodelicious": 4,
    "heyyyy": 1,
    "sooooon": 1,
    "noooo": 1,
    "ohhh": 1,
}


def spoken(text: str) -> list[str]:
    """Return the syllables as sounds with dots around the vowel."""
    return [f"{'-'.join(one.onset)}.{one.nucleus}.{'-'.join(one.coda)}" for one in syllables(text)]


@pytest.mark.parametrize("count", COUNTS)
def test_known_words_have_their_syllables(count: int) -> None:
    """Common words have as many syllables as English says."""
    wrong = {word: len(syllables(word)) for word in COUNTS[count].split() if len(syllables(word)) != count}
    assert wrong == {}


@pytest.mark.parametrize("word", UNKNOWN)
def test_made_up_words_are_said_by_their_letters(word: str) -> None:
    """Words in no dictionary have sensible syllables."""
    assert len(syllables(word)) == UNKNOWN[word]


def test_letters_are_said_as_english_says_them() -> None:
    """Silent e, digraphs and endings are known to the rules."""
    assert spoken("vlake") == ["V-L.EY.K"]
    assert spoken("shreep") == ["SH-R.IY.P"]
    assert spoken("zorped") == ["Z.AO.R-P-T"]
    assert spoken("blorfing") == ["B-L.AO.R", "F.IH.NG"]
    assert spoken("knibbed") == ["N.IH.B-D"]


def test_contractions_repetitions_and_hums() -> None:
    """Apostrophes of either kind, repeated vocables and hums sing as they are said."""
    assert spoken("don't") == spoken("don’t") == ["D.OW.N-T"]
    assert spoken("oh-oh") == [".OW.", ".OW."]
    assert spoken("la la la") == ["L.AA."] * 3
    assert spoken("mmm") == [".M."]
    assert spoken("runnin'") == ["R.AH.", "N.IH.N"]
    assert spoken("café") == spoken("cafe")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("0", "zero"),
        ("7", "seven"),
        ("13", "thirteen"),
        ("24", "twenty four"),
        ("100", "one hundred"),
        ("365", "three hundred sixty five"),
        ("1984", "nineteen eighty four"),
        ("1905", "nineteen oh five"),
        ("2000", "two thousand"),
        ("9,999", "nine thousand nine hundred ninety nine"),
        ("3rd", "third"),
        ("20th", "twentieth"),
        ("80s", "eighties"),
        ("12345", "one two three four five"),
    ],
)
def test_numbers_are_words(number: str, words: str) -> None:
    """Numbers are sung as they are spoken."""
    assert spoken(number) == spoken(words)


@pytest.mark.parametrize(
    "text", ["月亮代表我的心", "绿色的雨下在北京", "知道是日子四十二", "花儿为什么这样红", "长大了去银行"]
)
def test_a_character_is_a_syllable(text: str) -> None:
    """Every Chinese character takes one note, and carries itself as its text."""
    assert [one.text for one in syllables(text)] == list(text)
    assert all(1 <= one.tone <= 5 for one in syllables(text))


def test_pinyin_is_said_well() -> None:
    """Retroflexes, palatals, ü, buzzing i and nasals are told apart, and readings hang on neighbours."""
    assert spoken("知") == ["ZHR.ZHI."]
    assert spoken("资") == ["TZ.ZI."]
    assert spoken("机") == ["JX.IY."]
    assert spoken("女") == ["N.YU."]
    assert spoken("雪") == ["XX-WY.EH."]
    assert spoken("元") == ["WY.EH.N"]
    assert spoken("光") == ["G-W.AA.NG"]
    assert spoken("儿") == [".AR."]
    assert spoken("银行")[1] == "HX.AA.NG"
    assert spoken("行走")[0] == "XX.IY.NG"
    assert spoken("嗯") == [".N."]


def test_chinese_numbers_and_mixed_lines() -> None:
    """Numbers are read in the line's language, and English words stand among characters."""
    assert len(syllables("我有24个梦")) == 7
    assert len(syllables("2024年")) == 5
    mixed = syllables("我 love 你 forever")
    assert [one.tone > 0 for one in mixed] == [True, False, True, False, False, False]
    assert is_chinese("我爱你 baby")
    assert not is_chinese("I love 你 so much")


@pytest.mark.parametrize(
    "text", ["", "   ", "...!?", "🙂🎵", "привет мир", "こんにちは", "שלום", "\u0000\ud800", "—'—"]
)
def test_nothing_to_sing_is_nothing(text: str) -> None:
    """Emoji, punctuation and other scripts are passed over."""
    assert syllables(text) == []


def test_fragments_make_the_word_again() -> None:
    """The written fragments of a word, put together, are the word."""
    for word in ["Beautiful", "strengths", "queueing", "Yesterday's", "rhythm", "moonphase"]:
        said = syllables(word)
        assert "".join(one.text for one in said) == word
        assert [one.begins_word for one in said] == [True] + [False] * (len(said) - 1)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=5000), st.text("abcdefgh'’ 你好0123456789-é", max_size=5000)))
def test_any_text_gives_syllables_of_known_sounds(text: str) -> None:
    """Whatever the text, nothing is raised, and every syllable is singable."""
    for one in syllables(text):
        assert one.nucleus in VOWELS | NASALS
        assert set(one.onset) | set(one.coda) <= CONSONANTS
