"""A kept take with another cover inside its files. Runs in a worker process."""

from __future__ import annotations

from pathlib import Path

from bot.audio.codecs import encode
from bot.audio.probe import decode
from bot.audio.still import square
from bot.audio.tagging import label_of
from bot.jobs.records import Dressed


def dress(lossless: Path, picture: Path, folder: Path) -> Dressed:
    """Write the take's files anew with ``picture`` as their cover; not one sample changes.

    Raises:
        UnusableAudio: the picture or the sound cannot be read.
        OSError: the files cannot be written.
    """
    cover = square(picture)
    sound, label = decode(lossless), label_of(lossless)
    return Dressed(
        cover=_written(folder / "cover.jpg", cover),
        lossless=_written(folder / "dressed.flac", encode(sound, "flac", label, cover)),
        upload=_written(folder / "dressed.mp3", encode(sound, "mp3", label, cover)),
    )


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
