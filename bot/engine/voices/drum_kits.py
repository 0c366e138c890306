"""Drum hits: from the bank, or synthesised for the 909 and the sound-chip kits."""

from __future__ import annotations

import numpy as np

from bot.engine.arrays import Floats, Samples, as_samples, midi_to_hz
from bot.engine.instruments import kits
from bot.engine.voices.bank import sampled_hit, sampled_note
from bot.engine.voices.cache import ByteCache
from bot.engine.voices.chip import quantised
from bot.engine.voices.shapes import TAU, band, decay, noise, peak_normalised, phase, samples_of, sine

_SKINS_HZ = {"tomh": 180, "tomm": 130, "toml": 90, "conga": 210, "congal": 160, "bongo": 320, "timb": 400}
_CHIP_LENGTHS_S = {"kick": 0.12, "snare": 0.14, "hat": 0.04, "ohat": 0.12, "crash": 0.5, "clap": 0.12}
_CHIP_DECAYS_S = {"snare": 0.05, "hat": 0.015, "ohat": 0.05, "crash": 0.2, "clap": 0.04}
_CHIP_NOISE_HOLD = {"kick": 60, "snare": 9, "hat": 2, "clap": 6}
_CLAP_TIMES_S = (0.0, 0.011, 0.022, 0.033)
_TUNED_DRUMS = frozenset({"kick", "timpani"})
_LOWEST_KICK, _KICK_OCTAVE_HZ = 28, 62.0

_hits = ByteCache(limit_bytes=8_000_000)


def drum_hit(kit: str, drum: str, tonic: int) -> Samples:
    """Return a drum hit with a peak of 1; electronic kicks and timpani are tuned to the tonic (0..11)."""
    tuned = tonic if drum in _TUNED_DRUMS else -1
    return _hits.get((kit, drum, tuned), lambda: _make_hit(kit, drum, tonic))


def _make_hit(kit: str, drum: str, tonic: int) -> Samples:
    voice = kits()[kit][1]
    if drum == "timpani":
        return peak_normalised(sampled_note("timpani", 36 + tonic, samples_of(1.6)))
    if kit == "tr808" and drum == "kick":
        return peak_normalised(_long_kick(tonic))
    sampled = sampled_hit(kit, drum) if voice == "bank" else None
    if sampled is not None:
        return peak_normalised(sampled)
    return peak_normalised(_chip_hit(drum) if kit == "chip" else _analogue_hit(drum, tonic))


def _kick_hz(tonic: int) -> float:
    frequency = midi_to_hz(_LOWEST_KICK + (tonic - _LOWEST_KICK) % 12)
    return frequency if frequency < _KICK_OCTAVE_HZ else frequency * 0.75


def _click(count: int) -> Floats:
    return noise(count, 5) * decay(count, 0.002)


def _long_kick(tonic: int) -> Floats:
    count = samples_of(0.5)
    frequency = _kick_hz(tonic) * (1 + 1.2 * decay(count, 0.018))
    body = np.tanh(1.8 * np.sin(TAU * phase(frequency, count)) * decay(count, 0.2))
    return body + 0.1 * _click(count)


def _analogue_kick(tonic: int) -> Floats:
    count = samples_of(0.45)
    frequency = _kick_hz(tonic) + 160 * decay(count, 0.022) + 600 * decay(count, 0.004)
    return np.tanh(1.6 * np.sin(TAU * phase(frequency, count)) * decay(count, 0.16)) + 0.2 * _click(count)


def _snare() -> Floats:
    count = samples_of(0.25)
    body = np.sin(TAU * phase(190 * (1 + 0.4 * decay(count, 0.01)), count)) * decay(count, 0.07)
    return 0.5 * body + 0.7 * band(noise(count, 2), 900, 9000) * decay(count, 0.08)


def _clap() -> Floats:
    count = samples_of(0.3)
    level = np.zeros(count, np.float32)
    for start_s in _CLAP_TIMES_S:
        start = samples_of(start_s)
        level[start:] += decay(count - start, 0.007 if start_s < _CLAP_TIMES_S[-1] else 0.07)
    return band(noise(count, 3), 900, 4500) * level


def _metal(seconds: float, decay_s: float, low_hz: float) -> Floats:
    count = samples_of(seconds)
    # Six square waves with no common fundamental are the classic drum machine's cymbal.
    partials = sum(
        np.sign(sine(frequency, count)) for frequency in (2131.0, 3169.0, 3677.0, 4561.0, 5413.0, 6121.0)
    )
    return band(0.5 * noise(count, 4) + 0.25 * np.asarray(partials), low_hz, 15_000) * decay(count, decay_s)


def _skin(frequency_hz: float) -> Floats:
    count = samples_of(0.4)
    bent = frequency_hz * (1 + 0.3 * decay(count, 0.03))
    return np.sin(TAU * phase(bent, count)) * decay(count, 0.12) + 0.1 * _click(count)


def _block(frequency_hz: float) -> Floats:
    count = samples_of(0.12)
    return sine(frequency_hz, count) * decay(count, 0.02) + 0.5 * sine(frequency_hz * 1.48, count) * decay(
        count, 0.015
    )


def _analogue_hit(drum: str, tonic: int) -> Floats:
    match drum:
        case "kick":
            return _analogue_kick(tonic)
        case "snare":
            return _snare()
        case "clap":
            return _clap()
        case "hat" | "phat" | "shaker" | "tamb" | "guiro":
            return _metal(0.09, 0.022, 7000)
        case "ohat":
            return _metal(0.4, 0.11, 6500)
        case "crash" | "ride" | "bell":
            return _metal(1.6, 0.45 if drum == "crash" else 0.3, 3500)
        case _ if drum in _SKINS_HZ:
            return _skin(_SKINS_HZ[drum])
        case _:
            return _block(
                {"rim": 1700.0, "clave": 2500.0, "wood": 1100.0, "cow": 800.0, "tri": 5200.0}.get(drum, 900.0)
            )


def _chip_hit(drum: str) -> Floats:
    count = samples_of(_CHIP_LENGTHS_S.get(drum, 0.08))
    if drum in {"kick", "tomh", "tomm", "toml"}:
        wave = np.sign(np.sin(TAU * phase(160 * decay(count, 0.03) + 40, count))) * decay(count, 0.05)
        return quantised(wave, 12)
    held = noise(count, 9)[np.arange(count) // _CHIP_NOISE_HOLD.get(drum, 4)]
    return as_samples(quantised(np.sign(held) * decay(count, _CHIP_DECAYS_S.get(drum, 0.1)), 12))
