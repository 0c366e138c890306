"""The sections of songs: what they are called in lyrics, and who plays how much in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.engine.instruments import roles
from bot.engine.tables_io import demand, known_keys, number_of, read_table, words_of

_FIELDS = frozenset({"energy", "roles", "drums", "progression", "bass"})
_DRUM_MANNERS = frozenset({"light", "plain", "half", "full"})
_BASS_MANNERS = frozenset({"own", "long"})


@dataclass(frozen=True, slots=True)
class SectionManner:
    """How a section is played: energy 0..1, the roles that play, how the drums and the bass do.

    `progression` 0 is the verse's, 1 the chorus's, 2 the bridge's, 3 one that leads into the chorus.
    """

    energy: float
    roles: frozenset[str]
    drums: str
    progression: int
    bass: str


@lru_cache(maxsize=1)
def section_manners() -> dict[str, SectionManner]:
    """Return how each section is played, riffs' sections included. Raises TableError for bad data."""
    found: dict[str, SectionManner] = {}
    for name, entry in read_table("song_sections")["sections"].items():
        place = f"song_sections.{name}"
        known_keys(entry, place, required=_FIELDS, optional=frozenset())
        players = words_of(entry["roles"], place)
        demand(set(players) <= roles().keys(), place, "has an unknown role")
        demand(entry["drums"] in _DRUM_MANNERS, place, "plays drums in an unknown manner")
        demand(entry["bass"] in _BASS_MANNERS, place, "plays bass in an unknown manner")
        progression = int(number_of(entry["progression"], place, 0, 3))
        energy = number_of(entry["energy"], place, 0, 1)
        found[name] = SectionManner(energy, frozenset(players), entry["drums"], progression, entry["bass"])
    return found


@lru_cache(maxsize=1)
def section_marks() -> tuple[tuple[str, str], ...]:
    """Return (word, section) for every name of a section in lyrics, the longest words first."""
    table = read_table("song_sections")
    known = section_manners()
    pairs: list[tuple[str, str]] = []
    for section, words in table["marks"].items():
        demand(section in known, f"song_sections.marks.{section}", "is no section")
        pairs += [(word, section) for word in words_of(words, f"song_sections.marks.{section}")]
    demand(len({word for word, _ in pairs}) == len(pairs), "song_sections.marks", "has a word twice")
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


@lru_cache(maxsize=1)
def rather_sung() -> frozenset[str]:
    """Return names of sections that, bare on a line, are rather words of the song. Raises TableError."""
    return frozenset(words_of(read_table("song_sections")["rather_sung"], "song_sections.rather_sung"))


def manner_of(name: str) -> SectionManner:
    """Return how a section is played; a name nobody knows is played as a verse."""
    manners = section_manners()
    return manners.get(name, manners["verse"])
