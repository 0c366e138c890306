"""A kept take as a file that fits into a message. Runs in a worker process.

The lossless file is the source of everything: what is posted is encoded anew from it, and carries its tags.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.audio import mp3, opus
from bot.audio.codecs import encode
from bot.audio.label import Label
from bot.audio.ladder import Rung, ladder
from bot.audio.probe import decode
from bot.audio.segment import headroom_scale, to_audio, to_segment
from bot.audio.sound import Sound
from bot.audio.tagging import cover_of, cover_tag, label_of
from bot.errors import UnusableAudio
from bot.jobs.parcels import FileFormat, Packed

_FADE_MS: Final = 3_000
_COVER_SHARE: Final = 0.05
"""A cover takes no more of a file than this."""
_RECIPE_SHARE: Final = 0.2
"""Nor does a recipe, which may hold the lyrics of a song."""


def pack(source: Path, folder: Path, *, name: str, form: FileFormat, limit_bytes: int | None) -> Packed:
    """Write ``source`` (a take's lossless file) to ``folder`` in ``form``, at most ``limit_bytes`` large.

    Raises:
        UnusableAudio: ``too_large`` where not even a few seconds fit; else as :func:`bot.audio.probe.decode`.
        OSError: the file cannot be written.
    """
    sound, label = decode(source), label_of(source)
    cover: bytes | None = cover_of(sound.audio)
    room_bytes = float("inf")
    if limit_bytes is not None:
        if len(cover or b"") > limit_bytes * _COVER_SHARE:
            cover = None
        label = _lightened(label, int(limit_bytes * _RECIPE_SHARE))
        room_bytes = limit_bytes - _told_bytes(label, cover)
    for rung in ladder(form, duration_s=sound.duration_s, room_bytes=room_bytes):
        content = _written(_beginning(sound, rung.preview_s), rung, label, cover)
        if limit_bytes is None or len(content) <= limit_bytes:
            path = folder / f"{name}.{rung.form}"
            path.write_bytes(content)
            return Packed(
                file=path,
                format=rung.form,
                channels=rung.channels,
                kbit_s=rung.kbit_s,
                preview_s=rung.preview_s,
            )
    raise UnusableAudio("too_large")


def _lightened(label: Label, most_bytes: int) -> Label:
    """Without the recipe where it would take up what the music needs."""
    fits = _told_bytes(label, None) <= most_bytes
    return label if fits else Label(title=label.title, artist=label.artist, comment="")


def _told_bytes(label: Label, cover: bytes | None) -> int:
    """About what tags and cover take up; Base64 and padding counted in."""
    told = sum(len(text.encode()) + 64 for text in label.tags().values())
    return told + (0 if cover is None else len(cover) * 3 // 2)


def _beginning(sound: Sound, preview_s: float | None) -> Sound:
    """The first seconds, faded out; or all of it."""
    if preview_s is None:
        return sound
    scale = headroom_scale(sound.audio)
    length_ms = round(preview_s * 1_000)
    # Only the beginning is brought to pydub's form: a copy of all of it would be large.
    some = sound.audio[: (length_ms + 1) * 45]
    clip = to_segment(some, scale)[:length_ms]
    return sound.changed(to_audio(clip.fade_out(min(_FADE_MS, length_ms // 2)), scale))


def _written(sound: Sound, rung: Rung, label: Label, cover: bytes | None) -> bytes:
    match rung:
        case Rung(form="mp3", kbit_s=int(kbit_s)):
            return mp3.encode(sound.audio, label, kbit_s=kbit_s, channels=rung.channels, cover=cover)
        case Rung(form="ogg", kbit_s=int(kbit_s)):
            tags = {**label.tags(), **({} if cover is None else cover_tag(cover))}
            return opus.encode(sound.audio, tags, kbit_s=kbit_s, channels=rung.channels)
        case _:
            return encode(sound, rung.form, label, cover)
