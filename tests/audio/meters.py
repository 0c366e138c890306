"""Meters that are not ours: FFmpeg's EBU R 128 filter, and its decoder."""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import NamedTuple

import av
import av.error
import av.filter
import av.logging
import numpy as np

from bot.audio.sound import SAMPLE_RATE_HZ, Audio, as_audio


class Measured(NamedTuple):
    """Rounded to 0.1, as FFmpeg tells it."""

    lufs: float
    true_peak_db: float


def ebu_r128(audio: Audio) -> Measured:
    """What FFmpeg's ``ebur128`` filter says about ``audio`` (samples, 2)."""
    av.logging.set_level(av.logging.INFO)
    try:
        with av.logging.Capture() as lines:
            _through_filter(audio)
            gc.collect()  # the filter writes its summary when it is freed
    finally:
        av.logging.set_level(None)
    summary = "".join(text for _, _, text in lines)
    loudness = re.search(r"I:\s+(\S+) LUFS", summary)
    peak = re.search(r"Peak:\s+(\S+) dBFS", summary)
    assert loudness is not None
    assert peak is not None
    return Measured(float(loudness[1]), float(peak[1]))


def _through_filter(audio: Audio) -> None:
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=SAMPLE_RATE_HZ, format="flt", layout="stereo")
    meter = graph.add("ebur128", "framelog=quiet:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    interleaved = np.ascontiguousarray(audio, np.float32).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout="stereo")
    frame.sample_rate = SAMPLE_RATE_HZ
    frame.pts = 0
    source.push(frame)
    source.push(None)
    try:
        while True:
            sink.pull()
    except (av.error.BlockingIOError, av.error.EOFError):
        pass


def decoded(path: Path) -> Audio:
    """The file's samples (samples, 2) as FFmpeg decodes them."""
    with av.open(path) as file:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE_HZ)
        planes = [out.to_ndarray() for frame in file.decode(audio=0) for out in resampler.resample(frame)]
        planes += [out.to_ndarray() for out in resampler.resample(None)]
    return as_audio(np.concatenate(planes, axis=1).T)


def tags(path: Path) -> dict[str, str]:
    """The file's tags as FFmpeg reads them; Ogg keeps them on the stream."""
    with av.open(path) as file:
        both = {**file.metadata, **file.streams.audio[0].metadata}
    return {name.lower(): text for name, text in both.items()}
