"""What the engine's tests share: riffs made once, and features that stand for how a riff sounds."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.engine import Piece, RiffSpec, make_riff
from bot.engine.picture.spectrogram import mel_spectrogram

if TYPE_CHECKING:
    from numpy.typing import NDArray

TWELVE_PROMPTS = (
    "funky synth solo",
    "90's rap",
    "jazz piano trio, rainy night",
    "death metal",
    "lo-fi hip hop beats",
    "gregorian chant",
    "techno DJ and a country fiddle",
    "church bells on sunday",
    "bossa nova guitar",
    "8-bit chiptune boss battle",
    "ambient drone in space",
    "trap 140 bpm in F minor",
)


@lru_cache(maxsize=24)
def riff(prompt_a: str, prompt_b: str | None = None, **parameters: Any) -> Piece:
    """Return a riff, made once for the same parameters."""
    return make_riff(RiffSpec(prompt_a=prompt_a, prompt_b=prompt_b, **parameters))


def same_music(one: Piece, other: Piece) -> bool:
    """Tell whether two riffs are the same score and the same samples, to the last bit."""
    return one.score == other.score and np.array_equal(one.audio, other.audio)


def features(made: Piece) -> NDArray[np.float64]:
    """Return colour, movement by band and onset energy of a riff: near for music that sounds alike."""
    mel = mel_spectrogram(made.audio, circular=True).astype(np.float64)
    level = np.log(mel + 1e-4 * mel.max())
    bands = np.stack([part.mean(axis=0) for part in np.array_split(level, 48)])
    rises = np.maximum(0.0, np.diff(np.log(mel + 1e-3 * mel.max()), axis=1))
    onsets = np.array([part.sum(axis=0).mean() for part in np.array_split(rises, 6)]) / 8.0
    colour = bands.mean(axis=1)
    return np.concatenate([colour - colour.mean(), bands.std(axis=1), onsets])


def distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return how far apart two feature vectors lie."""
    return float(np.linalg.norm(one - other))


def centroid_hz(made: Piece) -> float:
    """Return the centre of a riff's spectrum."""
    magnitude = np.abs(np.fft.rfft(made.audio.mean(axis=1)))
    frequency = np.fft.rfftfreq(len(made.audio), 1.0 / 44_100)
    return float((magnitude * frequency).sum() / magnitude.sum())
