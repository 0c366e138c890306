"""Patterns: what is refused at entry, and that none can hold anybody up."""

from __future__ import annotations

import time

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.safety.pattern_text import is_nested, size_of
from bot.safety.patterns import checked_pattern, compiled, found
from bot.safety.rulebook import Rulebook
from bot.safety.words import Rule

CATASTROPHIC = {
    "nested_pattern": (
        *(
            "(a+)+$",
            "(x+x+)+y",
            "([a-zA-Z]+)*$",
            "(.*)*(.*)*=",
            r"(\w+\s?)*$",
            r"^(([a-z])+.)+[A-Z]([a-z])+$",
        ),
        *("(.*a){20}", r"^(.*?,){11}P", r"((ab*)c*)+d", r"(?:\d+|x)+y", "(a{2,})*b", "(a+)(?#x)+$"),
    ),
    "slow_pattern": (
        *("(a|aa)+$", "(x|xx)*y", "((a{1,9}){1,9}){1,9}b"),
        *(
            "a{99999999}",
            "a{60000}" * 32,
            "((b{40}c){9}|d){9}",
            "[)(]{,5000}",
            "(?#[)a{70000}",
            r"\p{L}{9999}",
        ),
        *("a{100}{100}", "a{600}b{600}", "a{5000,}"),
    ),
    "finds_all": ("x*", "(a|a?)+$", "", "a|"),
    "bad_pattern": ("a\0b", "(a", "a)", "[z-a]", "*a", r"(?P<x>a)(?P<x", "a{2,1}", "(?ix)a{ 9 9 9 9 }"),
}


@pytest.mark.parametrize(
    ("problem", "text"), [(key, each) for key, texts in CATASTROPHIC.items() for each in texts]
)
def test_what_could_hold_us_up_is_refused_at_entry(problem: str, text: str) -> None:
    """Repeated repetitions, alternatives that overlap, what finds everything, and what is no pattern."""
    with pytest.raises(InvalidOption) as raised:
        checked_pattern(text)
    assert raised.value.problem == ("empty" if not text else problem)


@pytest.mark.parametrize(
    "text",
    [
        *(r"\b(cat|dog)s?\b", "f+u+n+k+", r"f[\W_]*u[\W_]*n[\W_]*k", r"\d{3}-\d{4}", r"https?://\S+"),
        *(
            r"(?i)n[i1!|]c[e3]",
            r"[a-z]+@[a-z]+\.com",
            r"(?:\d ){3}boss",
            "колбас[аы]",
            "[ァ-ヴ]ボケ",
            r"[\]a]+b",
            r"\(a\)+",
        ),
        *("a{1,x}b", "b{2, }", "{,c}", "(a++b)+", "(?#(a+)b"),
    ],
)
def test_what_people_write_is_taken(text: str) -> None:
    """Words with endings, stretched and torn words, numbers, addresses, other scripts, braces as they are."""
    assert checked_pattern(f" {text} ") == text


def _can_be_read(text: str) -> bool:
    """Whether it is a pattern, also as a part of one."""
    try:
        regex.compile(text)
        regex.compile(f"({text})")
    except regex.error:
        return False
    return True


@settings(max_examples=300, deadline=None)
@given(st.text("ab()[]{}0123,+*?\\|^.#: ", max_size=16).filter(_can_be_read), st.integers(1, 9))
def test_what_is_read_adds_up(text: str, times: int) -> None:
    """In a group, counted, and side by side it has the size that it has by itself, so many times."""
    size, nested = size_of(text), is_nested(text)
    assert size_of(f"({text}){{{times}}}") == times * size
    assert size_of(f"{text}({text})") == 2 * size
    assert is_nested(f"({text})") == nested
    assert is_nested(f"({text}(a+))+")


def test_what_is_counted_is_written_out_before_it_is_compiled() -> None:
    """Repetitions in repetitions multiply, side by side they add up; classes and remarks are no groups."""
    for text, size in (
        *(("abc", 3), ("a{9}", 9), ("(a{9}b){9}", 90), ("a{2,7}b", 8), ("a{3,}", 3), ("a{,4}?c+", 5)),
        *((r"\({3}[(){}]{5}", 8), ("(a|b){4}", 12), ("x{y}", 4), ("a{0}", 1), ("(?#((()a{4}", 4)),
    ):
        assert size_of(text) == size, text
    kept = Rulebook([Rule(id=1, kind="pattern", text="a{99999999}")])  # of a time when nobody counted
    assert kept.met("a" * 50) == []


def test_a_slow_pattern_is_stopped_when_it_counts() -> None:
    """One that came in another way costs a moment, and counts as met with the note that nobody knows."""
    slow = "(a|aa)+$"
    text = "a" * 60 + "!"
    before = time.thread_time()
    with pytest.raises(TimeoutError):
        found(compiled(slow), text)
    assert time.thread_time() - before < 1
    (hit,) = Rulebook([Rule(id=1, kind="pattern", text=slow)]).met(text)
    assert not hit.in_time


def test_patterns_read_what_is_there_and_what_it_looks_like() -> None:
    """As written, without what nobody sees, and in plain letters; allowed words cover them as well."""
    rules = [Rule(id=1, kind="pattern", text=r"\bz[o0]nk\d*\b"), Rule(id=2, kind="pattern", text="(")]
    book = Rulebook(rules)
    for text in ("a zonk99 b", "a ZO\u200bNK b", "a zоnk b", "a zónk b", "𝔃𝓸𝓷𝓴"):
        assert [hit.rule.id for hit in book.met(text)] == [1], text
    assert book.met("zonkers") == []
    allowing = Rulebook([*rules, Rule(id=3, kind="allow", text="zonk 5")])
    assert allowing.met("a zоnk 5 b") == []
    assert [hit.rule.id for hit in allowing.met("a zonk 6 b")] == [1]
