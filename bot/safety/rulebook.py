"""All rules of a server at once: compiled once, asked for every text."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from bot.errors import InvalidOption
from bot.safety.folding import Folded, fold
from bot.safety.masks import filled_in, masked_places
from bot.safety.matching import Ground, find
from bot.safety.patterns import Pattern, compiled, found
from bot.safety.policy import Strictness
from bot.safety.words import Form, Rule, forms_of

_ALL_PATTERNS_S: Final = 0.08
"""All patterns of a server on one text, with one that may still be at it then."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that was met."""

    rule: Rule
    start: int
    """Place of its first character, in the text without what nobody sees."""
    end: int
    in_time: bool = True
    """False for a pattern that took too long, so that nobody knows."""


class Rulebook:
    """The rules of a server. It does not change; a change makes another one."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)
        sought: dict[str, list[tuple[Rule, Form]]] = {}
        self._patterns: list[tuple[Rule, Pattern]] = []
        for rule in self.rules:
            if rule.kind == "pattern":
                self._add_pattern(rule)
                continue
            for form in forms_of(rule.text):
                if form.sought:
                    sought.setdefault(form.sought, []).append((rule, form))
        self._forms = list(sought.values())
        self._automaton = (
            AhoCorasick(
                list(sought),
                matchkind=MatchKind.Standard,
                store_patterns=False,
                implementation=Implementation.ContiguousNFA,
            )
            if sought
            else None
        )

    def _add_pattern(self, rule: Rule) -> None:
        try:
            self._patterns.append((rule, compiled(rule.text)))
        except InvalidOption:  # of a later version of the library: one pattern less is no reason to stop
            return

    def __len__(self) -> int:
        return len(self.rules)

    def met(self, text: str, *, strictness: Strictness = "normal", age_restricted: bool = False) -> list[Hit]:
        """Every rule that a text meets, one hit each, by their places; none where allowed words cover it.

        Args:
            text: As a person wrote it.
            strictness: Of the channel.
            age_restricted: Whether the channel is.
        """
        if strictness == "off" or not self.rules or not text:
            return []
        folded = fold(text)
        hits, allowed = self._words(folded, strict=strictness == "strict", age_restricted=age_restricted)
        hits += self._masked(folded.text, strict=strictness == "strict", age_restricted=age_restricted)
        hits += self._regular(folded, age_restricted=age_restricted)
        first: dict[int, Hit] = {}
        for hit in sorted(hits, key=lambda each: (each.start, each.end)):
            if not any(start <= hit.start and hit.end <= end for start, end in allowed):
                first.setdefault(hit.rule.id, hit)
        return list(first.values())

    def _words(
        self, folded: Folded, *, strict: bool, age_restricted: bool
    ) -> tuple[list[Hit], list[tuple[int, int]]]:
        hits: list[Hit] = []
        allowed: list[tuple[int, int]] = []
        if self._automaton is None:
            return hits, allowed
        for stream in folded.streams:
            ground = Ground(folded, stream, strict=strict)
            for number, start, end in self._automaton.find_matches_as_indexes(
                ground.sought, overlapping=True
            ):
                for rule, form in self._forms[number]:
                    if age_restricted and rule.spares_age_restricted:
                        continue
                    place = find(ground, form, start, end - 1)
                    if place is None:
                        continue
                    first, behind = ground.at[place[0]], ground.at[place[1] - 1] + 1
                    if rule.kind == "allow":
                        allowed.append((first, behind))
                    else:
                        hits.append(Hit(rule, first, behind))
        return hits, allowed

    def _masked(self, text: str, *, strict: bool, age_restricted: bool) -> list[Hit]:
        """Words in which a sign stands for a vowel; of an allowed one nothing is blotted out."""
        places = masked_places(text)
        return [
            hit
            for told in filled_in(text, places)
            for hit in self._words(fold(told), strict=strict, age_restricted=age_restricted)[0]
            if any(hit.start < place < hit.end for place in places)
        ]

    def _regular(self, folded: Folded, *, age_restricted: bool) -> list[Hit]:
        hits: list[Hit] = []
        if not self._patterns:
            return hits
        plain, at = folded.plain
        until = time.thread_time() + _ALL_PATTERNS_S
        for rule, pattern in self._patterns:
            if age_restricted and rule.spares_age_restricted:
                continue
            try:
                if time.thread_time() > until:
                    raise TimeoutError
                place = found(pattern, folded.text)
                if place is None and plain != folded.text and (seen := found(pattern, plain)) is not None:
                    place = (at[seen[0]], at[max(seen[0], seen[1] - 1)] + 1)
            except TimeoutError:
                hits.append(Hit(rule, 0, len(folded.text), in_time=False))
                continue
            if place is not None:
                hits.append(Hit(rule, *place))
        return hits
