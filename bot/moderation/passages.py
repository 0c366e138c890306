"""What moderators judge words by: the rules that an order meets, each with the words around it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.jobs.order import Order
from bot.jobs.preferences import Settings
from bot.moderation.screening import Screening
from bot.safety.budget import Budget
from bot.safety.folding import fold
from bot.safety.policy import Strictness
from bot.safety.rulebook import Rulebook
from bot.safety.words import Rule

PASSAGES_MOST: Final = 8
"""Of one order; whoever wants to see more reads all of it."""
_AROUND: Final = 60
"""Characters that are shown before and behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A place in what somebody wrote, without the characters that nobody sees."""

    rule: Rule
    before: str
    met: str
    """What the rule met there; empty where it took too long to tell."""
    after: str


async def passages_in(
    screening: Screening, order: Order, settings: Settings, budget: Budget
) -> tuple[Passage, ...]:
    """Where an order meets the rules of its server, as they stand now.

    Args:
        screening: Of this process.
        order: Which.
        settings: Of its server and channel.
        budget: What may be spent.
    """
    strictness = settings.channel.strictness
    book = await screening.book(order.guild_id, settings.screen_version)
    if not len(book) or strictness == "off":
        return ()
    texts, restricted = order.recipe.texts, order.member.age_restricted
    return await asyncio.to_thread(_found, book, texts, strictness, restricted, budget)


def _found(
    book: Rulebook, texts: Sequence[str], strictness: Strictness, age_restricted: bool, budget: Budget
) -> tuple[Passage, ...]:
    found: list[Passage] = []
    for written in texts:
        hits = book.met(written, strictness=strictness, age_restricted=age_restricted, budget=budget)
        seen = fold(written).text
        for hit in hits:
            start, end = (hit.start, hit.end) if hit.in_time else (0, 0)
            before, after = seen[max(0, start - _AROUND) : start], seen[end : end + _AROUND]
            found.append(
                Passage(
                    rule=hit.rule,
                    before=f"…{before}" if start > _AROUND else before,
                    met=seen[start:end],
                    after=f"{after}…" if end + _AROUND < len(seen) else after,
                )
            )
    return tuple(found[:PASSAGES_MOST])
