"""One clip, from the host's file to the three files of a take. Runs in a worker process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bot.audio.codecs import encode
from bot.audio.label import Label
from bot.audio.level import level
from bot.audio.picture import draw_picture
from bot.audio.prepare import prepare
from bot.audio.sheet import read_sheet
from bot.audio.sound import SAMPLE_RATE_HZ, Sound, as_audio
from bot.audio.tagging import cover_of
from bot.audio.verdict import refuse_useless
from bot.jobs.order import Order
from bot.jobs.recipes import Morph, Song
from bot.jobs.records import Fetched, Finished
from bot.ui.naming import part_names

_side = ThreadPoolExecutor(1, thread_name_prefix="mp3")
"""LAME works outside of Python's lock, so the rest is done beside it."""


def finish(fetched: Fetched, order: Order, folder: Path) -> Finished:
    """Write ``lossless.flac``, ``upload.mp3`` and ``picture.jpg`` to ``folder``.

    Raises:
        UnusableAudio: see :func:`bot.audio.probe.decode` and :func:`bot.audio.verdict.refuse_useless`.
        OSError: the files cannot be written.
    """
    prepared = prepare(fetched, order)
    label = Label.of(order, seed=fetched.facts.seed)
    cover = cover_of(prepared.sound.audio)
    mp3 = _side.submit(encode, prepared.sound, "mp3", label, cover)
    heard = prepared.ear.heard
    sheet = None
    if isinstance(order.recipe, Song | Morph):
        names = part_names(order.locale)
        sheet = read_sheet(fetched.score, fetched.lrc, prepared.sound.duration_s, names)
    drawn = draw_picture(prepared.sound.audio, bpm=heard.bpm, sheet=sheet)
    return Finished(
        picture=_written(folder / "picture.jpg", drawn),
        lossless=_written(folder / "lossless.flac", encode(prepared.sound, "flac", label, cover)),
        upload=_written(folder / "upload.mp3", mp3.result()),
        duration_s=round(prepared.sound.duration_s, 3),
        bpm=heard.bpm,
        key=heard.key,
        lufs=prepared.lufs,
        true_peak_db=prepared.true_peak_db,
    )


def rehearse() -> None:
    """Make a second of tone and throw it away: fonts, filters and tables are ready for the first clip."""
    tone = 0.2 * np.sin(np.arange(SAMPLE_RATE_HZ) * (2 * np.pi * 440 / SAMPLE_RATE_HZ))
    sound = Sound(as_audio(np.stack([tone, tone], axis=1)), 24)
    label = Label(title="", artist="", comment="")
    refuse_useless(sound.audio)
    sound = sound.changed(level(sound.audio).audio)
    draw_picture(sound.audio, bpm=120.0)
    cover = cover_of(sound.audio)
    encode(sound, "flac", label, cover)
    encode(sound, "mp3", label, cover)


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
