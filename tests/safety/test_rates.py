"""How much the screen catches, how much by mistake, and what it costs; ``tests.bench.screen`` prints it."""

from __future__ import annotations

import random
import time

import pytest

from bot.safety.rulebook import Rulebook
from bot.safety.words import Rule
from tests.safety.corpus import OTHER_SCRIPTS, false_alarms, harmless, names, unwanted
from tests.safety.evasions import WORDS, caught, look_alikes, mixed

EACH = 50
PROMPT_MAX_MS = 2.0


@pytest.mark.parametrize("script", WORDS)
def test_look_alikes_are_caught(script: str) -> None:
    """300 writings and more made from Unicode's list: all by looks alone, nearly all with more tricks."""
    books = {word: Rulebook([Rule(id=1, kind="word", text=word)]) for word in WORDS[script]}
    for make, least in ((look_alikes, 0.995), (mixed, 0.98)):
        found = [caught(books[word], each) for word in books for each in make(word, EACH, seed=len(word))]
        assert len(found) >= 300
        assert sum(found) >= least * len(found)


def test_what_nobody_minds_passes() -> None:
    """A published list of over 1,200 words stops fewer than one in 150 of more than 1,000 prompts."""
    book = Rulebook(unwanted())
    assert len(book) > 1_200
    every = [text for texts in harmless().values() for text in texts]
    assert len(every) > 1_000
    assert len(false_alarms(book, every)) * 150 < len(every)
    for language in OTHER_SCRIPTS:
        others = names(language)
        assert len(false_alarms(book, others)) * 300 < len(others)


def test_ten_thousand_rules_cost_next_to_nothing() -> None:
    """A prompt takes less than 2 ms of the processor's time, on the average of those that nobody minds."""
    words = {f"{first[:5]}{second[-5:]}" for first, second in _pairs()}
    more = [Rule(id=10_000 + number, kind="word", text=text) for number, text in enumerate(words)]
    rules = [*unwanted(), *more]
    book = Rulebook(rules[:10_000])
    assert len(book) == 10_000
    prompts = harmless()["sentences"][:300]
    book.met(prompts[0])
    before = time.thread_time()
    for prompt in prompts:
        book.met(prompt)
    assert (time.thread_time() - before) / len(prompts) * 1_000 < PROMPT_MAX_MS


def _pairs() -> list[tuple[str, str]]:
    """Words of everyday in pairs: rules like those that people think of, ten thousand of them."""
    text = " ".join(harmless()["sentences"]).lower()
    words = sorted({word for word in text.split() if word.isalpha() and len(word) > 3})
    chance = random.Random(5)
    return [(chance.choice(words), chance.choice(words)) for _ in range(15_000)]
