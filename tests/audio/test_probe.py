"""Files that hosts may send, good, odd and hostile."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile as sf

from bot.audio import probe
from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ
from bot.errors import UnusableAudio
from tests.audio.sounds import noise, plucks, seconds, sine, write


def problem_of(path: Path) -> str:
    """Why the file is refused."""
    with pytest.raises(UnusableAudio) as refused:
        decode(path)
    return refused.value.problem


def by_ffmpeg(path: Path, codec: str, rate_hz: int = 48_000) -> Path:
    """Two seconds of tone in any container and codec that FFmpeg writes."""
    tone = sine(440, 2.0).T[:1, : 2 * SAMPLE_RATE_HZ]
    with av.open(path, "w") as out:
        stream = out.add_stream(codec, rate=rate_hz, layout="mono")
        assert isinstance(stream, av.AudioStream)
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate_hz, frame_size=960)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(tone), format="fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE_HZ
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_lossless_files_come_in_bit_by_bit(tmp_path: Path, suffix: str, subtype: str) -> None:
    """Stereo at 44.1 kHz is not touched, and how fine it was is remembered."""
    source = write(tmp_path / f"clip.{suffix}", noise(), subtype=subtype)
    sound = decode(source)
    kept, _ = sf.read(source, dtype="float32")
    assert np.array_equal(sound.audio, kept)
    assert sound.bits == int(subtype[-2:])


def test_mono_is_doubled_exactly(tmp_path: Path) -> None:
    """Both sides of a mono file are the file."""
    source = write(tmp_path / "mono.wav", noise()[:, 0], subtype="PCM_16")
    sound = decode(source)
    assert np.array_equal(sound.audio[:, 0], sound.audio[:, 1])
    assert np.array_equal(sound.audio[:, 0], sf.read(source, dtype="float32")[0])


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 48_000, 96_000])
def test_other_sample_rates_keep_pitch_and_length(tmp_path: Path, rate_hz: int) -> None:
    """A 1 kHz tone stays one, two seconds stay two."""
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * rate_hz) / rate_hz)
    audio = decode(write(tmp_path / "tone.wav", tone, rate_hz)).audio
    assert len(audio) == pytest.approx(2 * SAMPLE_RATE_HZ, abs=64)
    spectrum = np.abs(np.fft.rfft(audio[:SAMPLE_RATE_HZ, 0] * np.hanning(SAMPLE_RATE_HZ)))
    assert int(spectrum.argmax()) == 1000
    beside = np.delete(spectrum, range(980, 1021))
    assert 20 * np.log10(beside.max() / spectrum.max()) < -60


@pytest.mark.parametrize("channels", [3, 4, 5, 6, 7, 8])
def test_surround_becomes_stereo_with_every_speaker_heard(tmp_path: Path, channels: int) -> None:
    """Front left stays left, front right stays right, the last speaker is not lost."""
    time_s = seconds(1.0)
    speakers = np.zeros((len(time_s), channels))
    for speaker, hz in ((0, 300), (1, 500), (channels - 1, 900)):
        speakers[:, speaker] = 0.3 * np.sin(2 * np.pi * hz * time_s)
    audio = decode(write(tmp_path / "surround.wav", speakers)).audio
    left, right = np.abs(np.fft.rfft(audio, axis=0)).T
    assert left[300] > 50 * right[300]
    assert right[500] > 50 * left[500]
    assert max(left[900], right[900]) > 0.1 * left[300]


@pytest.mark.parametrize(
    ("name", "codec"),
    [("clip.m4a", "aac"), ("clip.webm", "libopus"), ("clip.opus", "libopus"), ("clip.aac", "aac")],
)
def test_formats_that_libsndfile_lacks_are_read_by_ffmpeg(tmp_path: Path, name: str, codec: str) -> None:
    """M4A, WebM, Ogg Opus and bare AAC all give the tone that was put in."""
    audio = decode(by_ffmpeg(tmp_path / name, codec)).audio
    assert len(audio) == pytest.approx(2 * SAMPLE_RATE_HZ, abs=4096)
    middle = audio[SAMPLE_RATE_HZ // 2 : SAMPLE_RATE_HZ * 3 // 2, 0]
    assert int(np.abs(np.fft.rfft(middle)).argmax()) == 440


def test_the_name_does_not_matter(tmp_path: Path) -> None:
    """An MP3 that calls itself .wav is an MP3, and .raw is not taken for bare samples."""
    for name in ("clip.wav", "clip.raw"):
        assert decode(write(tmp_path / name, plucks(), form="MP3")).duration_s == pytest.approx(
            10.0, abs=0.01
        )


NOT_AUDIO: dict[str, bytes] = {
    "empty": b"",
    "one byte": b"\xff",
    "text": b"Service temporarily unavailable, try again later.\n" * 50,
    "web page": b"<!doctype html><title>502</title>" * 100,
    "playlist": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "concat script": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "cut header": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00",
    "header alone": struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36, b"WAVE", b"fmt ", 16, 1, 2, 44100, 176400, 4, 16, b"data", 0
    ),
    "random after a frame sync": b"\xff\xfb" + np.random.default_rng(1).bytes(50_000),
    "random after an Ogg page": b"OggS" + np.random.default_rng(2).bytes(50_000),
    "random after fLaC": b"fLaC" + np.random.default_rng(3).bytes(50_000),
    "random after ftyp": b"\x00\x00\x00\x18ftypM4A " + np.random.default_rng(4).bytes(50_000),
    "random after EBML": b"\x1a\x45\xdf\xa3" + np.random.default_rng(6).bytes(50_000),
    "tag without music": b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(5_000),
}


@pytest.mark.parametrize("content", NOT_AUDIO.values(), ids=NOT_AUDIO.keys())
def test_what_is_not_audio_is_refused_as_such(tmp_path: Path, content: bytes) -> None:
    """Error pages, playlists, broken and empty files never get past the door."""
    path = tmp_path / "clip.wav"
    path.write_bytes(content)
    assert problem_of(path) == "not_audio"


def test_a_picture_is_not_audio(tmp_path: Path, riff_file: Path) -> None:
    """A RIFF container can hold a WebP picture."""
    path = tmp_path / "clip.wav"
    path.write_bytes(b"RIFF\x1a\x00\x00\x00WEBPVP8L" + riff_file.read_bytes()[:18])
    assert problem_of(path) == "not_audio"


def test_a_header_that_claims_four_gigabytes_is_not_believed(tmp_path: Path) -> None:
    """Streamed WAVs have no length in their header; what is there is read."""
    path = write(tmp_path / "clip.wav", sine(duration_s=2.0), subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(content))
    assert decode(path).duration_s == pytest.approx(2.0, abs=0.001)


def test_a_file_that_breaks_off_gives_what_is_there(tmp_path: Path, riff_file: Path) -> None:
    """Half a download is half the music, whatever the codec."""
    path = tmp_path / "half.flac"
    path.write_bytes(riff_file.read_bytes()[: riff_file.stat().st_size // 2])
    assert 3.0 < decode(path).duration_s < 7.0


def test_garbage_around_an_mp3_is_skipped(tmp_path: Path) -> None:
    """Players forgive junk before and after; so do we."""
    path = write(tmp_path / "clip.mp3", plucks(), form="MP3")
    path.write_bytes(path.read_bytes() + np.random.default_rng(7).bytes(3_000))
    assert decode(path).duration_s == pytest.approx(10.0, abs=0.2)


def test_a_small_file_cannot_unpack_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FLAC packs silence thousandfold: unpacking stops at the limit."""
    monkeypatch.setattr(probe, "MAX_DURATION_S", 30)
    path = write(tmp_path / "bomb.flac", np.zeros(4_000 * 600, np.float32), 4_000)
    assert path.stat().st_size < 100_000
    assert problem_of(path) == "too_long"


