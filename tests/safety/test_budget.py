"""What a hard text costs: counted, never timed."""

from __future__ import annotations

import pytest

from bot.safety.budget import WORD_STEPS, Budget
from bot.safety.policy import Strictness
from bot.safety.rulebook import Rulebook
from bot.safety.words import Rule
from tests.safety.corpus import harmless, unwanted


def steps(book: Rulebook, text: str, strictness: Strictness = "normal") -> int:
    """What looking through a text takes, where anything is left."""
    budget = Budget(steps=100_000_000)
    book.met(text, strictness=strictness, budget=budget)
    return 100_000_000 - budget.steps


@pytest.mark.parametrize("strictness", ["normal", "strict"])
@pytest.mark.parametrize(
    ("rule", "before", "again", "behind"),
    [
        ("*cat*", "x", "c", "-at"),
        ("cat", "", "c ", "a tt"),
        ("*cat*", "x", "c", "a-t"),
        ("face", "", "F A C E ", "es"),
        ("*cat*", "x", "c", "a-t b*d"),
        ("bad", "", "b*d ", "b"),
        ("*abababab*", "", "ab-", ""),
    ],
)
def test_twice_the_text_is_twice_the_work(
    rule: str, before: str, again: str, behind: str, strictness: Strictness
) -> None:
    """Long rows of the first letter, letters one by one, notes, signs for vowels: each is read once."""
    book = Rulebook([Rule(id=1, kind="word", text=rule)])
    once, twice = (steps(book, before + again * count + behind, strictness) for count in (500, 1000))
    assert twice < 2.2 * once
    assert twice < 100 * 1000 * len(again)


def test_a_sign_for_a_vowel_costs_the_words_around_it() -> None:
    """One in a long text has that text read once, and the words around it for each vowel."""
    book = Rulebook([Rule(id=1, kind="word", text="bad")])
    text = "some plain words " * 250
    assert steps(book, f"{text}b*d {text}") < steps(book, f"{text}bed {text}") + 2_000
    (hit,) = book.met(f"{text}b*d {text}")
    assert (hit.start, hit.end) == (len(text), len(text) + 3)


def test_what_is_left_over_is_for_moderators() -> None:
    """Where nothing is left nobody knows, whatever the rule; what was found until then is told."""
    rules = [Rule(id=1, kind="allow", text="fine"), Rule(id=2, kind="word", text="bad")]
    budget = Budget(steps=20)
    assert [hit.in_time for hit in Rulebook(rules).met("nothing of the kind is in here", budget=budget)] == [
        False
    ]
    assert [hit.in_time for hit in Rulebook(rules).met("x", budget=budget)] == [False]  # of the same order
    assert Rulebook(rules[:1]).met("nothing of the kind is in here", budget=Budget(steps=20)) == []


def test_patterns_share_the_time_of_an_order() -> None:
    """Where no time is left none is tried, however many texts an order has."""
    book = Rulebook([Rule(id=1, kind="pattern", text="zonk")])
    assert [hit.in_time for hit in book.met("a zonk", budget=Budget(patterns_s=0))] == [False]
    budget = Budget()
    assert [hit.in_time for hit in book.met("a zonk", budget=budget)] == [True]
    assert 0 < budget.patterns_s < Budget().patterns_s


def test_a_long_song_leaves_most_of_it() -> None:
    """The longest lyrics against a published list take less than a tenth of what there is."""
    lyrics = "\n".join(harmless()["sung"] * 9)[:5_000]
    assert len(lyrics) == 5_000
    assert steps(Rulebook(unwanted()), lyrics) < WORD_STEPS / 10
