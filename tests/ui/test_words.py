"""The catalogue: every key that is used exists, every placeholder is filled, every error has its sentence."""

from __future__ import annotations

import ast
import inspect
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from structlog.testing import capture_logs

import bot.errors
from bot.errors import (
    InvalidOption,
    NotAllowed,
    NotFound,
    RateLimited,
    RiffcordError,
    StartupError,
    TooMany,
    UnusableAudio,
)
from bot.jobs.endings import ENDINGS, TROUBLES
from bot.jobs.states import State
from bot.protocol.predictions import SeedImageId
from bot.ui.story import cause_in_words
from bot.ui.words import ENGLISH, exists, say, sentence

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/*.py")])


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    """Every call of a function or class of this name in the sources."""
    for path in SOURCES:
        if name not in source(path):  # most are so, and need not be parsed
            continue
        for node in calls_in(path):
            called = node.func
            if (isinstance(called, ast.Name) and called.id == name) or (
                isinstance(called, ast.Attribute) and called.attr == name
            ):
                yield path, node


@cache
def source(path: Path) -> str:
    """The text of a file."""
    return path.read_text(encoding="utf-8")


@cache
def calls_in(path: Path) -> list[ast.Call]:
    """Every call in a file."""
    return [node for node in ast.walk(ast.parse(source(path))) if isinstance(node, ast.Call)]


def texts(node: ast.expr) -> list[str]:
    """The strings that an argument may be: literals, and both branches of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    return []


def placeholders(template: str) -> set[str]:
    """The facts that a sentence needs."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_key_that_is_said_exists() -> None:
    """Keys written out in the sources."""
    said = {(path.name, key) for path, call in calls("say") if call.args for key in texts(call.args[0])}
    assert len(said) > 40
    assert sorted((where, key) for where, key in said if key not in ENGLISH) == []


def test_every_sentence_that_is_said_gets_its_facts() -> None:
    """Each placeholder of a key that is written out is filled by the call."""
    lacking: list[str] = []
    for path, call in calls("say"):
        given = {keyword.arg for keyword in call.keywords}
        if None in given or not call.args:
            continue
        for key in texts(call.args[0]):
            missing = placeholders(ENGLISH[key]) - given  # pyright: ignore[reportOperatorIssue]
            lacking += [f"{path.name}: {key} lacks {missing}"] if missing else []
    assert lacking == []


def test_keys_that_are_put_together_exist() -> None:
    """States, places, seed images, buttons: families of keys."""
    running = [state.value for state in State if state not in (State.FAILED, State.CANCELLED, State.REJECTED)]
    made = [f"card.{state}" for state in running]
    made += [f"jobs.state.{state.value}" for state in State]
    made += [
        f"{family}.queued.{place}" for family in ("card", "jobs.state") for place in ("next", "one", "many")
    ]
    made += [f"seed_image.{name}{form}" for name in get_args(SeedImageId) for form in ("", ".short")]
    made += [
        f"button.{name}" for name in ("reroll", "vary_slight", "vary_strong", "recipe", "delete", "cancel")
    ]
    made += [f"story.entry.{kind}" for kind in ("reserve", "settle", "refund")]
    assert [key for key in made if not exists(key)] == []


def test_every_cause_of_a_move_has_its_words() -> None:
    """A story on Discord is told in the catalogue's words, not in the log's."""
    job: Any = SimpleNamespace(ending_facts={}, order=SimpleNamespace(host="engine"))
    causes = {text for name in ("Go", "insert_job", "_accepted", "_ended") for text in causes_in(name)}
    assert {"ordered", "delivered", "told by webhook", "found in the host's list"} <= causes
    causes.add("admitted")  # by the statement that admits
    as_it_stands = [cause for cause in causes if cause_in_words(job, cause).startswith("\u2068")]
    assert as_it_stands == []


def causes_in(name: str) -> list[str]:
    """The causes that calls of a function name."""
    given = [
        [*(keyword.value for keyword in call.keywords if keyword.arg == "cause"), *call.args[-1:]]
        for _, call in calls(name)
    ]
    return [text for values in given for value in values for text in texts(value)]


def test_every_sentence_is_one_that_a_person_can_read() -> None:
    """Something is said, without stray braces or blanks, and not in two lines by accident."""
    for key, english in ENGLISH.items():
        assert english.strip() == english, key
        assert english, key
        assert "  " not in english or key in ("start.in_the_room", "cli.made"), key
        filled = say(key, **dict.fromkeys(placeholders(english), 1))
        assert not re.search(r"[{}]", filled), key


ERRORS = sorted(
    (
        made
        for _, made in inspect.getmembers(bot.errors, inspect.isclass)
        if issubclass(made, RiffcordError) and "key" in vars(made)
    ),
    key=lambda made: made.__name__,
)
ARGUMENTS: dict[type[RiffcordError], tuple[Any, ...]] = {
    InvalidOption: ("alpha", "something new"),
    NotAllowed: ("fly",),
    NotFound: ("thing",),
    TooMany: (3,),
    bot.errors.NotEnough: (3,),
    bot.errors.Barred: ("blocked",),
    bot.errors.AlreadyDecided: ("approved", "1"),
    UnusableAudio: ("strange",),
    StartupError: ("a mystery", bot.errors.ExitCode.BUG),
    bot.errors.MissingPermission: ("Attach Files",),
    bot.errors.MusicFull: (2.5,),
    RiffcordError: (),
}


@pytest.mark.parametrize("error_class", ERRORS)
def test_every_error_has_a_sentence(error_class: type[RiffcordError]) -> None:
    """Each class by its own key, with the facts that the class carries."""
    needs_host = issubclass(error_class, bot.errors.HostError)
    arguments = ARGUMENTS.get(error_class, ("engine",) if needs_host else ())
    with capture_logs() as logged:
        told = sentence(error_class(*arguments))
    assert told
    assert "…" not in told
    assert logged == []


def test_every_detail_that_is_raised_has_its_sentence() -> None:
    """Options' problems, refused actions, lost things, unusable audio and start-up problems by name."""
    by_class = {
        "InvalidOption": ("error.invalid_option", 1),
        "NotAllowed": ("error.not_allowed", 0),
        "NotFound": ("error.not_found", 0),
        "UnusableAudio": ("error.unusable_audio", 0),
        "StartupError": ("error.startup", 0),
    }
    raised = {
        f"{prefix}.{detail}"
        for name, (prefix, position) in by_class.items()
        for _, call in calls(name)
        if len(call.args) > position
        for detail in texts(call.args[position])
    }
    assert len(raised) > 20
    assert sorted(raised - ENGLISH.keys()) == []


def test_start_up_sentences_get_their_facts() -> None:
    """Each placeholder of a start-up sentence is a fact that the raise gives."""
    lacking: list[str] = []
    for path, call in calls("StartupError"):
        given = {keyword.arg for keyword in call.keywords} | {"problem"}
        for problem in texts(call.args[0]) if call.args else []:
            missing = placeholders(ENGLISH[f"error.startup.{problem}"]) - given  # pyright: ignore[reportOperatorIssue]
            lacking += [f"{path.name}: {problem} lacks {missing}"] if missing and None not in given else []
    assert lacking == []


@pytest.mark.parametrize(
    ("key", "facts"), [*ENDINGS.items(), *((key, facts) for key, facts in TROUBLES.items())]
)
def test_every_ending_is_told_with_the_facts_it_comes_with(key: str, facts: tuple[str, ...]) -> None:
    """The jobs room's list and the catalogue agree."""
    assert placeholders(ENGLISH[key]) <= {*facts, "host"}
    for exact in (f"{key}.{fact}" for fact in facts):
        assert not exists(exact) or placeholders(ENGLISH[exact]) <= {*facts, "host"}


def test_a_missing_fact_or_key_is_logged_and_never_stops_anything() -> None:
    """The last word of a job is said even when a fact was forgotten."""
    with capture_logs() as logged:
        assert say("card.asked_by") == "Asked by …"
        assert say("no.such.sentence") == ENGLISH["error.generic"]
    assert logged == [
        {"log_level": "error", "event": "words.fact_missing", "sentence": "card.asked_by", "fact": "name"},
        {"log_level": "error", "event": "words.sentence_missing", "sentence": "no.such.sentence"},
    ]


def test_numbers_are_written_out() -> None:
    """Bounds are told as people write them."""
    assert (
        sentence(InvalidOption("alpha", "out_of_range", low=0, high=1)) == "alpha must lie between 0 and 1."
    )
    long = sentence(InvalidOption("seed", "out_of_range", low=0, high=2**53 - 1))
    assert long == "seed must lie between 0 and 9007199254740991."
    assert sentence(InvalidOption("length_s", "out_of_range", low=1, high=60.0)).endswith("1 and 60.")
    assert "in 8 seconds" in sentence(RateLimited("replicate", retry_after_s=7.6))


def test_braces_in_facts_stay_braces() -> None:
    """What people type is never a template."""
    assert say("card.asked_by", name="{bpm} {0.__class__}") == "Asked by {bpm} {0.__class__}"


def test_the_catalogue_needs_no_discord() -> None:
    """The command line speaks through it without loading discord.py."""
    script = "import sys, bot.ui.words; sys.exit('discord' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
