"""The files of a take, written block by block and synced to disk. Only workers import this."""

from __future__ import annotations

import json
import os
import re
import wave
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import lameenc
import numpy as np
import soundfile as sf

from bot.audio.cover import draw_cover
from bot.audio.m4a import write_m4a
from bot.engine import Piece
from bot.engine.arrays import SAMPLE_RATE_HZ, Samples
from bot.engine.progress import Progress
from bot.engine.score.as_json import score_to_json
from bot.engine.score.midi import midi_file
from bot.protocol.engine import FileFormat
from bot.web.api.wanted import Wanted

_BLOCK = 1 << 17
_VORBIS_LEVEL = 0.3
"""libsndfile counts downwards: 0.3 is Vorbis quality 7."""
_FLAC_LEVEL = 0.4
_MP3_KBIT_S = 256
_LAME_EFFORT = 5
_LAMEENC: Any = lameenc
"""A C extension without types."""
_NO_NAME = re.compile(r"[^a-z0-9]+")


def write_take(
    folder: Path, piece: Piece, wanted: Wanted, number: int, progress: Progress | None = None
) -> dict[str, Any]:
    """Write everything that is wanted of one take; the names of the files by what they are.

    ``progress`` is told of each stem and what of it is played; what it raises ends the writing.
    """
    tail = "" if number == 0 else f"-{number + 1}"
    names: dict[str, Any] = {"audio": f"riff{tail}.{wanted.form}", "spectrogram": f"spectrogram{tail}.jpg"}
    write_audio(folder / names["audio"], piece.audio, wanted.form)
    _write(folder / names["spectrogram"], piece.picture_bytes("JPEG"))
    if wanted.full:
        names["score"] = f"score{tail}.json"
        text = json.dumps(score_to_json(piece.score), ensure_ascii=False, separators=(",", ":"))
        _write(folder / names["score"], text.encode())
        names["midi"] = f"score{tail}.mid"
        _write(folder / names["midi"], midi_file(piece.score))
        if piece.score.singer is not None:
            from bot.engine.songs import lrc

            names["lrc"] = f"lyrics{tail}.lrc"
            _write(folder / names["lrc"], lrc(piece.score).encode())
    if wanted.cover:
        names["cover"] = f"cover{tail}.jpg"
        _write(folder / names["cover"], draw_cover(piece.picture()))
    if wanted.stems:
        names["stems"] = _stems(folder, piece, tail, progress)
    return names


def _stems(folder: Path, piece: Piece, tail: str, progress: Progress | None) -> dict[str, str]:
    """One WAV a player, renamed so that their addresses are safe; by the name that people read."""
    from bot.engine.mix.stems import write_stems

    names: dict[str, str] = {}
    for stem in write_stems(piece.score, folder, progress):
        slug = _NO_NAME.sub("-", stem.name.lower()).strip("-")[:40] or "stem"
        name = f"stem{tail}-{len(names) + 1:02d}-{slug}.wav"
        stem.path.replace(folder / name)
        label = stem.name if stem.name not in names else f"{stem.name} {len(names) + 1}"
        names[label] = name
    return names


def write_audio(path: Path, audio: Samples, form: FileFormat) -> None:
    """Write (samples, channels) in [-1, 1] at 44,100 Hz; WAV and FLAC have 16 bits."""
    with _synced(path) as file:
        match form:
            case "wav":
                _wav(file, audio)
            case "flac":
                _by_libsndfile(file, audio, "FLAC", "PCM_16", _FLAC_LEVEL)
            case "ogg":
                _by_libsndfile(file, audio, "OGG", "VORBIS", _VORBIS_LEVEL)
            case "mp3":
                _mp3(file, audio)
            case "m4a":
                write_m4a(file, audio)


def _wav(file: BinaryIO, audio: Samples) -> None:
    with wave.open(file, "wb") as out:
        out.setnchannels(audio.shape[1])
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE_HZ)
        out.setnframes(len(audio))
        for block in _sixteen_bit(audio):
            out.writeframesraw(block.tobytes())


def _mp3(file: BinaryIO, audio: Samples) -> None:
    encoder = _LAMEENC.Encoder()
    encoder.set_bit_rate(_MP3_KBIT_S)
    encoder.set_in_sample_rate(SAMPLE_RATE_HZ)
    encoder.set_channels(audio.shape[1])
    encoder.set_quality(_LAME_EFFORT)
    encoder.silence()
    for block in _sixteen_bit(audio):
        file.write(encoder.encode(block.tobytes()))
    file.write(encoder.flush())


def _by_libsndfile(file: BinaryIO, audio: Samples, container: str, subtype: str, level: float) -> None:
    with sf.SoundFile(
        file, "w", SAMPLE_RATE_HZ, audio.shape[1], subtype, format=container, compression_level=level
    ) as out:
        for start in range(0, len(audio), _BLOCK):
            out.write(audio[start : start + _BLOCK].clip(-1.0, 1.0))


def _sixteen_bit(audio: Samples) -> Iterator[np.ndarray[Any, np.dtype[np.int16]]]:
    for start in range(0, len(audio), _BLOCK):
        yield (audio[start : start + _BLOCK].clip(-1.0, 1.0) * 32_767.0).round().astype("<i2")


def _write(path: Path, content: bytes) -> None:
    with _synced(path) as file:
        file.write(content)


@contextmanager
def _synced(path: Path) -> Generator[BinaryIO]:
    """A file that has its name only when all of it is on disk."""
    part = path.with_name(path.name + ".part")
    with part.open("w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
