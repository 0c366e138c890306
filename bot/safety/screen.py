"""May this order run? The one gate in front of every job."""

from __future__ import annotations

import enum
import unicodedata
from dataclasses import dataclass

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"})
"""Unicode categories that put nothing of their own on a screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the decision may depend on."""

    texts: tuple[str, ...]
    """What the member wrote; the first text is the one that every order has."""


class Decision(enum.Enum):
    """What happens to the order."""

    PASSED = "passed"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision, and the words key of its problem where it did not pass."""

    decision: Decision
    problem: str = ""


def is_visible(text: str) -> bool:
    """Whether a reader would see anything at all."""
    return any(unicodedata.category(character) not in _UNSEEN for character in text)


def screen(facts: Facts) -> Verdict:
    """Block what nobody could read; everything else passes."""
    if not facts.texts or not is_visible(facts.texts[0]):
        return Verdict(Decision.BLOCKED, "empty")
    return Verdict(Decision.PASSED)
