"""What keys are called. English is how hosts spell them."""

from __future__ import annotations

from typing import Final

TONICS: Final = (
    *("C", "C#", "Db", "D", "D#", "Eb", "E", "F", "F#"),
    *("Gb", "G", "G#", "Ab", "A", "A#", "Bb", "B"),
)
MODES: Final = ("major", "minor")
RARE_MODES: Final = (
    *("dorian", "phrygian", "lydian", "mixolydian", "blues", "pentatonic"),
    *("in-sen", "phrygian dominant", "slendro"),
)

SENTENCES: Final[dict[str, str]] = {
    **{f"key.{tonic}.{mode}": f"{tonic} {mode}" for tonic in TONICS for mode in MODES},
    **{f"tonic.{tonic}": tonic for tonic in TONICS},
    **{f"mode.{mode}": f"{{tonic}} {mode}" for mode in RARE_MODES},
}
