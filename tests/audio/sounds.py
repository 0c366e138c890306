"""Sounds and files to try things on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from bot.audio.sound import SAMPLE_RATE_HZ, Audio, as_audio
from bot.jobs.order import Order
from bot.jobs.recipes import Riff


def order(prompt: str = "funky synth solo", *, user_name: str = "Ana", **options: object) -> Order:
    """An order as a member would place it."""
    return Order(
        host="replicate",
        recipe=Riff.checked(prompt=prompt, **options),  # pyright: ignore[reportArgumentType]
        guild_id="1",
        channel_id="2",
        user_id="3",
        user_name=user_name,
    )


def seconds(duration_s: float) -> NDArray[np.float64]:
    """The time of each sample."""
    return np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def stereo(mono: NDArray[np.floating]) -> Audio:
    """The same on both sides."""
    return as_audio(np.stack([mono, mono], axis=1))


def sine(hz: float = 440.0, duration_s: float = 2.0, peak: float = 0.5) -> Audio:
    """A steady tone on both sides."""
    return stereo(peak * np.sin(2 * np.pi * hz * seconds(duration_s)))


def plucks(bpm: float = 120.0, duration_s: float = 10.0, peak: float = 0.5) -> Audio:
    """A decaying tone on every beat, the first of four higher: something with a pulse and a pitch."""
    time_s = seconds(duration_s)
    beat = np.floor(time_s * bpm / 60 + 1e-9)
    since_s = time_s - beat * 60 / bpm
    hz = np.where(beat % 4 == 0, 660.0, 440.0)
    attack = np.minimum(1.0, since_s / 0.002)
    return stereo(peak * attack * np.exp(-since_s / 0.08) * np.sin(2 * np.pi * hz * since_s))


def noise(duration_s: float = 3.0, level: float = 0.1) -> Audio:
    """White noise, different on each side."""
    drawn = np.random.default_rng(5).standard_normal((round(duration_s * SAMPLE_RATE_HZ), 2))
    return as_audio(level * drawn)


def write(
    path: Path,
    audio: NDArray[np.floating],
    rate_hz: int = SAMPLE_RATE_HZ,
    *,
    form: str | None = None,
    subtype: str | None = None,
) -> Path:
    """``audio`` as a file, in the format of its suffix or ``form``."""
    sf.write(path, audio, rate_hz, subtype=subtype, format=form)
    return path
