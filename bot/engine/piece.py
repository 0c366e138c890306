"""A finished piece: its sound, its score, and what was understood of the words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples, channels_mean
from bot.engine.picture.spectrogram import image_bytes, spectrogram_picture

if TYPE_CHECKING:
    from PIL import Image

    from bot.engine.score.model import Score

_QUIETEST_RMS = 0.02
_NOISE_FLATNESS = 0.35
_INAUDIBLE_GAIN = 1e-6
NOT_HEARD = "Nothing in this score can be heard."


class UnmusicalResultError(Exception):
    """The render is silent, broken or mere noise: our bug, so it is never delivered."""


class SilentResultError(UnmusicalResultError):
    """Nothing is to be heard; of a score that somebody sent, that may be theirs."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What the musician made of the words.

    `genres` have shares that sum to 1; `instruments` are those who are heard; `ignored` are words that
    nobody knows, `refused` what was not to be heard. `clamped` holds [what, asked, played] for what was asked
    and not done: numbers out of reach, lines that nobody sings, a length that is not met. `tempo_from` is
    "asked" or "style", `key_from` "asked", "mode asked" or "chosen".
    The reasons are named in bot/engine/reasons.py; `prompts` are the names that the prompts' meanings have
    among a score's ingredients.
    `search` holds the number of melodies tried and what the critic thought of the first and the best.
    """

    bpm: float
    key: str
    genres: dict[str, float]
    instruments: list[str]
    ignored: list[str]
    meter: str = "4/4"
    moods: list[str] = field(default_factory=list[str])
    eras: list[str] = field(default_factory=list[str])
    words: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])
    alone: bool = False
    clamped: list[list[str]] = field(default_factory=list[list[str]])
    sections: list[str] = field(default_factory=list[str])
    tempo_from: str = "style"
    key_from: str = "chosen"
    search: dict[str, float] = field(default_factory=dict[str, float])
    prompts: list[str] = field(default_factory=list[str])

    def to_json(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {name: value for name, value in asdict(self).items() if name != "prompts"}


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A finished riff or song: audio (samples, 2) float32 at 44,100 Hz, mastered; a loop has no seam."""

    audio: Samples
    score: Score
    understood: Understood
    _drawn: list[Image.Image] = field(default_factory=list["Image.Image"], repr=False)

    @property
    def duration_s(self) -> float:
        """Return the length in seconds."""
        return len(self.audio) / SAMPLE_RATE_HZ

    def picture(self) -> Image.Image:
        """Return the spectrogram: 512 rows, 100 columns a second, EXIF tags of the original."""
        if not self._drawn:
            self._drawn.append(spectrogram_picture(self.audio, circular=self.score.loops))
        return self._drawn[0]

    def picture_bytes(self, file_format: str = "PNG") -> bytes:
        """Return the spectrogram as a file with its EXIF tags; "PNG" or "JPEG"."""
        return image_bytes(self.picture(), file_format)


def check_audible(score: Score) -> None:
    """Raise ValueError, before it is mixed, where a score that somebody sent holds nothing to be heard."""
    beneath = score.underlay.score if score.underlay else None
    if not _sounds(score) and not (beneath and _sounds(beneath)):
        raise ValueError(NOT_HEARD)


def _sounds(score: Score) -> bool:
    return any(
        track.sounding and (track.weight if track.trim is None else track.trim.gain) > _INAUDIBLE_GAIN
        for track in score.tracks
    )


def check_sound(audio: Samples) -> None:
    """Raise UnmusicalResultError for silence, noise and numbers that are no sound."""
    flat = audio.reshape(-1)
    power = float(np.vdot(flat, flat)) / flat.size  # of what is no number, no number: nothing large is made
    if not np.isfinite(power):
        raise UnmusicalResultError("The render holds numbers that are no sound.")
    if power < _QUIETEST_RMS**2:
        raise SilentResultError("The render is silent.")
    if spectral_flatness(audio) > _NOISE_FLATNESS:
        raise UnmusicalResultError("The render is noise.")


def spectral_flatness(audio: Samples) -> float:
    """Return how much audio resembles white noise, 0 (a tone) to 1, over its middle second."""
    middle = len(audio) // 2
    part = channels_mean(audio[max(0, middle - 16_384) : middle + 16_384])
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2 + 1e-12
    return float(np.exp(np.log(power).mean()) / power.mean())
