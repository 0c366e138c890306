"""Which of the rules that somebody wants can be rules. Pure; patterns take their time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.errors import InvalidOption
from bot.safety.patterns import checked_pattern
from bot.safety.words import PATTERNS_MOST, RULES_MOST, Kind, Rule, checked_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of rules that somebody wants."""

    good: tuple[Rule, ...]
    """Once each, as they are kept; of one that was wanted in several ways the last."""
    refused: tuple[tuple[str, InvalidOption], ...]
    """Texts that cannot be rules, and the problem of each."""


def checked(wanted: Iterable[Rule]) -> Checked:
    """Try each. Not for the thread that answers people."""
    good: dict[tuple[str, str], Rule] = {}
    refused: list[tuple[str, InvalidOption]] = []
    patterns = 0
    for rule in wanted:
        patterns += rule.kind == "pattern"
        if patterns > PATTERNS_MOST or len(good) > RULES_MOST:
            refused.append((rule.text, too_many(rule.kind)))
            continue
        try:
            text = checked_pattern(rule.text) if rule.kind == "pattern" else checked_word(rule.text)
        except InvalidOption as error:
            refused.append((rule.text, error))
            continue
        good[rule.kind, text] = replace(rule, text=text)
    return Checked(good=tuple(good.values()), refused=tuple(refused))


def require_few(rules: Iterable[Rule]) -> None:
    """Raise ``InvalidOption``, ``too_many_rules`` or ``..._patterns``, where no server may have so many."""
    kinds = [rule.kind for rule in rules]
    if len(kinds) > RULES_MOST:
        raise too_many("word")
    if kinds.count("pattern") > PATTERNS_MOST:
        raise too_many("pattern")


def too_many(kind: Kind) -> InvalidOption:
    """What is wrong with one more."""
    if kind == "pattern":
        return InvalidOption("rule", "too_many_patterns", limit=PATTERNS_MOST)
    return InvalidOption("rule", "too_many_rules", limit=RULES_MOST)
