"""A file that a member brought, as something to make music from. Runs in a worker process."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import numpy as np

from bot.audio.codecs import encode
from bot.audio.container import HEAD_BYTES, container_of
from bot.audio.label import Label
from bot.audio.probe import decode
from bot.errors import UnusableAudio
from bot.library.studio import LONGEST_S, SHORTEST_S, Brought
from bot.protocol.engine import MAX_SOURCE_BYTES

_AS_THEY_ARE: Final = frozenset({"wav", "flac", "ogg", "mp3"})
"""Every host reads these; others may hold pictures, films, or what only some programs know."""
_SILENCE: Final = 1e-4
"""-80 dBFS: nothing that is quieter all along was meant to be heard."""


def hear(path: Path, folder: Path) -> Brought:
    """See :meth:`bot.library.studio.Studio.hear`.

    Raises:
        UnusableAudio: not_audio, too_long (over 240 s), too_short (under 2 s), silent, too_large.
    """
    with path.open("rb") as file:
        container = container_of(file.read(HEAD_BYTES))
    sound = decode(path, first_s=LONGEST_S + 1)
    if sound.duration_s > LONGEST_S:
        raise UnusableAudio("too_long")
    if sound.duration_s < SHORTEST_S:
        raise UnusableAudio("too_short")
    if float(np.abs(sound.audio).max()) < _SILENCE:
        raise UnusableAudio("silent")
    if container in _AS_THEY_ARE:
        file = Path(shutil.copyfile(path, folder / f"brought.{container}"))
    else:
        file = folder / "brought.flac"
        file.write_bytes(encode(sound, "flac", Label(title="", artist="", comment="")))
    if file.stat().st_size > MAX_SOURCE_BYTES:
        raise UnusableAudio("too_large")
    return Brought(file=file, duration_s=round(sound.duration_s, 3))
