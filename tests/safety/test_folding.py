"""Laws of folding, and what is found through what."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.safety.folding import folded
from bot.safety.policy import Strictness
from bot.safety.rulebook import Rulebook
from bot.safety.words import Kind, Rule, checked_word

UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\ufe0f\U000e0061"
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
WORDS = st.text(st.characters(categories=("Ll", "Lu", "Lo", "Nd")), min_size=2, max_size=12)


def book(*words: str, kind: Kind = "word", allowed: tuple[str, ...] = ()) -> Rulebook:
    """Rules of these words."""
    rules = [Rule(id=number, kind=kind, text=text) for number, text in enumerate(words)]
    rules += [Rule(id=1000 + number, kind="allow", text=text) for number, text in enumerate(allowed)]
    return Rulebook(rules)


def met(rules: Rulebook, text: str, strictness: Strictness = "normal") -> list[str]:
    """The rules that a text meets."""
    return [hit.rule.text for hit in rules.met(text, strictness=strictness)]


def typed(word: str) -> str:
    """A word that can be a rule."""
    try:
        return checked_word(word)
    except InvalidOption:
        assume(False)
        raise


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    """The plainest letters of a text are the plainest letters of themselves."""
    once = folded(text)
    assert folded(once) == once


@settings(max_examples=40, deadline=None)
@given(WORDS)
def test_a_rule_always_meets_itself(word: str) -> None:
    """As it was typed, in capitals and in small letters, among other words."""
    word = typed(word)
    rules = book(word)
    for written in (word, word.upper(), word.lower(), f"some {word}, please"):
        if (
            unicodedata.normalize("NFKC", written).casefold()
            == unicodedata.normalize("NFKC", word).casefold()
        ):
            assert met(rules, written) == [word], written


@settings(max_examples=40, deadline=None)
@given(WORDS, st.data())
def test_what_nobody_sees_never_matters(word: str, data: st.DataObject) -> None:
    """Joiners, direction marks, soft hyphens, variation selectors and tags between any letters."""
    word = typed(word)
    unseen = data.draw(st.lists(st.sampled_from(UNSEEN), min_size=len(word) + 1, max_size=len(word) + 1))
    hidden = "".join(mark + letter for mark, letter in zip(unseen, [*word, ""], strict=True))
    assert met(book(word), f"a {hidden} b") == [word]


@settings(max_examples=40, deadline=None)
@given(WORDS, st.sampled_from(["", "x", " ", "-", "!"]), st.sampled_from(["normal", "strict"]))
def test_allowed_words_win(word: str, joint: str, strictness: Strictness) -> None:
    """Whatever is found lies within an allowed word, so nothing is found."""
    word = typed(word)
    whole = typed(f"{word}{joint}{word}")
    assert met(book(f"*{word}*", word, allowed=(f"*{whole}*",)), whole, strictness) == []


@settings(max_examples=40, deadline=None)
@given(WORDS, st.sampled_from([".", "-", "*", " ", "_", " . "]))
def test_a_spelled_word_is_that_word(word: str, between: str) -> None:
    """Letters with something between them; notes and chords, and accents without letters, aside."""
    word = typed(word)
    assume(word.isalpha() and not set(word) <= set("ABCDEFG") and len(unicodedata.normalize("NFC", word)) > 1)
    assert met(book(word), between.join(word)) == [word]


@pytest.mark.parametrize(
    "text",
    [
        *("zonk", "ZONK", "ｚｏｎｋ", "zónk", "z̶o̶n̶k̶", "𝔃𝓸𝓷𝓴", "🅩🅞🅝🅚", "🇿🇴🇳🇰", "z0nk", "2onk", "zøɴk", "zоnк"),
        *(
            "z o n k",
            "z.o.n.k",
            "zo-nk",
            "zoooonk",
            "z\u200bo\u00adnk",
            "ｚ０ｎｋ",
            "zonk!",
            "(zonk)",
            "zonk3",
            "#zonk",
        ),
    ],
)
def test_a_word_is_found_however_it_is_written(text: str) -> None:
    """Case, width, accents, strokes, other scripts, squares, flags, digits, gaps, stretching, punctuation."""
    assert met(book("zonk"), f"play {text} now") == ["zonk"]


@pytest.mark.parametrize("text", ["badvvord", "BADVVORD", "|3adword", "b/\\|)\\/\\/[]|2d", "ᗷᗩᗪᗯOᖇᗪ"])
def test_letters_that_are_drawn_are_read(text: str) -> None:
    """Of two characters or more, also with gaps, and of fancy alphabets that Unicode's list lacks in part."""
    assert met(book("badword"), f"play {text} now") == ["badword"]
    assert met(book("saw", "damn"), "savvy burn [] (2) 3/4 |3 navvy") == []


