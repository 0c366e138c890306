"""What a take's file is called, on Discord and where it is downloaded. Light: no discord."""

from __future__ import annotations

import unicodedata
from typing import Final

from bot.jobs.records import Take

_MOST_CHARS: Final = 40


def file_name(take: Take, tail: str = "") -> str:
    """A name without suffix that phones and file systems show well: letters and digits, of any script."""
    text = unicodedata.normalize("NFC", take.recipe.words)
    # Marks belong to the letters before them in many scripts; without them other words are read.
    words = "".join(
        c if c.isalnum() or unicodedata.category(c) in ("Mn", "Mc") else " " for c in text
    ).split()
    return ("-".join(words)[:_MOST_CHARS].strip("-") or "riff") + tail
