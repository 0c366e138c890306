"""What finishing a clip costs: ``python -m tests.bench.audio`` prints one JSON object.

Times are wall milliseconds, the best and the median of several runs in one process, so that they can be
compared with each other; the whole way is measured in a warm worker, as the job machine sees it.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import psutil
import soundfile as sf

from bot.audio import AudioFinisher
from bot.audio.codecs import encode
from bot.audio.fit import fit
from bot.audio.label import Label
from bot.audio.level import level
from bot.audio.picture import draw_picture
from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ, Audio, Sound, as_audio
from bot.audio.verdict import refuse_useless
from bot.engine import RiffSpec, listen, make_riff
from bot.jobs.order import Order
from bot.jobs.recipes import Riff
from bot.jobs.records import Facts, Fetched

_RUNS = 7
_LABEL = Label(title="bench", artist="bench", comment="{}")


def _timed(call: Callable[[], object]) -> dict[str, float]:
    taken_ms: list[float] = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        call()
        taken_ms.append((time.perf_counter() - start) * 1000)
    return {"best": round(min(taken_ms), 1), "median": round(statistics.median(taken_ms), 1)}


def _mp3_by_libsndfile(audio: Audio, path: Path) -> None:
    sf.write(path, audio, SAMPLE_RATE_HZ, format="MP3", bitrate_mode="CONSTANT", compression_level=0.2)


def _mp3_by_ffmpeg(audio: Audio, path: Path) -> None:
    with av.open(path, "w") as out:
        stream = out.add_stream("libmp3lame", rate=SAMPLE_RATE_HZ, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = 256_000
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(audio.T), format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE_HZ
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _steps(clip: Path, folder: Path) -> dict[str, dict[str, float]]:
    sound = decode(clip)
    audio = sound.audio
    quiet = as_audio(audio * np.float32(0.3))
    half = audio[: len(audio) // 2]
    return {
        "decode": _timed(lambda: decode(clip)),
        "refuse_useless": _timed(lambda: refuse_useless(audio)),
        "level, already there": _timed(lambda: level(audio)),
        "level, 10 dB too quiet": _timed(lambda: level(quiet)),
        "fit, 5 s to 30 s": _timed(lambda: fit(half, length_s=30.0, tempo=lambda: 96.0)),
        "listen": _timed(lambda: listen(audio)),
        "picture": _timed(lambda: draw_picture(audio, bpm=96.0)),
        "mp3 (lameenc, checked and tagged)": _timed(lambda: encode(sound, "mp3", _LABEL)),
        "mp3 (libsndfile)": _timed(lambda: _mp3_by_libsndfile(audio, folder / "a.mp3")),
        "mp3 (PyAV)": _timed(lambda: _mp3_by_ffmpeg(audio, folder / "b.mp3")),
        "flac": _timed(lambda: encode(Sound(audio, 16), "flac", _LABEL)),
        "ogg": _timed(lambda: encode(sound, "ogg", _LABEL)),
        "wav": _timed(lambda: encode(sound, "wav", _LABEL)),
    }


async def _whole(clip: Path, folder: Path, facts: Facts, *, runs: int = _RUNS) -> dict[str, float]:
    """Wall time in the worker, its processor time, and the most memory it held."""
    order = Order(
        host="engine",
        recipe=Riff(prompt="bench"),
        guild_id="1",
        channel_id="2",
        user_id="3",
        user_name="bench",
    )
    finisher = AudioFinisher()
    start = time.perf_counter()
    await finisher.start()
    started_s = time.perf_counter() - start
    worker = psutil.Process(finisher.pids[0])
    idle_bytes = worker.memory_info().rss
    taken_ms: list[float] = []
    cpu_before_s = sum(worker.cpu_times()[:2])
    for _ in range(runs):
        start = time.perf_counter()
        await finisher.finish(Fetched(audio=clip, facts=facts), order, folder)
        taken_ms.append((time.perf_counter() - start) * 1000)
    cpu_s = sum(worker.cpu_times()[:2]) - cpu_before_s
    peak = _peak_mb(worker.pid)
    await finisher.stop()
    return {
        "start_s": round(started_s, 2),
        "first_ms": round(taken_ms[0]),
        "best_ms": round(min(taken_ms)),
        "median_ms": round(statistics.median(taken_ms)),
        "cpu_ms_a_clip": round(cpu_s / runs * 1000),
        "idle_mb": round(idle_bytes / 2**20),
        "peak_mb": peak,
    }


def _peak_mb(pid: int) -> int:
    """The most memory that the process has held, as Linux counts it."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


async def main() -> None:
    """Measure the steps, the whole way of a 10 s riff, and the longest file that is let in."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        riff = make_riff(RiffSpec(prompt_a="funky synth solo", seed=1, length_s=10.0))
        clip = folder / "riff.flac"
        sf.write(clip, riff.audio, SAMPLE_RATE_HZ, subtype="PCM_16")
        told = Facts(bpm=riff.understood.bpm, key=riff.understood.key)
        result = {
            "clip_s": round(riff.duration_s, 2),
            "steps_ms": _steps(clip, folder),
            "finish": await _whole(clip, folder, told),
            "finish, tempo and key listened for": await _whole(clip, folder, Facts()),
        }
        if "--long" in sys.argv:
            song = folder / "song.flac"
            sf.write(song, np.tile(riff.audio, (89, 1)), SAMPLE_RATE_HZ, subtype="PCM_16")
            result["finish, 15 minutes"] = await _whole(song, folder, told, runs=1)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
