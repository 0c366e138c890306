"""All rules of a server at once: compiled once, asked for every text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from bot.errors import InvalidOption
from bot.safety.budget import Budget, Overrun
from bot.safety.folding import Folded, fold
from bot.safety.masks import filled_in, masked_parts
from bot.safety.matching import Ground, find
from bot.safety.patterns import SEARCH_S, Pattern, compiled, found
from bot.safety.policy import Strictness
from bot.safety.words import Form, Rule, forms_of


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that was met."""

    rule: Rule
    start: int
    """Place of its first character, in the text without what nobody sees."""
    end: int
    in_time: bool = True
    """False for what took too long, so that nobody knows: a pattern, or some word or other."""


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
        self._reach = 2 * max((len(rule.text) for rule in self.rules if rule.kind == "word"), default=0) + 10
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

    def met(
        self,
        text: str,
        *,
        strictness: Strictness = "normal",
        age_restricted: bool = False,
        budget: Budget | None = None,
    ) -> list[Hit]:
        """Every rule that a text meets, one hit each, by their places; none where allowed words cover it.

        What a hard text takes is bounded; still not for the thread that answers people.

        Args:
            text: As a person wrote it.
            strictness: Of the channel.
            age_restricted: Whether the channel is.
            budget: What may be spent, of which it takes; None: what an order has.
        """
        budget = Budget() if budget is None else budget
        if strictness == "off" or not self.rules or not text:
            return []
        folded = fold(text)
        strict = strictness == "strict"
        hits: list[Hit] = []
        allowed: list[tuple[int, int]] = []
        try:
            self._words(folded, hits, allowed, budget, strict=strict, age_restricted=age_restricted)
            self._masked(folded.text, hits, budget, strict=strict, age_restricted=age_restricted)
        except Overrun:
            hits += self._unsure(folded.text, age_restricted=age_restricted)
        hits += self._regular(folded, budget, age_restricted=age_restricted)
        first: dict[int, Hit] = {}
        spans, covered, number = sorted(allowed), -1, 0
        for hit in sorted(hits, key=lambda each: (each.start, each.end)):
            while number < len(spans) and spans[number][0] <= hit.start:
                covered, number = max(covered, spans[number][1]), number + 1
            if hit.end > covered:
                first.setdefault(hit.rule.id, hit)
        return list(first.values())

    def _unsure(self, text: str, *, age_restricted: bool) -> list[Hit]:
        """That any of the words may be there."""
        words = (rule for rule in self.rules if rule.kind == "word")
        counts = [rule for rule in words if not (age_restricted and rule.spares_age_restricted)]
        return [Hit(rule, 0, len(text), in_time=False) for rule in counts[:1]]

    def _words(
        self,
        folded: Folded,
        hits: list[Hit],
        allowed: list[tuple[int, int]],
        budget: Budget,
        *,
        strict: bool,
        age_restricted: bool,
    ) -> None:
        """Add what is found. Raises ``Overrun``, with what was found until then added."""
        if self._automaton is None:
            return
        budget.spend(len(folded.text))
        for stream in folded.streams:
            ground = Ground(folded, stream, strict=strict)
            for number, start, end in self._automaton.find_matches_as_indexes(
                ground.sought, overlapping=True
            ):
                for rule, form in self._forms[number]:
                    if age_restricted and rule.spares_age_restricted:
                        continue
                    place = find(ground, form, start, end - 1, budget)
                    if place is None:
                        continue
                    span = stream.span(*place)
                    if rule.kind == "allow":
                        allowed.append(span)
                    else:
                        hits.append(Hit(rule, *span))

    def _masked(
        self, text: str, hits: list[Hit], budget: Budget, *, strict: bool, age_restricted: bool
    ) -> None:
        """Add words in which a sign stands for a vowel; of an allowed one nothing is blotted out."""
        for start, end, places in masked_parts(text, self._reach):
            inside = [place - start for place in places]
            for told in filled_in(text[start:end], inside):
                met: list[Hit] = []
                self._words(fold(told), met, [], budget, strict=strict, age_restricted=age_restricted)
                hits += [
                    Hit(hit.rule, start + hit.start, start + hit.end)
                    for hit in met
                    if hit.start < inside[bisect_left(inside, hit.end) - 1] < hit.end
                ]

    def _regular(self, folded: Folded, budget: Budget, *, age_restricted: bool) -> list[Hit]:
        hits: list[Hit] = []
        if not self._patterns:
            return hits
        plain, at = folded.plain
        for rule, pattern in self._patterns:
            if age_restricted and rule.spares_age_restricted:
                continue
            try:
                with budget.timed() as left_s:
                    place = found(pattern, folded.text, min(SEARCH_S, left_s))
                    if place is None and plain != folded.text:
                        seen = found(pattern, plain, min(SEARCH_S, left_s))
                        place = None if seen is None else (at[seen[0]], at[max(seen[0], seen[1] - 1)] + 1)
            except TimeoutError:
                hits.append(Hit(rule, 0, len(folded.text), in_time=False))
                continue
            if place is not None:
                hits.append(Hit(rule, *place))
        return hits
