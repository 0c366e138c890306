"""Voices without words: vowels by formants, a growl, a talkbox."""

from __future__ import annotations

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Floats, Samples, as_samples, midi_to_hz
from bot.engine.chance import unit_hash, whole_hash
from bot.engine.voices.shapes import TAU, envelope, noise, peak_normalised, phase, samples_of, times, vibrato

# Formants of sung vowels: centre and bandwidth in Hz, gain.
_FORMANTS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "ah": ((730, 90, 1.0), (1090, 110, 0.5), (2440, 170, 0.25), (3400, 250, 0.12)),
    "oo": ((310, 60, 1.0), (870, 90, 0.25), (2240, 140, 0.06), (3300, 250, 0.03)),
    "oh": ((500, 80, 1.0), (900, 90, 0.55), (2400, 160, 0.12), (3300, 250, 0.06)),
    "ee": ((280, 60, 1.0), (2250, 120, 0.4), (3000, 170, 0.3), (3700, 250, 0.12)),
    "eh": ((560, 80, 1.0), (1750, 120, 0.45), (2500, 160, 0.25), (3500, 250, 0.1)),
}
_TOP_FORMANT_HZ = 5000.0
_SINGERS_CENTS = (0.0, -8.0, 9.0)


def _vowel_gain(frequency_hz: float | Floats, vowel: str, width: float = 1.0) -> Floats:
    gains = [
        gain / np.sqrt(1.0 + ((frequency_hz - centre) / (band * width)) ** 2)
        for centre, band, gain in _FORMANTS[vowel]
    ]
    return np.asarray(sum(gains))


def _choir(pitch: float, gate: int, vowel: str) -> Samples:
    """Return three singers on one vowel, each a sum of harmonics weighted by the vowel's formants."""
    count = gate + samples_of(0.3)
    total = np.zeros(count, np.float32)
    base_hz = midi_to_hz(pitch)
    for place, cents in enumerate(_SINGERS_CENTS):
        frequency = vibrato(
            base_hz * 2 ** (cents / 1200), count, rate_hz=4.9 + 0.4 * place, depth=0.008, delay_s=0.25
        )
        angle = TAU * phase(frequency, count, start=0.17 * place)
        first, twice_cosine = as_samples(np.sin(angle)), as_samples(2.0 * np.cos(angle))
        previous, current = np.zeros(count, np.float32), first
        for harmonic in range(1, max(3, int(_TOP_FORMANT_HZ / base_hz)) + 1):
            weight = float(_vowel_gain(harmonic * base_hz, vowel)) / harmonic**0.35
            total += np.float32(weight) * current
            # Chebyshev's recursion: sin((k+1)x) from sin(kx), sin((k-1)x) and cos(x).
            previous, current = current, twice_cosine * current - previous
    level = envelope(count, gate, attack_s=0.12, decay_s=1.0, sustain=0.95, release_s=0.25)
    return as_samples(total * level * 0.25)


def voice_ooh(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    """Return voices on "oo"."""
    return _choir(pitch, gate, "oo")


def voice_aah(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    """Return voices on "ah"."""
    return _choir(pitch, gate, "ah")


def _through_vowel(source: Floats, vowel: str, *, width: float, tilt: float) -> Samples:
    spectrum = np.fft.rfft(source)
    frequency = np.fft.rfftfreq(len(source), 1.0 / SAMPLE_RATE_HZ)
    gain = sum(
        level * (1.0 + tilt * place) / (1.0 + ((frequency - centre) / (band * width)) ** 2)
        for place, (centre, band, level) in enumerate(_FORMANTS[vowel])
    )
    return as_samples(np.fft.irfft(spectrum * gain, len(source)))


def growl(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    """Return a rough low voice: an unsteady pulse train and breath through a wide vowel."""
    count = gate + samples_of(0.08)
    chance = np.random.Generator(np.random.PCG64(whole_hash("growl", gate, velocity)))
    wander = np.interp(times(count) * 28, np.arange(400), chance.standard_normal(400))
    flutter = np.interp(times(count) * 31, np.arange(500), chance.standard_normal(500))
    cycles = phase(62.0 * (1.0 + 0.05 * wander), count) % 1.0
    source = ((cycles < 0.18) - 0.18) * (1.0 + 0.6 * flutter) + 0.12 * noise(count, 3)
    vowel = ("oh", "ah", "eh", "oo")[int(chance.integers(4))]
    voiced = _through_vowel(source, vowel, width=2.2, tilt=0.6)
    rough = np.tanh(1.5 * voiced / (float(np.std(voiced)) + 1e-9))
    level = envelope(count, gate, attack_s=0.03, decay_s=0.8, sustain=0.8, release_s=0.08)
    return as_samples(rough * level * 0.6)


def talkbox(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    """Return a saw wave that speaks: a vowel moving into another over the note."""
    count = gate + samples_of(0.05)
    vowels = ("ah", "oh", "eh", "ee", "oo")
    start = int(unit_hash("talk", pitch, gate, velocity) * len(vowels))
    source = 2.0 * (phase(midi_to_hz(pitch), count) % 1.0) - 1.0
    opening = _through_vowel(source, vowels[start], width=1.3, tilt=0.5)
    closing = _through_vowel(source, vowels[(start + 2) % len(vowels)], width=1.3, tilt=0.5)
    share = np.clip(times(count) * SAMPLE_RATE_HZ / max(1, gate), 0.0, 1.0)
    level = envelope(count, gate, attack_s=0.02, decay_s=0.3, sustain=0.8, release_s=0.04)
    return as_samples(peak_normalised(opening * (1.0 - share) + closing * share) * level * 0.8)
