"""How each speech sound is made: formants, noise, voice and length, from the table `phones.json`.

Formants are those of men (Peterson and Barney 1952 for the vowels; loci, nasals and noise after Klatt 1980);
other voices scale them by the length of the vocal tract.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.engine.singing.phones import CONSONANTS, DIPHTHONG_PARTS, DIPHTHONGS, SHADES, VOWELS
from bot.engine.singing.tables import list_of, read
from bot.engine.tables_io import demand, known_keys, number_of

Peaks = tuple[tuple[float, float, float], ...]  # centre Hz, width Hz, level
_KINDS = frozenset({"vowel", "glide", "nasal", "fricative", "stop", "affricate"})
_REQUIRED = frozenset({"kind", "formants", "pull", "length_s", "voice"})
_OPTIONAL = frozenset({"nasal", "noise", "burst", "breath", "aspirated_s"})


@dataclass(frozen=True, slots=True)
class SoundShape:
    """One sound: `pull` is how much each formant leans to the vowel beside it, 0 not at all to 1 wholly.

    `voice` is the level of the vocal cords, `breath` of noise through the throat, `noise` of friction and
    `burst` of a stop's release; `aspirated_s` is how long a release breathes before the voice sets in.
    """

    kind: str
    formants: tuple[float, ...]
    pull: tuple[float, ...]
    length_s: float
    voice: float
    nasal: float = 0.0
    noise: Peaks = ()
    burst: Peaks = ()
    breath: float = 0.0
    aspirated_s: float = 0.0


@dataclass(frozen=True, slots=True)
class VoiceShape:
    """One singer: tract is the formants' scale, `tilt_hz` where the source gets duller, and its habits."""

    tract: float
    tilt_hz: float
    glottal_hz: float
    breath: float
    vibrato_hz: float
    vibrato_semitones: float
    scoop_semitones: float
    wander_semitones: float


@dataclass(frozen=True, slots=True)
class Chorister:
    """One of a choir: whose voice, how much longer or shorter the tract, how far off pitch and beat."""

    voice: str
    tract: float
    cents: float
    late_ms: float
    level: float


def _numbers(value: Any, place: str, count: int, low: float, high: float) -> tuple[float, ...]:
    numbers = list_of(value, place)
    demand(len(numbers) == count, place, f"must be {count} numbers")
    return tuple(number_of(number, place, low, high) for number in numbers)


def _peaks(value: Any, place: str) -> Peaks:
    rows = [_numbers(row, place, 3, 0.0, 11_000.0) for row in list_of(value, place)]
    return tuple((row[0], row[1], row[2]) for row in rows)


@lru_cache(maxsize=1)
def sound_shapes() -> dict[str, SoundShape]:
    """Return all sounds by name. Raises TableError if the data breaks the schema."""
    found: dict[str, SoundShape] = {}
    for name, entry in read("phones").items():
        place = f"phones.{name}"
        known_keys(entry, place, required=_REQUIRED, optional=_OPTIONAL)
        demand(entry["kind"] in _KINDS, place, "has an unknown kind")
        found[name] = SoundShape(
            kind=entry["kind"],
            formants=_numbers(entry["formants"], place, 3, 100.0, 5000.0),
            pull=_numbers(entry["pull"], place, 3, 0.0, 1.0),
            length_s=number_of(entry["length_s"], place, 0.02, 0.4),
            voice=number_of(entry["voice"], place, 0.0, 1.0),
            nasal=number_of(entry.get("nasal", 0.0), place, 0.0, 1.0),
            noise=_peaks(entry.get("noise", []), place),
            burst=_peaks(entry.get("burst", []), place),
            breath=number_of(entry.get("breath", 0.0), place, 0.0, 2.0),
            aspirated_s=number_of(entry.get("aspirated_s", 0.0), place, 0.0, 0.2),
        )
    missing = ((VOWELS - DIPHTHONGS.keys()) | CONSONANTS | SHADES | DIPHTHONG_PARTS) - found.keys()
    demand(not missing, "phones", f"lacks {sorted(missing)}")
    return found


@lru_cache(maxsize=1)
def voice_shapes() -> dict[str, VoiceShape]:
    """Return all singers by name. Raises TableError if the data breaks the schema."""
    fields = frozenset(VoiceShape.__dataclass_fields__)
    found: dict[str, VoiceShape] = {}
    for name, entry in read("voices").items():
        place = f"voices.{name}"
        known_keys(entry, place, required=fields, optional=frozenset())
        found[name] = VoiceShape(**{key: number_of(entry[key], place, 0.0, 10_000.0) for key in fields})
    return found


@lru_cache(maxsize=1)
def choristers() -> tuple[Chorister, ...]:
    """Return the singers of the choir. Raises TableError if the data breaks the schema."""
    found: list[Chorister] = []
    for number, entry in enumerate(list_of(read("choir")["singers"], "choir.singers")):
        place = f"choir.singers[{number}]"
        known_keys(entry, place, required=frozenset(Chorister.__dataclass_fields__), optional=frozenset())
        demand(entry["voice"] in voice_shapes(), place, "sings with an unknown voice")
        found.append(
            Chorister(
                voice=entry["voice"],
                tract=number_of(entry["tract"], place, 0.8, 1.2),
                cents=number_of(entry["cents"], place, -30.0, 30.0),
                late_ms=number_of(entry["late_ms"], place, 0.0, 50.0),
                level=number_of(entry["level"], place, 0.0, 1.0),
            )
        )
    return tuple(found)
