"""Sound to the bytes of a file, tagged. Lossless stays lossless; MP3 has a module of its own.

Everything is encoded in memory and written by Python, so that a full disk is an ``OSError`` and
never a file that silently ends early.
"""

from __future__ import annotations

import io
from typing import Literal

import soundfile as sf

from bot.audio import mp3
from bot.audio.formats import Format
from bot.audio.label import Label
from bot.audio.sound import SAMPLE_RATE_HZ, Sound
from bot.audio.tagging import flac_with_cover

_VORBIS_QUALITY = 0.3
"""libsndfile counts downwards: 0.3 is Vorbis quality 7, about 200 kbit/s."""
_FLAC_EFFORT = 0.4
"""Of 0..1; 0.8 halves the speed for 2 % less."""


def encode(sound: Sound, form: Format, label: Label, cover: bytes | None = None) -> bytes:
    """The whole file in ``form``, tagged; MP3 and FLAC take a ``cover`` (JPEG) inside as well."""
    match form:
        case "mp3":
            return mp3.encode(sound.audio, label, cover=cover)
        case "flac":
            file = _by_libsndfile(sound, "FLAC", f"PCM_{sound.bits}", label, _FLAC_EFFORT)
            return file if cover is None else flac_with_cover(file, cover)
        case "wav":
            return _by_libsndfile(sound, "WAV", f"PCM_{sound.bits}", label)
        case "ogg":
            return _by_libsndfile(sound, "OGG", "VORBIS", label, _VORBIS_QUALITY)


def _by_libsndfile(
    sound: Sound,
    container: Literal["FLAC", "WAV", "OGG"],
    subtype: str,
    label: Label,
    compression_level: float | None = None,
) -> bytes:
    file = io.BytesIO()
    with sf.SoundFile(
        file,
        "w",
        SAMPLE_RATE_HZ,
        channels=2,
        subtype=subtype,
        format=container,
        compression_level=compression_level,
    ) as out:
        # Tags stand before the samples, so they have to be set first. libsndfile refuses empty ones.
        for name, text in label.tags().items():
            setattr(out, name, text)
        out.write(sound.audio)
    return file.getvalue()
