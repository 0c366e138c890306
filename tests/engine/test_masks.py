"""Masks and seeds: drawn as measured, and heard only where they are black or grey."""

from __future__ import annotations

import numpy as np
import pytest

from bot.engine import SEED_IMAGE_IDS
from bot.engine.mix.masks import mask
from bot.engine.picture.spectrogram import mel_spectrogram
from tests.engine.support import riff, same_music

MASKS = [name for name in SEED_IMAGE_IDS if name.startswith("mask_")]
CONTENT = [name for name in SEED_IMAGE_IDS if not name.startswith("mask_")]


def band_change(mask_id: str, low_hz: float, high_hz: float) -> float:
    """Return the change in a band that no gain explains, in dB below the band's level."""
    plain = riff("jazz piano trio", denoising=1.0, seed=5).audio
    masked = riff("jazz piano trio", denoising=0.75, seed=5, seed_image_id=mask_id).audio
    frequency = np.fft.rfftfreq(len(plain), 1 / 44_100)
    inside = (frequency >= low_hz) & (frequency < high_hz)
    before, after = (np.fft.rfft(audio.T, axis=1)[:, inside].ravel() for audio in (plain, masked))
    gain = np.vdot(before, after) / np.vdot(before, before)
    return float(10 * np.log10((np.abs(after - gain * before) ** 2).sum() / (np.abs(after) ** 2).sum()))


@pytest.mark.parametrize(
    ("mask_id", "row", "grey"),
    [
        ("mask_gradient_dark", 0, 32),
        ("mask_gradient_dark", 120, 88),
        ("mask_gradient_dark", 400, 255),
        ("mask_gradient_top_70", 60, 179),
        ("mask_graident_top_fifth_75", 100, 227),
        ("mask_top_third_75", 179, 192),
        ("mask_top_third_75", 180, 255),
        ("mask_top_third_95", 100, 242),
    ],
)
def test_masks_have_the_originals_grey(mask_id: str, row: int, grey: int) -> None:
    """The drawn masks have the grey that was measured on the original pictures."""
    assert mask(mask_id).picture()[row, 256] * 255 == pytest.approx(grey, abs=2)


def test_beat_lines_stand_on_their_columns() -> None:
    """The lines are dark at their columns in the upper rows, and white between and below."""
    picture = mask("mask_beat_lines_80").picture()
    assert picture[100, 192] * 255 == pytest.approx(203, abs=2)
    assert picture[100, 128] > 0.99
    assert picture[300, 192] == 1.0


@pytest.mark.parametrize("mask_id", MASKS)
def test_what_is_white_stays_as_it_was(mask_id: str) -> None:
    """Below 1 kHz every mask is white: the music there changes by nothing but a gain (under -30 dB)."""
    assert band_change(mask_id, 20, 1000) < -30.0


@pytest.mark.parametrize("mask_id", MASKS)
def test_what_is_grey_lets_the_seed_through(mask_id: str) -> None:
    """Above 6 kHz every mask is grey: there the seed is heard."""
    assert band_change(mask_id, 6000, 10_000) > -24.0


def test_a_mask_at_full_denoising_is_no_mask() -> None:
    """With denoising 1 any mask gives the prompt alone, to the last bit."""
    plain = riff("jazz piano trio", denoising=1.0, seed=5)
    assert same_music(
        plain, riff("jazz piano trio", denoising=1.0, seed=5, seed_image_id="mask_beat_lines_80")
    )


def test_a_mask_without_denoising_is_its_seed() -> None:
    """With denoising 0 a mask gives the seed beneath it, whatever the prompt."""
    masked = riff("death metal", denoising=0.0, seed=5, seed_image_id="mask_top_third_75")
    assert same_music(masked, riff("lullaby", denoising=0.0, seed=5, seed_image_id="og_beat"))


@pytest.mark.parametrize("seed_image_id", CONTENT)
def test_content_seeds_stand_on_the_originals_grid(seed_image_id: str) -> None:
    """Pure seeds run at 93.75 beats a minute, and onsets fall on the 64-column beat, not beside it."""
    made = riff("anything", denoising=0.0, seed=5, seed_image_id=seed_image_id)
    assert made.score.bpm == 93.75
    mel = mel_spectrogram(made.audio, circular=True)
    onset = np.maximum(0, np.diff(np.log(mel + 1e-3 * mel.max()), axis=1, prepend=mel[:, :1])).sum(axis=0)
    phase = (np.arange(len(onset)) / len(onset) * made.score.beats) % 1.0
    near = np.minimum(phase, 1 - phase) < 0.12
    beside = np.abs(phase - 0.375) < 0.06
    assert onset[near].mean() > 1.2 * onset[beside].mean()
