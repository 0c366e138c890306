"""The screen's rules in a file of settings: written, read as a stranger's, compared with those that stand.

Pure. Rules that are alike in all but their texts stand together, so that the file of thousands stays short.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast

from bot.safety.entry import Checked, checked, require_few
from bot.safety.words import ACTIONS, KINDS, RULES_MOST, Rule

_READ_MOST: Final = RULES_MOST + 1
"""Enough to see that they are too many."""


def written(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """As plain JSON, which :func:`rules_in` reads."""
    groups: dict[tuple[str, str, bool], list[str]] = {}
    for rule in rules:
        groups.setdefault((rule.kind, rule.action, rule.spares_age_restricted), []).append(rule.text)
    return [
        {"kind": kind, "action": action, "spares_age_restricted": spares, "texts": texts}
        for (kind, action, spares), texts in groups.items()
    ]


def rules_in(told: Any) -> Checked:
    """Rules of a file, checked as when they are typed; what is no rule at all is passed over.

    Raises:
        InvalidOption: More than a server may have.
    """
    found = checked(islice(_each(told), _READ_MOST))
    require_few(found.good)
    return found


def _each(told: Any) -> Iterator[Rule]:
    for group in _those(told, dict):
        kind, action = group.get("kind"), group.get("action", "refuse")
        if kind not in KINDS or action not in ACTIONS:
            continue
        spares = group.get("spares_age_restricted") is True
        for text in _those(group.get("texts"), str):
            yield Rule(id=0, kind=kind, text=text, action=action, spares_age_restricted=spares)


def _those(told: Any, kind: type) -> list[Any]:
    return (
        [each for each in cast("list[Any]", told) if isinstance(each, kind)] if isinstance(told, list) else []
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanges:
    """What makes the rules that stand into those that are wanted."""

    new: tuple[Rule, ...] = ()
    otherwise: tuple[Rule, ...] = ()
    """That stand with another action or scope."""
    gone: tuple[Rule, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.otherwise or self.gone)


def changes_to(stands: Sequence[Rule], wanted: Sequence[Rule]) -> RuleChanges:
    """The way from the one to the other."""
    before = {(rule.kind, rule.text): rule for rule in stands}
    after = {(rule.kind, rule.text): rule for rule in wanted}
    return RuleChanges(
        new=tuple(rule for key, rule in after.items() if key not in before),
        otherwise=tuple(
            rule for key, rule in after.items() if key in before and _does(rule) != _does(before[key])
        ),
        gone=tuple(rule for key, rule in before.items() if key not in after),
    )


def _does(rule: Rule) -> tuple[str, bool]:
    return rule.action, rule.spares_age_restricted
