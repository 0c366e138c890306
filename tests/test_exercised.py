"""What no test used is named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.exercised import Book, Watch, is_whole

COMMAND = {
    "type": 1,
    "name": "morph",
    "options": [{"type": 1, "name": "cover", "options": [{"name": "take", "type": 3}]}],
}
FOCUSED = {"name": "riff", "type": 1, "options": [{"name": "prompt", "type": 3, "focused": True}]}


def sent(kind: int, data: dict[str, Any], **record: Any) -> tuple[Any, dict[str, Any]]:
    """An interaction that was answered, where ``record`` does not say otherwise."""
    known = {"responded": True, "autocomplete_choices": None, **record}
    return SimpleNamespace(**known), {"id": "1", "type": kind, "data": data}


@pytest.mark.parametrize(
    ("interaction", "used"),
    [
        (sent(2, COMMAND), {"command: /morph cover", "option: /morph cover take"}),
        (sent(2, COMMAND, responded=False), set[str]()),
        (sent(2, {"type": 3, "name": "Riff on this"}), {"message menu: Riff on this"}),
        (sent(3, {"custom_id": "rc1:reroll:abc"}), {"button: reroll"}),
        (sent(3, {"custom_id": "rm1:more:abc"}), {"select: more"}),
        (sent(3, {"custom_id": "rm1:deed:abc", "values": ["midi"]}), {"select: deed", "choice: midi"}),
        (sent(3, {"custom_id": "elsewhere:x"}), set[str]()),
        (sent(4, FOCUSED, autocomplete_choices=[{"name": "a"}]), {"completion: /riff prompt"}),
        (sent(4, FOCUSED, autocomplete_choices=[]), set[str]()),
        (sent(5, {"custom_id": "f1"}), {"form: Edit"}),
        (sent(5, {"custom_id": "f2"}), set[str]()),
    ],
)
def test_only_what_was_answered_was_used(interaction: tuple[Any, dict[str, Any]], used: set[str]) -> None:
    """What was not answered or was refused, an empty list, and another's button count for nothing."""
    watch = Watch([interaction], {"f1": "Edit"})
    assert watch.used() == used
    assert "id" in watch.hear(str)(SimpleNamespace(id=1))
    assert watch.used() == set()


def test_the_table_names_what_is_missing() -> None:
    """By kind, with counts; workers' books are added together."""
    book = Book()
    book.add(["button: a", "button: b", "command: /x"], ["button: a"])
    book.add(["command: /x"], ["command: /x", "command: /gone"])
    assert book.unused == ["button: b"]
    assert book.table() == [
        "the bot's face: 2 of 3 parts exercised",
        "  button          1 of   2",
        "    not exercised: b",
        "  command         1 of   1",
    ]


def test_a_part_of_the_suite_is_not_the_whole(pytestconfig: pytest.Config) -> None:
    """A run that was narrowed by words does not fail for what it left out."""
    option = SimpleNamespace(keyword="", markexpr="", collectonly=False, lf=False)
    whole: Any = SimpleNamespace(args=["tests"], option=option, getini=pytestconfig.getini)
    assert is_whole(whole)
    option.keyword = "riff"
    assert not is_whole(whole)
