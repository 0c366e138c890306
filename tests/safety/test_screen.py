"""The gate in front of every job."""

from __future__ import annotations

import pytest

from bot.safety.screen import Decision, Facts, screen


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "\u202e\u2066", "\n\t", "\ufe0f", "\u0301"])
def test_what_nobody_can_read_is_blocked(text: str) -> None:
    """Blanks, joiners, direction marks and lone accents show nothing."""
    verdict = screen(Facts(texts=(text, "readable")))
    assert (verdict.decision, verdict.problem) == (Decision.BLOCKED, "empty")


@pytest.mark.parametrize("text", ["funk", "🎸", "موسيقى", "@everyone", "**bold**", "é", "."])
def test_everything_else_passes(text: str) -> None:
    """Any script, emoji, markdown and mentions are played."""
    assert screen(Facts(texts=(text,))).decision is Decision.PASSED
