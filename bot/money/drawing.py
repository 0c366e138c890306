"""What the picture of a pot shows. Pure: the audio worker draws it, the cards fill it in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One number that matters, with a bar below."""

    title: str
    amount: str
    """Written large: what is left."""
    note: str
    """Beside it: of what."""
    filled: float | None
    """How much of the bar, 0..1; None where there is no end to it."""
    mine: bool = False
    """Whether it is the looker's own, in another colour than everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a list: who, how much, and how much that is beside the others."""

    name: str
    amount: str
    filled: float
    """0..1 of the longest."""
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PotDrawing:
    """Gauges above, a list below; every text in the language of whoever looks."""

    heading: str
    gauges: tuple[Gauge, ...]
    list_title: str = ""
    bars: tuple[Bar, ...] = ()
    footing: str = ""
