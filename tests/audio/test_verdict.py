"""What is refused as silence or noise, and what must never be."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.audio.sound import SAMPLE_RATE_HZ, Audio, as_audio
from bot.audio.verdict import refuse_useless
from bot.engine import RiffSpec, make_riff
from bot.errors import UnusableAudio
from tests.audio.sounds import noise, plucks, sine, stereo


def coloured(slope: float) -> Audio:
    """Noise whose amplitude falls with frequency to the power of ``slope``."""
    spectrum = np.fft.rfft(np.random.default_rng(2).standard_normal(4 * SAMPLE_RATE_HZ))
    shaped: NDArray[np.float64] = np.fft.irfft(spectrum / np.arange(1, len(spectrum) + 1) ** slope)
    return stereo(0.3 * shaped / np.abs(shaped).max())


SILENCE = {
    "zeros": np.zeros((SAMPLE_RATE_HZ, 2), np.float32),
    "a constant": np.full((SAMPLE_RATE_HZ, 2), 0.7, np.float32),
    "dither": noise(level=2e-5),
    "a tone at -61 dBFS": sine(peak=10 ** (-58 / 20) * 10 ** (-3 / 20) * 0.98),
}
NOISE = {
    "white": noise(),
    "a second of white": noise(1.0),
    "one bit deep": as_audio(np.sign(noise()) * 0.5),
    "clipped": as_audio(np.clip(noise() * 30, -1, 1)),
    "pink": coloured(0.5),
    "brown": coloured(1.0),
    "sides of opposite phase": as_audio(noise()[:, :1] * np.array([1, -1])),
    "growing": as_audio(noise() * np.linspace(0.3, 1, len(noise()))[:, None]),
}
MUSIC = {
    "a tone": sine(),
    "a tone at -55 dBFS": sine(peak=10 ** (-55 / 20)),
    "plucks": plucks(),
    "plucks over a hiss of equal level": as_audio(plucks() + noise(10.0, level=0.05)),
    "noise as a beat": as_audio(noise(10.0) * (np.abs(plucks()) > 0.05)),
    "one pluck in silence": as_audio(np.concatenate([np.zeros((99_999, 2)), plucks(duration_s=0.5)])),
}


@pytest.mark.parametrize("audio", SILENCE.values(), ids=SILENCE.keys())
def test_silence_is_refused(audio: Audio) -> None:
    """Nothing louder than -60 dBFS but a constant: silent."""
    with pytest.raises(UnusableAudio, match="silent"):
        refuse_useless(audio)


@pytest.mark.parametrize("audio", NOISE.values(), ids=NOISE.keys())
def test_noise_is_refused(audio: Audio) -> None:
    """Stationary noise of any colour and loudness: noise."""
    with pytest.raises(UnusableAudio, match="noise"):
        refuse_useless(audio)


@pytest.mark.parametrize("audio", MUSIC.values(), ids=MUSIC.keys())
def test_simple_sounds_pass(audio: Audio) -> None:
    """A tone, a beat made of noise, a tune under hiss are all somebody's music."""
    refuse_useless(audio)


@pytest.mark.parametrize("prompt", ["death metal", "rain and wind, dark ambient", "hi-hats and shaker only"])
def test_noisy_music_passes(prompt: str) -> None:
    """The harshest that our own engine plays is not taken for noise."""
    refuse_useless(make_riff(RiffSpec(prompt_a=prompt, seed=3)).audio)