def test_a_large_file_is_not_even_opened(tmp_path: Path) -> None:
    """Beyond 100 MB nothing is read."""
    path = tmp_path / "large.wav"
    with path.open("wb") as file:
        file.truncate(probe.MAX_FILE_BYTES + 1)
    assert problem_of(path) == "too_large"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_few_samples_that_are_no_numbers_become_silence(tmp_path: Path, value: float) -> None:
    """One bad sample does not cost the clip, and never reaches the result."""
    audio = sine()
    audio[1000:1010] = value
    sound = decode(write(tmp_path / "clip.wav", audio, subtype="FLOAT"))
    assert np.isfinite(sound.audio).all()
    assert not sound.audio[1000:1010].any()
    assert sound.bits == 24


def test_samples_that_are_mostly_no_numbers_are_noise(tmp_path: Path) -> None:
    """A diverged model writes NaN; that is refused, not played as silence."""
    assert problem_of(write(tmp_path / "clip.wav", sine() * np.nan, subtype="FLOAT")) == "noise"


def test_integers_written_as_floats_are_brought_to_scale(tmp_path: Path) -> None:
    """Samples of +-32768 are a common slip of model code."""
    loud = write(tmp_path / "clip.wav", sine() * np.float32(32768), subtype="FLOAT")
    assert float(np.abs(decode(loud).audio).max()) == pytest.approx(1.0)


UNUSUAL_WAV: dict[str, Callable[[Path], Path]] = {
    "nine channels": lambda path: write(path, np.repeat(sine(), 5, axis=1)[:, :9]),
    "one sample a second": lambda path: write(path, sine(), 1),
    "a blink": lambda path: write(path, sine(duration_s=0.1)),
}


@pytest.mark.parametrize("build", UNUSUAL_WAV.values(), ids=UNUSUAL_WAV.keys())
def test_impossible_shapes_are_refused(tmp_path: Path, build: Callable[[Path], Path]) -> None:
    """Too many channels, a rate that would blow up in resampling, or next to nothing."""
    assert problem_of(build(tmp_path / "clip.wav")) == "not_audio"


@pytest.mark.parametrize("suffix", ["flac", "wav"])
def test_of_a_long_recording_the_beginning_can_be_had(tmp_path: Path, suffix: str) -> None:
    """Reading stops where it is told to, instead of refusing what is longer."""
    path = tmp_path / f"long.{suffix}"
    sf.write(path, np.full((5 * 44_100, 2), 0.25, np.float32), 44_100)
    assert decode(path, first_s=2.0).audio.shape == (2 * 44_100, 2)
    assert decode(path, first_s=9.0).audio.shape == (5 * 44_100, 2)
