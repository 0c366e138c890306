"""What passes between the steps of the worker: sound and how fine it was when it came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 44_100
Audio: TypeAlias = NDArray[np.float32]
"""float32, (samples, 2), [-1, 1] full scale, at 44,100 Hz."""


def as_audio(values: NDArray[Any]) -> Audio:
    """``values`` as float32; the same array where they are."""
    return values.astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio and the sample depth that holds it without loss."""

    audio: Audio
    bits: Literal[16, 24]
    """16 only while the samples are exactly those of a 16-bit file."""

    @property
    def duration_s(self) -> float:
        """How long it plays."""
        return len(self.audio) / SAMPLE_RATE_HZ

    def changed(self, audio: Audio) -> Self:
        """Other samples, computed: they need the finer depth."""
        return replace(self, audio=audio, bits=24)
