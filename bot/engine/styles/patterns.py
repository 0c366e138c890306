"""Rhythm patterns by name: bass lines, comping, arpeggios and the habits of melodies.

All are written on sixteenths. Bass: 1 root, 3 third, 5 fifth, 7 seventh, 8 octave. Comping: x strikes.
Arpeggios: digits count up the chord's notes. "." is silence and "-" holds what sounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.engine.tables_io import demand, known_keys, number_of, read_table

# These are procedures rather than step patterns.
SPOKEN_PATTERNS = frozenset({"walk", "peal", "toll", "growl", "rapflow"})


@dataclass(frozen=True, slots=True)
class CompPattern:
    """A comping rhythm; `hold_steps` None holds each strike to the end of its dashes."""

    steps: str
    hold_steps: float | None


@dataclass(frozen=True, slots=True)
class LeadHabit:
    """How a melody moves: notes a bar at middle density, and syncopation 0..1."""

    notes_a_bar: float
    syncopation: float


@dataclass(frozen=True, slots=True)
class Patterns:
    """All patterns."""

    bass: dict[str, str]
    comp: dict[str, CompPattern]
    arp: dict[str, str]
    lead: dict[str, LeadHabit]

    def knows(self, name: str) -> bool:
        """Tell whether any player can play a pattern of this name."""
        return any(name in book for book in (self.bass, self.comp, self.arp, self.lead, SPOKEN_PATTERNS))


def hold_length(steps: str, place: int) -> int:
    """Return how many steps a strike at a place lasts with its dashes."""
    length = 1
    while place + length < len(steps) and steps[place + length] == "-":
        length += 1
    return length


def _steps(value: object, place: str, alphabet: str) -> str:
    demand(isinstance(value, str) and set(value) <= set(alphabet), place, f"may only use {alphabet!r}")
    text = str(value)
    demand(len(text) in {12, 16}, place, "must have 12 or 16 steps")
    return text


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    """Return all patterns, checked once. Raises TableError if the data breaks the schema."""
    table = read_table("patterns")
    comp: dict[str, CompPattern] = {}
    for name, entry in table["comp"].items():
        place = f"patterns.comp.{name}"
        known_keys(entry, place, required=frozenset({"steps"}), optional=frozenset({"hold_steps"}))
        hold = entry.get("hold_steps")
        comp[name] = CompPattern(
            _steps(entry["steps"], place, "x.-"),
            None if hold is None else number_of(hold, place, 0.2, 16),
        )
    lead: dict[str, LeadHabit] = {}
    for name, entry in table["lead"].items():
        place = f"patterns.lead.{name}"
        notes = number_of(entry["notes_a_bar"], place, 0.5, 16)
        lead[name] = LeadHabit(notes, number_of(entry["syncopation"], place, 0, 1))
    return Patterns(
        bass={name: _steps(text, f"patterns.bass.{name}", "13578.-") for name, text in table["bass"].items()},
        comp=comp,
        arp={name: _steps(text, f"patterns.arp.{name}", "0123.") for name, text in table["arp"].items()},
        lead=lead,
    )