@pytest.mark.parametrize(
    "text",
    [
        "zonkers",
        "azonk",
        "zon",
        "zo",
        "znk",
        "son kind",
        "zo nk",
        "zoonk",
        "zonl",
        "0",
        "",
        "zone k",
        "z*n*k",
        "*zo*nks",
    ],
)
def test_other_words_are_left_alone(text: str) -> None:
    """Longer and shorter words, neighbours, and what only a strict reader takes for it."""
    assert met(book("zonk"), text) == []


@pytest.mark.parametrize(
    ("rule", "text", "strict_only"),
    [
        ("zonk", "z*nk", False),
        ("zonk", "a zоnk and z•nks, z*nk", False),
        ("нож", "н*ж", False),
        ("zonk", "zo nk", True),
        ("zonk", "zoonk", True),
        ("zonk", "bigZonk", True),
        ("gas", "9a5", False),
        ("gas", "945", True),
        ("face", "F A C E", True),
        ("face", "f-a-c-e", False),
        ("hell", "he'll", False),
        ("mutter", "mvtter", True),
    ],
)
def test_strict_readers_see_more(rule: str, text: str, strict_only: bool) -> None:
    """Torn and doubled words, numbers and rows of notes; apostrophes part words for everybody."""
    found = text != "he'll"
    assert met(book(rule), text, "strict") == ([rule] if found else [])
    assert met(book(rule), text) == ([rule] if found and not strict_only else [])
    assert met(book(rule), text, "off") == []


@pytest.mark.parametrize(
    ("rule", "text", "found"),
    [
        ("zonk*", "zonkers", True),
        ("*zonk", "bazonk", True),
        ("*zonk*", "abzonkab", True),
        ("*zonk", "zonkers", False),
        ("zo nk", "zo nk", True),
        ("zo nk", "zonk", True),
        ("c++", "c++ song", True),
        ("z$nk", "z$nk", True),
        ("z$nk", "zsnk", False),
        ("🍆", "play 🍆🍆", True),
        ("88", "88 keys", True),
        ("88", "bb", False),
        ("нож", "НОЖ", True),
        ("нож", "hoж", True),
        ("нож", "HOP", False),
        ("μουσικη", "ΜΟΥΣΙΚΉ", True),
        ("音楽", "良い音楽を", True),
        ("音楽", "音　楽", True),
        ("音楽", "音。楽器", False),
        ("ボケ", "ﾎﾞｹ", True),
        ("ボケ", "ぼけ", True),
        ("ボケ", "ホケ", False),
        ("ラーメン", "ラ一メン", True),
        ("ラーメン", "ラ—メン", True),
        ("straße", "STRASSE", True),
        ("fall", "FAIL", False),
        ("fall", "faIl", True),
        ("fail", "fall", False),
    ],
)
def test_rules_of_all_kinds(rule: str, text: str, found: bool) -> None:
    """Stars, phrases, signs, digits, and scripts with and without blanks."""
    known = checked_word(rule)
    assert met(book(known), text) == ([known] if found else [])


@pytest.mark.parametrize(
    ("typed_text", "problem"),
    [
        ("", "no_letters"),
        ("**", "no_letters"),
        ("\u200b", "no_letters"),
        ("...", "no_letters"),
        ("*a*", "one_letter"),
        ("x" * 101, "too_long"),
    ],
)
def test_words_that_are_no_rules(typed_text: str, problem: str) -> None:
    """Nothing to look for, or far too much."""
    with pytest.raises(InvalidOption) as raised:
        checked_word(typed_text)
    assert raised.value.problem == problem


def test_where_it_was_and_where_it_does_not_count() -> None:
    """Places are told; some rules spare age-restricted channels; each rule is told once."""
    rules = Rulebook(
        [
            Rule(id=1, kind="word", text="zonk", spares_age_restricted=True),
            Rule(id=2, kind="word", text="*bazz*", action="hold"),
        ]
    )
    text = "a z\u200b0nk and mybazzes, zonk"
    hits = rules.met(text)
    assert [(hit.rule.id, hit.start, hit.end) for hit in hits] == [(1, 2, 6), (2, 13, 17)]
    assert [hit.rule.id for hit in rules.met(text, age_restricted=True)] == [2]
    drawn = Rulebook([Rule(id=1, kind="word", text="wow"), Rule(id=2, kind="word", text="boob")])
    for text, passage in (("a vvovv here", "vvovv"), ("the |3oo|3 tube", "|3oo|3")):
        (hit,) = drawn.met(text)
        assert text[hit.start : hit.end] == passage
