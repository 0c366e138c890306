"""One loudness for everything that is delivered, after EBU R 128's way and streaming's level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.audio.limiter import limiting, true_peaks
from bot.audio.sound import Audio, as_audio
from bot.engine.loudness import integrated_lufs, true_peak_db

TARGET_LUFS = -14.0
TOLERANCE_LU = 0.5
CEILING_DB = -1.0
"""dBTP: what stays free for the overshoot of lossy codecs."""
_AIM_DB = -1.2
"""Where the limiter aims, so that another meter's rounding still finds the ceiling kept."""
_DEEPEST_LIMITING_DB = 12.0
"""Beyond this, limiting is heard; a sound that sparse stays quieter than the target."""
_CLOSE_LU = 0.1
_MAX_ROUNDS = 5
_MAX_OFFSET = 0.002


@dataclass(frozen=True, slots=True)
class Levelled:
    """Audio at its delivered level, and what was measured of it."""

    audio: Audio
    lufs: float
    true_peak_db: float


def level(audio: Audio) -> Levelled:
    """Bring ``audio`` (samples, 2) to -14 LUFS with true peaks at or under -1 dBTP.

    What is already there is returned as the same array. A sound whose peaks stand more than 12 dB
    too far above its loudness keeps its peaks and stays quieter.
    """
    offset = audio.mean(axis=0, dtype=np.float64)
    if np.abs(offset).max() > _MAX_OFFSET:
        audio = as_audio(audio - offset.astype(np.float32))
    measured = _measure(audio)
    if abs(measured.lufs - TARGET_LUFS) <= TOLERANCE_LU and measured.true_peak_db <= CEILING_DB:
        return measured
    most_db = _AIM_DB - measured.true_peak_db + _DEEPEST_LIMITING_DB
    peaks = true_peaks(audio)
    gain_db = 0.0
    made = measured
    for _ in range(_MAX_ROUNDS):
        missing_db = TARGET_LUFS - made.lufs
        wanted_db = min(gain_db + missing_db, most_db)
        if made is not measured and (abs(missing_db) <= _CLOSE_LU or wanted_db == gain_db):
            break
        gain_db = wanted_db
        gain = np.float32(_linear(gain_db))
        made = _measure(
            as_audio(audio * (gain * limiting(as_audio(peaks * gain), ceiling=_linear(_AIM_DB)))[:, None])
        )
    return _under_ceiling(made)


def _under_ceiling(made: Levelled) -> Levelled:
    """The last word on peaks: where the meter sees more than the limiter did, all of it is turned down."""
    over_db = made.true_peak_db - CEILING_DB
    return made if over_db <= 0 else _measure(as_audio(made.audio * np.float32(_linear(-over_db - 0.02))))


def _measure(audio: Audio) -> Levelled:
    return Levelled(audio, float(integrated_lufs(audio)), float(true_peak_db(audio)))


def _linear(gain_db: float) -> float:
    return 10.0 ** (gain_db / 20.0)
