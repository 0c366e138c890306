"""The synthesised instruments. Each takes pitch, held samples, velocity and maybe a pitch to slide from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Floats, Samples, as_samples, midi_to_hz
from bot.engine.voices.chip import chip_arp, chip_bass, chip_lead
from bot.engine.voices.shapes import TAU, band, decay, envelope, phase, samples_of, times, vibrato
from bot.engine.voices.throats import growl, talkbox, voice_aah, voice_ooh
from bot.engine.voices.wavetable import oscillator

if TYPE_CHECKING:
    from collections.abc import Callable

    Synth = Callable[[float, int, float, float | None], Samples]

_GLIDE_S = 0.03


def _glide(pitch: float, slide_from: float | None, count: int) -> float | Floats:
    if slide_from is None:
        return midi_to_hz(pitch)
    bend = (slide_from - pitch) / 12.0 * np.exp(-times(count) / _GLIDE_S)
    return midi_to_hz(pitch) * 2.0**bend


def _synth_lead(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.12)
    frequency = vibrato(_glide(pitch, slide_from, count), count, rate_hz=5.2, depth=0.006, delay_s=0.18)
    level = envelope(count, gate, attack_s=0.004, decay_s=0.35, sustain=0.75, release_s=0.08)
    sweep = envelope(count, gate, attack_s=0.003, decay_s=0.22, sustain=0.35, release_s=0.1)
    cutoff = midi_to_hz(pitch) * 2 + 900 + 5200 * velocity * sweep
    wave = oscillator("saw", frequency, count, cutoff, resonance=0.5)
    wave = wave + 0.7 * oscillator("pulse", frequency, count, cutoff, resonance=0.5, cents=7, start=0.3)
    return as_samples(wave * level * 0.6)


def _supersaw(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.35)
    level = envelope(count, gate, attack_s=0.03, decay_s=0.6, sustain=0.85, release_s=0.3)
    cutoff = 2500.0 + 5000.0 * velocity
    frequency = midi_to_hz(pitch)
    detuned = ((-11, 0.1), (0, 0.37), (11, 0.71))
    wave = sum(
        oscillator("saw", frequency, count, cutoff, cents=cents, start=start) for cents, start in detuned
    )
    return as_samples(wave * level * 0.4)


def _warm_pad(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.9)
    frequency = midi_to_hz(pitch)
    attack_s = min(0.5, gate / SAMPLE_RATE_HZ * 0.3)
    level = envelope(count, gate, attack_s=attack_s, decay_s=1.0, sustain=0.9, release_s=0.8)
    cutoff = 600 + 900 * velocity + 500 * np.sin(TAU * 0.23 * times(count) + pitch)
    wave = oscillator("saw", frequency, count, cutoff, cents=-7)
    wave = wave + oscillator("saw", frequency, count, cutoff, cents=6, start=0.5)
    wave = wave + 0.5 * oscillator("square", frequency / 2, count, cutoff, start=0.2)
    return as_samples(wave * level * 0.4)


def _dark_pad(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.9)
    frequency = midi_to_hz(pitch)
    attack_s = min(0.6, gate / SAMPLE_RATE_HZ * 0.3)
    level = envelope(count, gate, attack_s=attack_s, decay_s=1.0, sustain=0.9, release_s=0.9)
    wave = oscillator("hollow", frequency, count, 420.0 + 250.0 * velocity, resonance=0.2, cents=-6)
    wave = wave + oscillator("saw", frequency, count, 520.0, resonance=0.2, cents=7, start=0.4)
    return as_samples(wave * level * 0.5)


def _synth_bass(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.05)
    frequency = midi_to_hz(pitch)
    cutoff = 140 + 1500 * velocity * decay(count, 0.12)
    level = envelope(count, gate, attack_s=0.003, decay_s=0.4, sustain=0.7, release_s=0.04)
    wave = oscillator("saw", frequency, count, cutoff, resonance=0.3)
    wave = wave + 0.7 * oscillator("square", frequency, count, cutoff, resonance=0.2, cents=4)
    wave = wave + 0.5 * oscillator("sine", frequency, count, 400.0)
    return as_samples(wave * level * 0.6)


def _acid_bass(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.03)
    cutoff = 180 + 3200 * velocity * velocity * decay(count, 0.11)
    level = envelope(count, gate, attack_s=0.002, decay_s=0.3, sustain=0.5, release_s=0.02)
    wave = oscillator("saw", _glide(pitch, slide_from, count), count, cutoff, resonance=1.6)
    return as_samples(wave * level * 0.7)


def _reese_bass(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.08)
    frequency = midi_to_hz(pitch)
    cutoff = 500 + 350 * np.sin(TAU * 0.7 * times(count))
    level = envelope(count, gate, attack_s=0.01, decay_s=1.0, sustain=0.95, release_s=0.06)
    wave = oscillator("saw", frequency, count, cutoff, resonance=0.3, cents=-14)
    wave = wave + oscillator("saw", frequency, count, cutoff, resonance=0.3, cents=13, start=0.4)
    wave = wave + 0.7 * oscillator("sine", frequency, count, 300.0)
    return as_samples(wave * level * 0.6)


def _wobble_bass(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.05)
    frequency = midi_to_hz(pitch)
    # At dubstep's 140 beats a minute these are eighths, triplets, sixteenths and their triplets.
    rate_hz = (2, 3, 4, 6)[int(pitch) % 4] * 140.0 / 60.0 / 2.0
    cutoff = 120 + 2200 * (0.5 - 0.5 * np.cos(TAU * rate_hz * times(count))) ** 1.5
    level = envelope(count, gate, attack_s=0.004, decay_s=1.0, sustain=1.0, release_s=0.04)
    wave = oscillator("saw", frequency, count, cutoff, resonance=1.2, cents=-9)
    wave = wave + oscillator("square", frequency, count, cutoff, resonance=1.0, cents=8, start=0.3)
    return as_samples((np.tanh(2.0 * wave) * 0.6 + 0.5 * oscillator("sine", frequency, count, 300.0)) * level)


def _sub_808(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = max(gate, samples_of(0.9))
    frequency = _glide(pitch, slide_from, count) * (1 + 1.2 * decay(count, 0.018))
    held = max(gate, samples_of(0.5))
    level = envelope(count, held, attack_s=0.002, decay_s=9.0, sustain=1.0, release_s=0.05)
    return as_samples(np.tanh(2.6 * np.sin(TAU * phase(frequency, count)) * decay(count, 0.55) * level) * 0.8)


def _sub_sine(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.5)
    frequency = midi_to_hz(pitch + 12)
    level = envelope(count, gate, attack_s=0.4, decay_s=1.0, sustain=0.95, release_s=0.6)
    wave = oscillator("sine", frequency, count, 500.0) + 0.25 * oscillator(
        "triangle", frequency, count, 700.0, cents=5
    )
    return as_samples(wave * level)


def _pluck(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = samples_of(0.5)
    frequency = midi_to_hz(pitch)
    cutoff = 500 + 6500 * velocity * decay(count, 0.07)
    level = decay(count, 0.16) * envelope(
        count, count, attack_s=0.002, decay_s=9.0, sustain=1.0, release_s=0.05
    )
    wave = oscillator("saw", frequency, count, cutoff, resonance=0.3, cents=-5)
    wave = wave + oscillator("saw", frequency, count, cutoff, resonance=0.3, cents=6, start=0.4)
    return as_samples(wave * level * 0.5)


def _synth_stab(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = samples_of(0.4)
    cutoff = 300 + 4200 * decay(count, 0.06)
    wave = oscillator("saw", midi_to_hz(pitch), count, cutoff, resonance=0.8, cents=-6)
    wave = wave + oscillator("saw", midi_to_hz(pitch), count, cutoff, resonance=0.8, cents=6, start=0.5)
    return as_samples(wave * decay(count, 0.12) * 0.4)


def _fm_bell(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = samples_of(2.2)
    cycles = phase(midi_to_hz(pitch + 12), count)
    index = 1.6 * decay(count, 0.25) * velocity
    wave = np.sin(TAU * cycles + index * np.sin(TAU * cycles * 3.5))
    start = envelope(count, count, attack_s=0.002, decay_s=9.0, sustain=1.0, release_s=0.1)
    return as_samples(wave * decay(count, 0.55) * start * 0.7)


def _theremin(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.15)
    frequency = midi_to_hz(pitch)
    if slide_from is not None:
        frequency = frequency * 2.0 ** ((slide_from - pitch) / 12.0 * np.exp(-times(count) / 0.09))
    frequency = vibrato(frequency, count, rate_hz=5.8, depth=0.011, delay_s=0.08)
    level = envelope(count, gate, attack_s=0.07, decay_s=1.0, sustain=0.95, release_s=0.12)
    # A theremin's valves round its sine off on one side: a strong second harmonic, little above.
    angle = TAU * phase(frequency, count)
    wave = np.sin(angle) + 0.32 * velocity * np.sin(2 * angle) + 0.1 * np.sin(3 * angle)
    return as_samples(wave * level * 0.6)


def _kazoo(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    count = gate + samples_of(0.05)
    frequency = vibrato(
        _glide(pitch - 0.4, pitch - 1.5, count), count, rate_hz=5.5, depth=0.008, delay_s=0.2
    ) * 2.0 ** (0.4 / 12.0)
    level = envelope(count, gate, attack_s=0.025, decay_s=0.5, sustain=0.85, release_s=0.04)
    buzz = oscillator("pulse", frequency, count, 5200.0 + 2500.0 * velocity, resonance=0.2)
    # The membrane rattles on one half of each swing of the voice.
    rattled = np.maximum(buzz, -0.25) + 0.35 * np.maximum(0.0, buzz) ** 2
    nasal = band(rattled, 450.0, 3600.0)
    return as_samples(nasal * level * 0.7)


SYNTHS: dict[str, Synth] = {
    "theremin": _theremin,
    "kazoo": _kazoo,
    "synth_lead": _synth_lead,
    "supersaw": _supersaw,
    "warm_pad": _warm_pad,
    "dark_pad": _dark_pad,
    "synth_bass": _synth_bass,
    "acid_bass": _acid_bass,
    "reese_bass": _reese_bass,
    "wobble_bass": _wobble_bass,
    "sub_808": _sub_808,
    "sub_sine": _sub_sine,
    "pluck": _pluck,
    "synth_stab": _synth_stab,
    "fm_bell": _fm_bell,
    "chip_lead": chip_lead,
    "chip_arp": chip_arp,
    "chip_bass": chip_bass,
    "voice_ooh": voice_ooh,
    "voice_aah": voice_aah,
    "growl": growl,
    "talkbox": talkbox,
}
