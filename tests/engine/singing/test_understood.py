"""A speech recogniser understands the singer: closed sets of twelve lines that it was not tuned on."""

from __future__ import annotations

import pytest

from bot.engine.chance import dice
from tests.engine.singing.support import sung, understood, untuned_lines


@pytest.mark.parametrize(
    ("voice", "draw", "at_least"),
    [("male", 1, 10), ("male", 2, 10), ("female", 1, 8), ("female", 2, 8), ("child", 1, 7)],
)
def test_sung_lines_are_understood(voice: str, draw: int, at_least: int) -> None:
    """Of twelve lines drawn from the 140, sung at three syllables a second, most are recognised."""
    lines = dice("lines", draw).sample(untuned_lines(), 12)
    sounds = [sung(line, voice) for line in lines]
    assert understood(lines, sounds) >= at_least


@pytest.mark.parametrize(("voice", "at_least"), [("male", 9), ("female", 8)])
def test_rapped_lines_are_understood(voice: str, at_least: int) -> None:
    """At rapping pace, five and a half syllables a second, most are recognised too."""
    lines = dice("lines", 3).sample(untuned_lines(), 12)
    sounds = [sung(line, voice, rapped=True) for line in lines]
    assert understood(lines, sounds) >= at_least
