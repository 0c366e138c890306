"""The sound chips of old game consoles: pulses, a stepped triangle, volumes in sixteen steps."""

from __future__ import annotations

import numpy as np

from bot.engine.arrays import Floats, Samples, as_samples, midi_to_hz
from bot.engine.voices.shapes import decay, envelope, phase, vibrato


def quantised(values: Floats, steps: int = 16) -> Samples:
    """Return values rounded to a number of steps, as a chip's volume register does."""
    return as_samples(np.round(values * steps) / steps)


def _pulse(frequency_hz: float | Floats, count: int, duty: float) -> Samples:
    """Return a band-limited-enough pulse without DC: two ramps against each other."""
    cycles = phase(frequency_hz, count)
    first, second = cycles % 1.0, (cycles + duty) % 1.0
    return as_samples(first - second + _smooth_step(first, frequency_hz) - _smooth_step(second, frequency_hz))


def _smooth_step(ramp: Floats, frequency_hz: float | Floats) -> Floats:
    # PolyBLEP: rounds the ramp's jump over one sample to each side, which keeps aliases down.
    step = np.asarray(frequency_hz) / 44_100.0
    before = np.clip((ramp - 1.0) / step + 1.0, 0.0, 1.0)
    after = np.clip(1.0 - ramp / step, 0.0, 1.0)
    return 0.5 * (after**2 - before**2)


def chip_lead(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    """Return a quarter pulse with vibrato."""
    frequency = vibrato(midi_to_hz(pitch), gate, rate_hz=6.5, depth=0.007, delay_s=0.12)
    level = envelope(gate, gate, attack_s=0.001, decay_s=0.25, sustain=0.45, release_s=0.01)
    return as_samples(_pulse(frequency, gate, 0.25) * quantised(level * velocity))


def chip_arp(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    """Return a short narrow pulse."""
    return as_samples(_pulse(midi_to_hz(pitch), gate, 0.125) * quantised(velocity * decay(gate, 0.09)))


def chip_bass(pitch: float, gate: int, velocity: float, slide_from: float | None) -> Samples:
    """Return a triangle in sixteen steps, an octave up as the consoles had it."""
    cycles = phase(midi_to_hz(pitch + 12), gate) % 1.0
    level = envelope(gate, gate, attack_s=0.001, decay_s=9.0, sustain=1.0, release_s=0.005)
    return as_samples(quantised(1.0 - 4.0 * np.abs(cycles - 0.5), 8) * level * 0.7)
