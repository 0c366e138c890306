"""The instruments and drum kits that exist, with their ranges and habits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.engine.tables_io import demand, known_keys, number_of, read_table

_REQUIRED = frozenset({"label", "voice", "low", "high", "release_s"})
_OPTIONAL = frozenset({"home", "strum", "amp", "glide", "genre", "sample", "vibrato_cents"})
_VOICES = frozenset({"bank", "synth", "singer"})


@dataclass(frozen=True, slots=True)
class Instrument:
    """One melodic instrument.

    Pitches are MIDI numbers; `home` is where its melodies lie; `strum` spreads its chords; `amp` plays
    it through a distorted amplifier; `glide` slides between notes; `genre` is what it suggests alone. One
    of the bank may play another's `sample`, with a vibrato of its own. A "singer" sings lines only.
    """

    name: str
    label: str
    voice: str
    low: int
    high: int
    release_s: float
    home: int = 60
    strum: bool = False
    amp: bool = False
    glide: bool = False
    genre: str = ""
    sample: str = ""
    vibrato_cents: float = 0.0

    def in_range(self, pitch: float) -> float:
        """Return a pitch moved by octaves into the instrument's range."""
        while pitch < self.low:
            pitch += 12
        while pitch > self.high:
            pitch -= 12
        return pitch


@dataclass(frozen=True, slots=True)
class Hit:
    """One drum of a kit: peak level 0..1 and place from -1 (left) to 1 (right)."""

    label: str
    level: float
    pan: float


@dataclass(frozen=True, slots=True)
class Role:
    """How the mixing desk treats a role: level against the drums, place, reverb, band, width and echo."""

    level_db: float
    pan: float
    send: float
    low_cut_hz: float
    high_cut_hz: float
    wide: float
    echo: float


@lru_cache(maxsize=1)
def instruments() -> dict[str, Instrument]:
    """Return all instruments by name. Raises TableError if the data breaks the schema."""
    found: dict[str, Instrument] = {}
    for name, entry in read_table("instruments").items():
        place = f"instruments.{name}"
        known_keys(entry, place, required=_REQUIRED, optional=_OPTIONAL)
        demand(entry["voice"] in _VOICES, place, "voice must be bank, synth or singer")
        demand(entry["high"] - entry["low"] >= 12, place, "needs a range of an octave")
        number_of(entry["release_s"], place, 0, 10)
        found[name] = Instrument(name=name, **entry)
    return found


@lru_cache(maxsize=1)
def kits() -> dict[str, tuple[str, str]]:
    """Return each drum kit's (label, voice)."""
    found: dict[str, tuple[str, str]] = {}
    for name, entry in read_table("kits")["kits"].items():
        demand(entry["voice"] in {"bank", "synth"}, f"kits.{name}", "voice must be bank or synth")
        found[name] = (entry["label"], entry["voice"])
    return found


@lru_cache(maxsize=1)
def hits() -> dict[str, Hit]:
    """Return all drums by name."""
    found: dict[str, Hit] = {}
    for name, entry in read_table("kits")["hits"].items():
        place = f"kits.hits.{name}"
        level = number_of(entry["level"], place, 0, 1)
        found[name] = Hit(entry["label"], level, number_of(entry["pan"], place, -1, 1))
    return found


@lru_cache(maxsize=1)
def roles() -> dict[str, Role]:
    """Return the desk's settings for each role."""
    found: dict[str, Role] = {}
    for name, entry in read_table("roles").items():
        number_of(entry["level_db"], f"roles.{name}", -30, 6)
        found[name] = Role(**entry)
    return found
