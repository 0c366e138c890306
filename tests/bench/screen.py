"""What the screen costs, catches, and catches by mistake: ``python -m tests.bench.screen`` prints it as JSON.

Times are the processor's, of one thread: others on the machine do not count.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any, Final, cast

import pocketsphinx

from bot.safety.rulebook import Rulebook
from bot.safety.words import Rule
from tests.safety.corpus import OTHER_SCRIPTS, false_alarms, harmless, names, unwanted
from tests.safety.evasions import WORDS, caught, look_alikes, mixed

_RULES: Final = 10_000
_EACH: Final = 60
_LYRICS_CHARS: Final = 3_000


def many_rules() -> list[Rule]:
    """The published list, and words of a pronouncing dictionary, each tenth to be found inside others."""
    folder = Path(str(cast("Any", pocketsphinx).get_model_path())) / "en-us" / "cmudict-en-us.dict"
    words = {line.split()[0] for line in folder.read_text("utf-8").splitlines()}
    chosen = random.Random(8).sample(
        sorted(word for word in words if word.isalpha() and len(word) > 5), 12_000
    )
    rules = unwanted()
    for number, word in enumerate(chosen[: _RULES - len(rules)]):
        text = f"*{word}*" if number % 10 == 0 else word
        rules.append(Rule(id=10_000 + number, kind="word", text=text))
    return rules


def costs() -> dict[str, Any]:
    """Milliseconds a text, and for making the rules ready."""
    rules = many_rules()
    tracemalloc.start()
    before = time.thread_time()
    book = Rulebook(rules)
    ready_ms = (time.thread_time() - before) * 1_000
    held_mb = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    before = time.thread_time()
    Rulebook(rules)
    ready_ms = (time.thread_time() - before) * 1_000
    texts = harmless()
    every = [text for part in texts.values() for text in part]
    long = [" ".join(every[place : place + 40])[:500] for place in range(0, len(every) - 40, 40)]
    lyrics = "\n".join(texts["sung"])[:_LYRICS_CHARS]
    told: dict[str, Any] = {"rules": len(book), "ready_ms": round(ready_ms), "held_mb": round(held_mb, 1)}
    for name, group in (("prompt", every), ("prompt_of_500", long), ("lyrics_of_3000", [lyrics] * 10)):
        for strictness in ("normal", "strict"):
            times = sorted(_time_ms(book, text, strictness) for text in group for _ in range(3))
            told[f"{name}_{strictness}_ms"] = {
                "texts": len(group),
                "median": round(statistics.median(times), 3),
                "p99": round(times[int(len(times) * 0.99)], 3),
                "most": round(times[-1], 3),
            }
    return told


def _time_ms(book: Rulebook, text: str, strictness: Any) -> float:
    before = time.thread_time()
    book.met(text, strictness=strictness)
    return (time.thread_time() - before) * 1_000


def catches(seed: int) -> dict[str, Any]:
    """Of evasions of each script, how many there were and the share that was caught."""
    told: dict[str, Any] = {}
    for script, words in WORDS.items():
        books = {word: Rulebook([Rule(id=1, kind="word", text=word)]) for word in words}
        for make in (look_alikes, mixed):
            found = [
                caught(books[word], each)
                for number, word in enumerate(words)
                for each in make(word, _EACH, seed=seed + number)
            ]
            told[f"{script} {make.__name__}"] = {
                "evasions": len(found),
                "caught": round(sum(found) / len(found), 4),
            }
    return told


def mistakes() -> dict[str, Any]:
    """Of harmless texts, how many meet the published list."""
    book = Rulebook(unwanted())
    groups = {**harmless(), **{f"names {language}": names(language) for language in OTHER_SCRIPTS}}
    return {
        name: {"texts": len(texts), "alarms": len(false_alarms(book, texts))}
        for name, texts in groups.items()
    }


if __name__ == "__main__":
    told = {"costs": costs(), "catches": catches(seed=20_261_121), "mistakes": mistakes()}
    sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
