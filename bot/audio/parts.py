"""The parts of a take: proven to be that take's, kept as one archive, and brought to a size that fits.

A host makes the same music again by its seed and tells every player by itself. Whether it really is the same,
and whether the parts together are the whole, is measured: parts of something else would be of no use.
Runs in a worker process.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import soundfile as sf

from bot.audio.codecs import encode
from bot.audio.label import Label
from bot.audio.level import level
from bot.audio.mp3 import encode as encode_mp3
from bot.audio.picture import draw_picture
from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ, Audio, Sound, as_audio
from bot.audio.tagging import label_of
from bot.errors import UnusableAudio
from bot.jobs.records import Fetched, Finished

SAME_DB: Final = -50.0
"""How far what differs lies below the music, at least. Rounding to 16 bits lies some 30 dB lower still."""
ARCHIVE: Final = "parts.zip"
_KBIT_S: Final = (256, 192, 160, 128, 96, 64, 48)
_PLAIN: Final = re.compile(r"[^a-z0-9-]+")
_SLACK: Final = 1.03


def finish_parts(fetched: Fetched, original: Path, folder: Path) -> Finished:
    """Write ``parts.zip`` (a lossless file a player) and ``picture.jpg`` to ``folder``.

    Args:
        fetched: The whole as the host made it again, and its parts.
        original: The take's own lossless file.
        folder: Where both go.

    Raises:
        UnusableAudio: ``no_parts``; ``other_music`` where it is not the same take; ``parts_differ`` where the
            parts together are not the whole.
        OSError: the files cannot be written.
    """
    if not fetched.stems:
        raise UnusableAudio("no_parts")
    whole = decode(fetched.audio)
    kept = decode(original).audio
    if min(apart_db(kept, whole.audio), apart_db(kept, level(whole.audio).audio)) > SAME_DB:
        raise UnusableAudio("other_music")
    label = label_of(original)
    together = np.zeros_like(whole.audio)
    archive = folder / ARCHIVE
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as written:
        for name, file in _named(fetched.stems):
            sound = decode(file)
            if len(sound.audio) != len(together):
                raise UnusableAudio("parts_differ")
            together += sound.audio
            _put(written, name, sound, file, label)
    if apart_db(whole.audio, together) > SAME_DB:
        raise UnusableAudio("parts_differ")
    picture = folder / "picture.jpg"
    picture.write_bytes(draw_picture(kept, bpm=fetched.facts.bpm))
    return Finished(
        lossless=None,
        upload=archive,
        picture=picture,
        duration_s=round(whole.duration_s, 3),
        bpm=fetched.facts.bpm,
        key=fetched.facts.key,
        lufs=None,
        true_peak_db=None,
    )


def fitting_parts(archive: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
    """The archive itself where it is small enough, else one of MP3s that is.

    Raises:
        UnusableAudio: ``too_large`` where not even the smallest fits.
    """
    if archive.stat().st_size <= limit_bytes:
        return archive
    with zipfile.ZipFile(archive) as kept:
        names = kept.namelist()
        seconds = sum(_seconds(kept, each) for each in names)
        room_bytes = limit_bytes - 2_048 * len(names) - 1_024
        fitting = [kbit_s for kbit_s in _KBIT_S if kbit_s * 125 * seconds * _SLACK <= room_bytes]
        if not fitting:
            raise UnusableAudio("too_large")
        loudest = max(1.0, *(float(np.abs(_sound(kept, each)).max()) for each in names))
        smaller = folder / f"{name}.zip"
        with zipfile.ZipFile(smaller, "w", zipfile.ZIP_STORED) as written:
            for each in names:
                content = encode_mp3(
                    _sound(kept, each) / np.float32(loudest),  # all by the same, or they mix no more
                    Label(title=Path(each).stem, artist="", comment=""),
                    kbit_s=fitting[0],
                )
                written.writestr(Path(each).with_suffix(".mp3").name, content)
    if smaller.stat().st_size > limit_bytes:
        raise UnusableAudio("too_large")
    return smaller


def apart_db(one: Audio, other: Audio) -> float:
    """How loud the difference of two sounds is, in dB of the first; 0 where they are not as long."""
    if len(one) != len(other):
        return 0.0
    power = float(np.mean(np.square(one, dtype=np.float64)))
    left = float(np.mean(np.square(one.astype(np.float64) - other)))
    return 10 * float(np.log10(max(left, 1e-20) / max(power, 1e-20)))


def _named(stems: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """Plain names of which none comes twice."""
    seen: set[str] = set()
    for told, file in sorted(stems.items()):
        plain = _PLAIN.sub("-", told.lower()).strip("-")[:40] or "part"
        name = plain if plain not in seen else f"{plain}-{len(seen) + 1}"
        seen.add(name)
        yield name, file


def _put(archive: zipfile.ZipFile, name: str, sound: Sound, file: Path, label: Label) -> None:
    """FLAC; a part that alone goes beyond full scale stays the float file that it is."""
    if float(np.abs(sound.audio).max()) > 1.0:
        archive.write(file, f"{name}.wav")
        return
    own = Label(title=f"{label.title} ({name})", artist=label.artist, comment="")
    archive.writestr(f"{name}.flac", encode(sound.changed(sound.audio), "flac", own))


def _seconds(archive: zipfile.ZipFile, name: str) -> float:
    with sf.SoundFile(io.BytesIO(archive.read(name))) as file:
        return file.frames / file.samplerate


def _sound(archive: zipfile.ZipFile, name: str) -> Audio:
    with sf.SoundFile(io.BytesIO(archive.read(name))) as file:
        if file.samplerate != SAMPLE_RATE_HZ or file.channels != 2:
            raise UnusableAudio("not_audio")
        return as_audio(file.read(dtype="float32", always_2d=True))
