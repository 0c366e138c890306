"""The command line's files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.audio.export import export_clip
from bot.audio.formats import FORMATS, Format
from bot.audio.label import Label
from bot.audio.sound import Audio, as_audio
from bot.errors import InvalidOption, UnusableAudio
from bot.jobs.records import Facts, Fetched
from tests.audio.meters import decoded, ebu_r128, tags
from tests.audio.sounds import noise, order, write


@pytest.mark.parametrize("form", FORMATS)
def test_the_report_says_what_the_files_hold(tmp_path: Path, riff_file: Path, form: Format) -> None:
    """Length, loudness, peak, tempo and key of the written file; facts of the host are believed."""
    out = tmp_path / f"my riff.{form}"
    fetched = Fetched(audio=riff_file, facts=Facts(bpm=96.0, key="E dorian", seed=1))
    report = export_clip(fetched, Label.of(order("funky synth solo")), out)
    assert (report.audio, report.picture) == (out, tmp_path / "my riff.png")
    assert (report.bpm, report.key) == (96.0, "E dorian")
    audio = decoded(out)
    assert len(audio) / 44_100 == pytest.approx(report.duration_s, abs=0.001)
    told = ebu_r128(audio)
    assert told.lufs == pytest.approx(report.lufs, abs=0.15)
    assert told.lufs == pytest.approx(-14.0, abs=0.5)
    assert told.true_peak_db <= -1.0 + 0.051 if form != "ogg" else told.true_peak_db < 0.0
    assert tags(out)["title"] == "funky synth solo"


def test_the_picture_can_go_back_into_a_riffusion_tool(tmp_path: Path, riff_file: Path) -> None:
    """512 rows, 100 columns a second, and the EXIF tags that tell the scale."""
    out = tmp_path / "riff.wav"
    report = export_clip(Fetched(audio=riff_file, facts=Facts()), Label.of(order()), out)
    with Image.open(report.picture) as picture:
        assert (picture.format, picture.height) == ("PNG", 512)
        assert picture.width == pytest.approx(report.duration_s * 100, abs=1)
        exif = picture.getexif()
    assert (exif[11000], exif[11010], exif[11040]) == (44_100, 10, 512)


def test_what_the_host_does_not_tell_is_heard(tmp_path: Path, riff_file: Path) -> None:
    """Tempo and key of an untold clip are listened for."""
    report = export_clip(Fetched(audio=riff_file, facts=Facts()), Label.of(order()), tmp_path / "riff.wav")
    assert report.bpm is not None
    assert min(abs(report.bpm * octave - 96.0) for octave in (0.5, 1, 2)) < 3.0
    assert report.key


def test_a_hosts_short_quiet_clip_is_brought_to_length_and_level(tmp_path: Path, riff_audio: Audio) -> None:
    """Five seconds at -30 LUFS and 22 kHz become twenty at -14."""
    clip = write(tmp_path / "host.wav", riff_audio[:220_500:2] * 0.16, 22_050, subtype="PCM_16")
    out = tmp_path / "riff.flac"
    report = export_clip(Fetched(audio=clip, facts=Facts(bpm=96.0)), Label.of(order()), out, length_s=20.0)
    assert report.duration_s == 20.0
    told = ebu_r128(decoded(out))
    assert told.lufs == pytest.approx(-14.0, abs=0.5)
    assert told.true_peak_db <= -0.949


def test_a_wrong_suffix_is_told_before_anything_is_read(tmp_path: Path) -> None:
    """The person's mistake wins over a file that is not there."""
    missing = Fetched(audio=tmp_path / "missing", facts=Facts())
    with pytest.raises(InvalidOption):
        export_clip(missing, Label.of(order()), tmp_path / "riff.xyz")


def test_nothing_is_written_for_noise(tmp_path: Path) -> None:
    """A refused clip leaves no file behind."""
    fetched = Fetched(audio=write(tmp_path / "in.wav", as_audio(noise())), facts=Facts())
    (tmp_path / "out").mkdir()
    with pytest.raises(UnusableAudio, match="noise"):
        export_clip(fetched, Label.of(order()), tmp_path / "out" / "riff.mp3")
    assert list((tmp_path / "out").iterdir()) == []


def test_silence_with_a_click_is_not_blown_up(tmp_path: Path) -> None:
    """Peaks stay under the ceiling even where the loudness cannot be reached."""
    audio = np.zeros((88_200, 2), np.float32)
    audio[40_000:44_000] = 0.01 * np.sin(np.arange(4000) / 10)[:, None]
    fetched = Fetched(audio=write(tmp_path / "in.wav", audio, subtype="FLOAT"), facts=Facts())
    out = tmp_path / "riff.wav"
    export_clip(fetched, Label.of(order()), out)
    assert ebu_r128(decoded(out)).true_peak_db <= -0.949
