"""The command line's way out: one file in the asked format, and the spectrogram beside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.audio.codecs import encode
from bot.audio.formats import format_of
from bot.audio.label import Label
from bot.audio.prepare import prepare_as
from bot.engine.picture.spectrogram import image_bytes, mel_spectrogram, spectrogram_image
from bot.jobs.records import Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was written, and what it sounds like."""

    duration_s: float
    bpm: float | None
    key: str | None
    lufs: float
    true_peak_db: float
    seed: int | None
    audio: Path
    picture: Path


def export_clip(fetched: Fetched, label: Label, out: Path, *, length_s: float | None = None) -> Report:
    """Write ``out`` in the format of its suffix, and its spectrogram as PNG under the same name.

    The picture is the prediction API's own kind (512 rows, 10 ms a column, EXIF), so it can go back
    into any riffusion tool. A ``length_s`` is what a clip of another host is brought to.

    Raises:
        InvalidOption: ``out``, for an unknown suffix.
        UnusableAudio: the file holds no music.
        OSError: the files cannot be written.
    """
    form = format_of(out)
    prepared = prepare_as(fetched, length_s=length_s)
    picture = out.with_suffix(".png")
    with ThreadPoolExecutor(1) as side:
        audio_file = side.submit(encode, prepared.sound, form, label)
        heard = prepared.ear.heard
        picture.write_bytes(image_bytes(spectrogram_image(mel_spectrogram(prepared.sound.audio))))
        out.write_bytes(audio_file.result())
    return Report(
        duration_s=round(prepared.sound.duration_s, 3),
        bpm=heard.bpm,
        key=heard.key,
        lufs=prepared.lufs,
        true_peak_db=prepared.true_peak_db,
        seed=fetched.facts.seed,
        audio=out,
        picture=picture,
    )
