"""The keys of endings and troubles: none forgotten, none left over."""

from __future__ import annotations

import re
from pathlib import Path

import bot.jobs
from bot.jobs.endings import ENDINGS, TROUBLES


def keys_in_the_room(prefix: str) -> set[str]:
    """Every key with the prefix that stands in the code of the jobs room."""
    room = Path(bot.jobs.__path__[0])
    texts = [path.read_text(encoding="utf-8") for path in room.rglob("*.py") if path.name != "endings.py"]
    return {key for text in texts for key in re.findall(rf'"({prefix}\.\w+)"', text)}


def test_every_ending_is_listed() -> None:
    """What the machine can say is what the words catalogue is told about."""
    assert keys_in_the_room("ending") == set(ENDINGS)
    assert keys_in_the_room("trouble") == set(TROUBLES)
