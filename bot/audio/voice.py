"""A take as a native voice message: Ogg Opus, its length and its waveform. Runs in a worker process."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

import numpy as np

from bot.audio import opus
from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ, Audio
from bot.errors import UnusableAudio
from bot.jobs.parcels import Voice

MOST_POINTS: Final = 256
"""Discord, "Voice Messages": one byte a point, at most 256 of them."""
_POINTS_PER_S: Final = 10
_RATES: Final = ((96, 2), (64, 2), (48, 1), (32, 1), (24, 1))


def voice_message(source: Path, folder: Path, *, name: str, limit_bytes: int) -> Voice:
    """Write ``source`` to ``folder`` as a voice message of at most ``limit_bytes``.

    Raises:
        UnusableAudio: ``too_large``; else as :func:`bot.audio.probe.decode`.
    """
    sound = decode(source)
    for kbit_s, channels in _RATES:
        if kbit_s * 125 * sound.duration_s > limit_bytes:
            continue
        content = opus.encode(sound.audio, {}, kbit_s=kbit_s, channels=channels)
        if len(content) <= limit_bytes:
            path = folder / f"{name}.ogg"
            path.write_bytes(content)
            return Voice(file=path, duration_s=round(sound.duration_s, 3), waveform=waveform(sound.audio))
    raise UnusableAudio("too_large")


def waveform(audio: Audio) -> str:
    """Base64 of the peaks of ``audio`` (samples, 2): 255 is its loudest; ten a second, at most 256."""
    points = int(np.clip(len(audio) * _POINTS_PER_S // SAMPLE_RATE_HZ, 1, MOST_POINTS))
    edges = np.linspace(0, len(audio), points + 1).astype(int)[:-1]
    peaks = np.maximum.reduceat(np.abs(audio).max(axis=1), edges)
    heights = np.round(peaks / max(float(peaks.max()), 1e-9) * 255).astype(np.uint8)
    return base64.b64encode(heights.tobytes()).decode()
