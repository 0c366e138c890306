"""From an untrusted file to sound: what it is gets decided by its first bytes, never by its name.

libsndfile reads first; what it does not know (M4A, WebM, AAC) goes to FFmpeg through PyAV. FFmpeg is
told the container by name and reads from our file object, so a playlist or a reference inside the
file can never make it open something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import av
import av.container
import av.error
import numpy as np
import soundfile as sf

from bot.audio.container import HEAD_BYTES, container_of
from bot.audio.resample import Stereo
from bot.audio.sound import SAMPLE_RATE_HZ, Audio, Sound, as_audio
from bot.errors import UnusableAudio

MAX_FILE_BYTES = 100 * 2**20
MAX_DURATION_S = 15 * 60
MIN_DURATION_S = 0.25
MAX_CHANNELS = 8
SAMPLE_RATES_HZ = range(4_000, 384_001)
_BLOCK_FRAMES = 1 << 16
_MAX_SPOILT_SHARE = 0.01
"""A few NaN samples become silence; more than this is a broken model."""
_SIXTEEN_BIT = frozenset({"PCM_16", "PCM_U8", "PCM_S8", "ULAW", "ALAW"})


def decode(path: Path, *, first_s: float | None = None) -> Sound:
    """The file's sound as stereo at 44.1 kHz.

    A file that breaks off gives what could be read of it.

    Args:
        path: The file; its name means nothing.
        first_s: Reading stops here, however long the file is; without it a file that is longer than
            ``MAX_DURATION_S`` is refused.

    Raises:
        UnusableAudio: too_large, not_audio, too_long, or noise where samples are not numbers.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise UnusableAudio("too_large")
    with path.open("rb", buffering=0) as file:
        container = container_of(file.read(HEAD_BYTES))
        file.seek(0)
        if container is None:
            raise UnusableAudio("not_audio")
        sound = _by_libsndfile(file, first_s) or _by_ffmpeg(file, container, first_s)
    if sound is None or sound.duration_s < MIN_DURATION_S:
        raise UnusableAudio("not_audio")
    return _finite(sound)


def _by_libsndfile(file: BinaryIO, first_s: float | None) -> Sound | None:
    """None where libsndfile does not know the file, or found nothing in it."""
    try:
        with sf.SoundFile(file.fileno(), closefd=False) as source:
            if source.channels > MAX_CHANNELS or source.samplerate not in SAMPLE_RATES_HZ:
                raise UnusableAudio("not_audio")
            stereo = Stereo(source.channels, source.samplerate)
            audio = _collect((stereo.feed(block) for block in chain(_blocks(source), (None,))), first_s)
            exact = stereo.exact and source.subtype in _SIXTEEN_BIT
    except sf.LibsndfileError:
        file.seek(0)
        return None
    if audio is None:
        file.seek(0)
        return None
    return Sound(audio, 16 if exact else 24)


def _blocks(source: sf.SoundFile) -> Iterator[Audio]:
    """The samples as they come. The header's length is not believed: reading ends where they end."""
    while True:
        try:
            block = as_audio(source.read(_BLOCK_FRAMES, dtype="float32", always_2d=True))
        except sf.LibsndfileError:
            return
        if not len(block):
            return
        yield block


def _by_ffmpeg(file: BinaryIO, container: str, first_s: float | None) -> Sound | None:
    """None where FFmpeg finds no audio either."""
    try:
        with av.open(file, "r", format=container, metadata_errors="replace") as source:
            if not source.streams.audio:
                return None
            stream = source.streams.audio[0]
            if stream.channels > MAX_CHANNELS or stream.rate not in SAMPLE_RATES_HZ:
                raise UnusableAudio("not_audio")
            stereo = Stereo(stream.channels, stream.rate)
            audio = _collect(_frames(source, stereo), first_s)
    except (av.error.FFmpegError, ValueError, MemoryError):
        return None
    return None if audio is None else Sound(audio, 24)


def _frames(source: av.container.InputContainer, stereo: Stereo) -> Iterator[Audio]:
    """Decoded frames; a fault after the first one ends the music instead of losing it."""
    try:
        for frame in source.decode(audio=0):
            yield stereo.feed_frame(frame)
    except av.error.FFmpegError:
        pass
    yield stereo.feed(None)


def _collect(blocks: Iterator[Audio], first_s: float | None) -> Audio | None:
    """All blocks in one piece; stops at the limit, whatever a small file unpacks to."""
    longest_s = MAX_DURATION_S if first_s is None else first_s
    # Reserved for the longest clip, but only pages that are written to become memory.
    whole = np.empty((round(longest_s * SAMPLE_RATE_HZ), 2), np.float32)
    frames = 0
    for block in blocks:
        if frames + len(block) > len(whole):
            if first_s is None:
                raise UnusableAudio("too_long")
            whole[frames:] = block[: len(whole) - frames]
            return whole
        whole[frames : frames + len(block)] = block
        frames += len(block)
    return whole[:frames] if frames else None


def _finite(sound: Sound) -> Sound:
    """Samples that are numbers, of a size that can be computed with."""
    audio = sound.audio
    good = np.isfinite(audio)
    if not good.all():
        if 1.0 - float(good.mean()) > _MAX_SPOILT_SHARE:
            raise UnusableAudio("noise")
        sound = sound.changed(as_audio(np.where(good, audio, 0.0)))
    peak = float(np.abs(sound.audio).max())
    # Some hosts write integers as floats; beyond this, squares overflow float32.
    return sound.changed(as_audio(sound.audio / np.float32(peak))) if peak > 8.0 else sound
