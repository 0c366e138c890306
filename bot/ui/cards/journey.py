"""What cards say of a journey: the offer before it is spent, how far it is, and what became of it."""

from __future__ import annotations

from bot.jobs.recipes import Journey
from bot.jobs.records import Way
from bot.ui import text
from bot.ui.words import say


def way_line(way: Way, progress: float | None, locale: str = "en") -> str:
    """How many steps are ready, and a bar that also tells of those that are half made."""
    share = way.ready / max(1, way.steps) if progress is None else progress
    key = "journey.card.failed" if way.failed else "journey.card"
    return say(key, locale, bar=text.bar(share), ready=way.ready, steps=way.steps, failed=way.failed)


def journey_parts(journey: Journey, locale: str = "en") -> list[str]:
    """How it was made, in a few words."""
    return [
        say("journey.steps", locale, steps=journey.steps),
        say("take.denoising", locale, value=journey.denoising),
        say(f"seed_image.{journey.seed_image}.short", locale),
    ]


def left_out_lines(journey: Journey, locale: str = "en") -> list[str]:
    """One line where steps could not be made; none where all were."""
    if not journey.left_out:
        return []
    made = journey.steps - len(journey.left_out)
    return [say("journey.left_out", locale, made=made, steps=journey.steps)]
