"""The sample bank: Ogg Vorbis multisamples, decoded one instrument at a time when first needed."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.engine.arrays import LONGEST_NOTE_S, SAMPLE_RATE_HZ, Floats, Samples, as_samples
from bot.engine.voices.cache import ByteCache

BANK_FOLDER = Path(__file__).parents[1] / "bank"
BANK_RATE_HZ = 32_000
_KIT_PREFIX = "kit_"
_STANDARD_KIT = "std"
_LOOP_START, _LOOP_END = 0.45, 0.93  # of a sustained sample
_LOOP_FADE = 6400
_SHORTEST_LOOPED = 20_000

_instruments = ByteCache(limit_bytes=22_000_000)
_loops = ByteCache(limit_bytes=8_000_000)


@lru_cache(maxsize=1)
def bank_index() -> dict[str, Any]:
    """Return where each sample lies: `k` lists [MIDI key, first sample, samples], `sus` marks sustain,
    `cents` how far a zone is off its key."""
    return json.loads((BANK_FOLDER / "bank.json").read_text("utf-8"))


def _decoded(name: str) -> Samples:
    """Return all samples of an instrument or kit, one after the other."""
    return _instruments.get(name, lambda: _read_ogg(name))


def _read_ogg(name: str) -> Samples:
    import soundfile

    content, _ = soundfile.read(BANK_FOLDER / f"{name}.ogg", dtype="float32")
    return as_samples(content)  # pyright: ignore[reportArgumentType]  # dtype="float32" was asked for


def decode(name: str) -> None:
    """Decode an instrument or kit ("piano", "kit_std") now, so that its first note comes fast."""
    _decoded(name)


def _zone(name: str, place: int) -> Samples:
    entry = bank_index()[name]
    _, start, length = entry["k"][place]
    sample = _decoded(name)[start : start + length]
    if not entry["sus"] or length <= _SHORTEST_LOOPED:
        return sample
    return _loops.get((name, place), lambda: _looped(sample))


def _looped(sample: Samples) -> Samples:
    """Return a sustained sample prolonged by equal-power crossfades of its steady part."""
    start, end = int(len(sample) * _LOOP_START), int(len(sample) * _LOOP_END)
    steady = sample[start:end]
    fade = min(len(steady) // 2, _LOOP_FADE)
    rising = np.sqrt(np.linspace(0.0, 1.0, fade, dtype=np.float32))
    parts = [sample[: end - fade]]
    length = end - fade
    joint = sample[end - fade : end] * rising[::-1] + steady[:fade] * rising
    middle = np.concatenate([joint, steady[fade : len(steady) - fade]])
    while length < LONGEST_NOTE_S * BANK_RATE_HZ:
        parts.append(middle)
        length += len(middle)
    return np.concatenate(parts)


def _read_at(sample: Samples, ratio: float | Floats, count: int) -> Samples:
    """Return `count` samples (or as many as there are) read at a speed, fixed or one a sample.

    Between samples it reads linearly.
    """
    if isinstance(ratio, (int, float)):
        count = min(count, int((len(sample) - 2) / ratio))
        position = np.arange(count, dtype=np.float64) * ratio
    else:
        position = np.cumsum(ratio[:count])
        position = position[: int((position < len(sample) - 2).sum())]
    index = position.astype(np.int32)
    share = as_samples(position - index)
    return as_samples(sample[index] * (1 - share) + sample[index + 1] * share)


def sampled_note(name: str, pitch: float, count: int, bend: Floats | None = None) -> Samples:
    """Return up to `count` samples of an instrument from the zone nearest to a pitch, tuned to it.

    `bend` are factors of the frequency, one a sample, for slides and vibrato.
    """
    entry = bank_index()[name]
    zones = entry["k"]
    place = min(range(len(zones)), key=lambda candidate: abs(zones[candidate][0] - pitch))
    key = zones[place][0] + entry.get("cents", {}).get(str(zones[place][0]), 0) / 100.0
    ratio = 2.0 ** ((pitch - key) / 12.0) * BANK_RATE_HZ / SAMPLE_RATE_HZ
    return _read_at(_zone(name, place), ratio if bend is None else bend * ratio, count)


def is_sustained(name: str) -> bool:
    """Tell whether an instrument sounds for as long as it is held."""
    return bool(bank_index()[name]["sus"])


def sampled_hit(kit: str, drum: str) -> Samples | None:
    """Return a drum of a kit, of the standard kit if it has none, or None if there is no such sample."""
    index = bank_index()
    name = _KIT_PREFIX + kit
    if drum not in index.get(name, {}):
        name = _KIT_PREFIX + _STANDARD_KIT
    if drum not in index[name]:
        return None
    start, length = index[name][drum]
    sample = _decoded(name)[start : start + length]
    ratio = BANK_RATE_HZ / SAMPLE_RATE_HZ
    return _read_at(sample, ratio, int(len(sample) / ratio))
