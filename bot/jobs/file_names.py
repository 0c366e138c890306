"""What a take's file is called, on Discord, where it is downloaded and in archives."""

from __future__ import annotations

import unicodedata
from typing import Final

from bot.jobs.records import Take

_MOST_CHARS: Final = 40


def file_name(take: Take, tail: str = "") -> str:
    """Without suffix: what was asked for, and a tail."""
    return file_stem(take.recipe.words) + tail


def file_stem(words: str) -> str:
    """A name that phones and file systems show well: letters and digits, of any script."""
    text = unicodedata.normalize("NFC", words)
    # Marks belong to the letters before them in many scripts; without them other words are read.
    spaced = "".join(c if c.isalnum() or unicodedata.category(c) in ("Mn", "Mc") else " " for c in text)
    return "-".join(spaced.split())[:_MOST_CHARS].strip("-") or "riff"
