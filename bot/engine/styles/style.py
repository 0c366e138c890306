"""The style: everything composing needs to know of one prompt, blendable with another's."""

from __future__ import annotations

from dataclasses import dataclass

from bot.engine.score.model import Feel

SEED_PREFIX = "seed:"


@dataclass(slots=True)
class Layer:
    """One player of a style. `lent` players come from a second genre and take turns with the others."""

    role: str
    instrument: str
    pattern: str
    level_db: float = 0.0
    octave: int = 0
    asked: bool = False
    lent: bool = False


@dataclass(slots=True)
class Style:
    """Everything that composing needs to know of one prompt, and that can be blended with another's.

    `refused` holds instruments and roles ("drums", "vox", "bass") that the prompt does not want to hear;
    a style that plays `alone` has sent its band home; `asked_drums` tells whether drums were named.
    """

    identity: str
    genres: dict[str, float]
    bpm: float
    swing: float
    mode: str
    meter: int
    progressions: list[tuple[str, ...]]
    kit: str
    drums: dict[str, str]
    layers: list[Layer]
    feel: Feel
    tonic: int | None = None
    key_spelling: str = ""
    asked_bpm: bool = False
    refused: frozenset[str] = frozenset()
    meter_name: str = ""
    alone: bool = False
    asked_drums: bool = False

    @property
    def is_seed(self) -> bool:
        """Tell whether this style stands for a seed image."""
        return self.identity.startswith(SEED_PREFIX)
