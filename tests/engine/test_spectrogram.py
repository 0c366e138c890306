"""Spectrograms: the original's numbers, size and tags."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from bot.engine.picture.from_picture import audio_from_picture
from bot.engine.picture.spectrogram import (
    image_bytes,
    mel_spectrogram,
    spectrogram_image,
    spectrogram_picture,
)
from tests.engine.support import riff


def original_mel(mono: np.ndarray) -> np.ndarray:
    """Return mel magnitudes with riffusion's own parameters at 44.1 kHz, written out the slow way."""
    window, hop, padded = 4410, 441, 17_640
    signal = np.pad(mono.astype(np.float64), window // 2, mode="wrap")
    shape = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    frames = [signal[start : start + window] * shape for start in range(0, len(mono), hop)]
    magnitude = np.abs(np.fft.rfft(frames, padded, axis=1))
    frequency = np.fft.rfftfreq(padded, 1 / 44_100)
    corners = 700 * np.expm1(np.linspace(0, float(np.log1p(10_000 / 700)), 514))
    filters = np.stack(
        [
            np.maximum(0, np.minimum((frequency - low) / (mid - low), (high - frequency) / (high - mid)))
            for low, mid, high in zip(corners, corners[1:], corners[2:], strict=False)
        ]
    )
    return filters @ magnitude.T


def test_the_picture_is_the_originals_to_a_grey_level() -> None:
    """Our cheaper transform differs from the original's by less than one grey level on average."""
    audio = riff("bossa nova guitar", seed=2).audio[: 441 * 300]
    expected = original_mel(audio.mean(axis=1))
    ours = mel_spectrogram(audio, circular=True)
    assert ours.shape == expected.shape == (512, 300)
    grey = [255 - 255 * (mel / mel.max()) ** 0.25 for mel in (ours, expected)]
    assert np.abs(grey[0] - grey[1]).mean() < 1.0


def test_pictures_have_the_originals_size_and_tags() -> None:
    """512 rows, 100 columns a second, and the original's EXIF tags in PNG and JPEG files."""
    made = riff("bossa nova guitar", seed=2)
    picture = made.picture()
    assert picture.size == (round(made.duration_s * 100), 512)
    for file_format in ("PNG", "JPEG"):
        tags = Image.open(io.BytesIO(made.picture_bytes(file_format))).getexif()
        assert [tags[tag] for tag in (11000, 11005, 11010, 11020, 11030, 11040, 11060)] == [
            44_100,
            0,
            10,
            100,
            400,
            512,
            10_000,
        ]
        assert float(tags[11070]) == 0.25
        assert float(tags[11080]) > 0.0


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 44_100, 48_000])
def test_a_tone_lies_in_its_row_at_any_rate(rate_hz: int) -> None:
    """A 1 kHz tone is brightest at its mel row, whatever the sample rate."""
    tone = np.sin(2 * np.pi * 1000 * np.arange(2 * rate_hz) / rate_hz)
    mel = mel_spectrogram(tone, sample_rate_hz=rate_hz)
    assert mel.shape == (512, 200)
    expected = np.log1p(1000 / 700) / np.log1p(10_000 / 700) * 513 - 1
    assert abs(int(mel[:, 100].argmax()) - expected) < 1.5


def test_long_clips_are_drawn_in_pieces_without_a_seam() -> None:
    """A clip over half a minute has every column, and those at a piece's edge match a short cut's."""
    noise = np.random.default_rng(3).standard_normal((44_100 * 35, 2)).astype(np.float32) * 0.1
    whole = mel_spectrogram(noise)
    assert whole.shape == (512, 3500)
    cut = mel_spectrogram(noise[44_100 * 25 :])
    assert np.allclose(whole[:, 2900:3100], cut[:, 400:600], rtol=0.02, atol=0.05)


def test_silence_is_white_and_nothing_is_refused() -> None:
    """A silent clip gives a white picture; an empty one raises ValueError."""
    picture = spectrogram_image(mel_spectrogram(np.zeros(44_100)))
    assert np.asarray(picture).min() == 255
    assert image_bytes(picture).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="no audio"):
        mel_spectrogram(np.zeros((0, 2)))


def test_a_picture_can_be_played_and_drawn_again() -> None:
    """Picture to sound to picture: the greys correlate by 0.98, and the level is the tag's."""
    audio = riff("bossa nova guitar", seed=2).audio[: 441 * 512]
    drawn = spectrogram_picture(audio)
    sound = audio_from_picture(drawn)
    assert sound.dtype == np.float32
    assert sound.shape == (441 * 512,)
    again = spectrogram_picture(sound)
    greys = [np.asarray(picture.convert("L"), np.float64).ravel() for picture in (drawn, again)]
    assert np.corrcoef(np.stack(greys)).min() >= 0.98
    loudness = [
        np.sqrt(np.square(signal.astype(np.float64)).mean()) for signal in (audio.mean(axis=1), sound)
    ]
    assert loudness[1] == pytest.approx(loudness[0], rel=0.1)


def test_a_picture_from_elsewhere_is_played_too() -> None:
    """Without a tag the level is a fixed one; other heights and empty pictures are refused."""
    bare = Image.fromarray(np.asarray(spectrogram_picture(riff("bossa nova guitar", seed=2).audio[:88_200])))
    assert np.abs(audio_from_picture(bare)).max() == pytest.approx(0.7, abs=0.1)
    assert not audio_from_picture(Image.new("L", (20, 512), 255)).any()
    with pytest.raises(ValueError, match="512 rows"):
        audio_from_picture(Image.new("L", (20, 256)))


def test_a_songs_picture_is_drawn_in_pieces_alike() -> None:
    """A song's picture, kept in few bits between, is the short way's to a grey level."""
    noise = np.random.default_rng(3).standard_normal((44_100 * 62, 2)).astype(np.float32) * 0.1
    song = np.asarray(spectrogram_picture(noise)).astype(int)
    plain = np.asarray(spectrogram_image(mel_spectrogram(noise)).convert("L")).astype(int)
    assert song.shape == plain.shape == (512, 6200)
    assert np.abs(song - plain).max() <= 1
