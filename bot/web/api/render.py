"""What a render worker does. It runs in a process of its own and is the server's only way to the engine.

This module and what it imports at its top stay light: each worker loads them before the engine.
"""

from __future__ import annotations

import os
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.processes import follow_parent
from bot.web.api.progress import Reporter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AUDIO_NAME = "riff.wav"
PICTURE_NAME = "spectrogram.jpg"

_SAMPLE_RATE_HZ = 44_100


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderJob:
    """One riff to make. It travels to the worker by pickle, so it holds plain values only."""

    folder: Path
    """Where audio, picture and progress go; it exists."""
    spec: dict[str, Any]
    """The arguments of ``bot.engine.RiffSpec``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What came out: the files lie in the job's folder."""

    facts: dict[str, Any]
    """bpm, key, seed, duration_s, genres, instruments, ignored: as ``EngineOutput`` has them."""
    predict_time_s: float


def prepare_worker() -> None:
    """Load the engine before the first riff is asked for; end when the server ends."""
    follow_parent()
    from bot.engine import warm

    warm()


def be_there() -> None:
    """Nothing: submitted once for each worker, so that all of them start at once."""


def render(job: RenderJob) -> Rendered:
    """Make the riff and write it.

    Raises:
        ValueError: the engine refuses the request, in a plain sentence.
        Stopped: the server asked to stop.
    """
    from bot.engine import RiffSpec, make_riff

    began_s = time.perf_counter()
    riff = make_riff(RiffSpec(**job.spec), progress=Reporter(job.folder).step)
    write_wav(job.folder / AUDIO_NAME, riff.audio)
    _write_synced(job.folder / PICTURE_NAME, riff.picture_bytes("JPEG"))
    facts = {**riff.understood.to_json(), "seed": job.spec["seed"], "duration_s": riff.duration_s}
    return Rendered(facts=facts, predict_time_s=time.perf_counter() - began_s)


def write_wav(path: Path, audio: NDArray[np.float32]) -> None:
    """Write ``audio``, (samples, channels) in [-1, 1] at 44,100 Hz, as 16-bit PCM, synced to disk."""
    whole = (audio.clip(-1.0, 1.0) * 32_767.0).round().astype("<i2")
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        with wave.open(file, "wb") as wav:
            wav.setnchannels(audio.shape[1])
            wav.setsampwidth(2)
            wav.setframerate(_SAMPLE_RATE_HZ)
            wav.writeframes(whole.tobytes())
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _write_synced(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
