"""The screen's rules in a file of settings: written, read as a stranger's, compared with those that stand.

Pure. Rules that are alike in all but their texts stand together, so that the file of thousands stays short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, cast

from bot.errors import InvalidOption
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

    Texts under a kind or an action that does not exist are refused.

    Raises:
        InvalidOption: More than a server may have.
    """
    groups = _those(told, dict)
    found = checked(islice(_each(group for group in groups if _is_known(group)), _READ_MOST))
    require_few(found.good)
    nobody_knows = InvalidOption("rule", "unknown_value")
    unknown = [
        (text, nobody_knows)
        for group in groups
        if not _is_known(group)
        for text in _those(group.get("texts"), str)
    ]
    return replace(found, refused=(*found.refused, *unknown))


def _is_known(group: dict[str, Any]) -> bool:
    return group.get("kind") in KINDS and group.get("action", "refuse") in ACTIONS


def _each(groups: Iterable[dict[str, Any]]) -> Iterator[Rule]:
    for group in groups:
        kind, action = group["kind"], group.get("action", "refuse")
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
