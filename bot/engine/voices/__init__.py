"""Notes and drum hits as sound."""

from __future__ import annotations

import numpy as np

from bot.engine.arrays import LONGEST_NOTE_S, SAMPLE_RATE_HZ, Floats, Samples, as_samples
from bot.engine.instruments import Instrument, instruments
from bot.engine.voices.bank import decode, is_sustained, sampled_note
from bot.engine.voices.cache import ByteCache
from bot.engine.voices.drum_kits import drum_hit
from bot.engine.voices.shapes import TAU, times
from bot.engine.voices.synths import SYNTHS

_VELOCITY_STEPS = 8
_GATE_QUANTUM = 256  # samples; equal gates share a cached note
_PITCH_DIGITS = 2  # a cent
_SHORTEST_GATE = 400
_LONGEST_GATE = round(LONGEST_NOTE_S * SAMPLE_RATE_HZ)
_ATTACK_S, _SUSTAINED_ATTACK_S = 0.003, 0.018
_VIBRATO_HZ, _SLIDE_S = 5.4, 0.05
_WARM_NAMES = (
    "piano",
    "epiano",
    "ebass",
    "upright",
    "slap",
    "nylon",
    "cleangtr",
    "strings",
    "vibes",
    "brass",
    "oohs",
)
_WARM_KITS = ("kit_std", "kit_power", "kit_jazzbrush")

_notes = ByteCache(limit_bytes=16_000_000)


def play_note(
    name: str, pitch: float, seconds: float, velocity: float, slide_from: float | None = None
) -> Samples:
    """Return one note of an instrument, mono, with its release; the caller must not write to it."""
    gate = round(seconds * SAMPLE_RATE_HZ / _GATE_QUANTUM) * _GATE_QUANTUM
    gate = min(_LONGEST_GATE, max(_SHORTEST_GATE, gate))
    touch = max(1, round(velocity * _VELOCITY_STEPS)) / _VELOCITY_STEPS
    # What is kept was made for exactly its key: what was played before changes nothing.
    pitch = round(pitch, _PITCH_DIGITS)
    slide_from = None if slide_from is None else round(slide_from, _PITCH_DIGITS)
    key = (name, pitch, gate, touch, slide_from)
    return _notes.get(key, lambda: _render(instruments()[name], pitch, gate, touch, slide_from))


def _render(
    instrument: Instrument, pitch: float, gate: int, velocity: float, slide_from: float | None
) -> Samples:
    if instrument.voice == "synth":
        return np.ascontiguousarray(
            SYNTHS[instrument.name](pitch, gate, velocity, slide_from), dtype=np.float32
        )
    return _sampled(instrument, pitch, gate, velocity, slide_from)


def _sampled(
    instrument: Instrument, pitch: float, gate: int, velocity: float, slide_from: float | None
) -> Samples:
    count = gate + int(instrument.release_s * SAMPLE_RATE_HZ)
    sample = instrument.sample or instrument.name
    sound = sampled_note(sample, pitch, count, _bend(instrument, pitch, count, slide_from))
    sustained = is_sustained(sample)
    if len(sound) > gate:
        tail = np.arange(len(sound) - gate, dtype=np.float32)
        sound[gate:] *= np.exp(tail * np.float32(-4.0 / (SAMPLE_RATE_HZ * max(instrument.release_s, 0.01))))
    attack = min(len(sound), int((_SUSTAINED_ATTACK_S if sustained else _ATTACK_S) * SAMPLE_RATE_HZ))
    sound[:attack] *= np.linspace(0.3 if sustained else 0.0, 1.0, attack, dtype=np.float32)
    if sustained:
        sound[: attack // 8] *= np.linspace(0.0, 1.0, attack // 8, dtype=np.float32)
    return _softened(sound, velocity)


def _bend(instrument: Instrument, pitch: float, count: int, slide_from: float | None) -> Floats | None:
    """Return a note's slide and vibrato as factors of its frequency, or None if it has neither."""
    if not instrument.vibrato_cents and slide_from is None:
        return None
    cents = as_samples(np.zeros(count))
    if instrument.vibrato_cents:
        swing = np.sin(times(count) * np.float32(TAU * _VIBRATO_HZ))
        cents += instrument.vibrato_cents * swing * np.clip((times(count) - 0.15) / 0.3, 0.0, 1.0)
    if slide_from is not None:
        cents += np.float32(100.0 * (slide_from - pitch)) * np.exp(times(count) * np.float32(-1.0 / _SLIDE_S))
    return np.exp2(cents.astype(np.float64) / 1200.0)


def _softened(sound: Samples, velocity: float) -> Samples:
    """Return a quietly played note a little duller, as real instruments are."""
    share = np.float32(min(0.5, max(0.0, 0.75 - velocity)))
    if share <= 0.05 or len(sound) < 8:
        return sound
    smooth = sound.copy()
    smooth[1:-1] = (sound[:-2] + 2 * sound[1:-1] + sound[2:]) / 4
    return as_samples(sound * (1 - share) + smooth * share)


def warm_voices() -> None:
    """Decode the most used instruments and kits, so that a first riff need not wait for them."""
    for name in _WARM_NAMES + _WARM_KITS:
        decode(name)


__all__ = ["drum_hit", "play_note", "warm_voices"]
