"""Joining recordings: at bar lines, level, with fades that lie inside of what is new."""

from __future__ import annotations

import numpy as np

from bot.engine.arrays import FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples, as_samples

FADE_S = 0.03
_LEVEL_S = 4.0  # on each side of a join
_MOST_GAIN = 4.0
_BLOCK = 300 * FRAME_SAMPLES  # minutes are not held twice


def level_of(part: Samples) -> float:
    """Return the root mean square of (2, samples), silence left out."""
    if not part.size:
        return 0.0
    whole = part.shape[1] // FRAME_SAMPLES * FRAME_SAMPLES
    powers = np.concatenate(
        [
            np.square(part[:, at : min(at + _BLOCK, whole)].reshape(2, -1, FRAME_SAMPLES)).mean(axis=(0, 2))
            for at in range(0, whole, _BLOCK)
        ]
        or [np.square(part).mean(keepdims=True).ravel()]
    )
    loud = powers[powers > 0.01 * powers.max()] if powers.max() > 0.0 else powers
    return float(np.sqrt(loud.mean()))


def levelled(new: Samples, beside: list[Samples]) -> Samples:
    """Bring new music, in place, to the level of what it stands beside, heard for seconds at each join."""
    wanted = [level_of(part) for part in beside if part.size]
    heard = level_of(new[:, : round(2 * _LEVEL_S * SAMPLE_RATE_HZ)])
    if not wanted or heard <= 0.0 or max(wanted) <= 0.0:
        return new
    gain = float(np.sqrt(np.mean(np.square(wanted)))) / heard
    new *= np.float32(min(_MOST_GAIN, max(1.0 / _MOST_GAIN, gain)))
    return new


def near(audio: Samples, sample: int, *, before: bool) -> Samples:
    """Return the seconds of (2, samples) before or after a place."""
    reach = round(_LEVEL_S * SAMPLE_RATE_HZ)
    return audio[:, max(0, sample - reach) : sample] if before else audio[:, sample : sample + reach]


def spliced(old: Samples, new: Samples, start: int, end: int | None) -> Samples:
    """Return old music (2, samples) with `new` from `start` to `end`, or to its own end where that is None.

    Before `start` and from `end` on every sample is the old one. The fades of 30 ms have equal power and lie
    inside; where the old music stops short of a fade, the new one begins by itself.
    """
    last = start + new.shape[1] if end is None else end
    total = last if end is None else max(old.shape[1], last)
    out = _silence(total)
    shared = min(total, old.shape[1])
    out[:, :shared] = old[:, :shared]
    size = last - start
    inside = np.zeros((2, size), np.float32)
    count = min(size, new.shape[1])
    inside[:, :count] = new[:, :count]
    fade = min(round(FADE_S * SAMPLE_RATE_HZ), size // 2)
    rise = as_samples(np.sin(np.pi / 2.0 * (np.arange(fade) + 0.5) / max(1, fade)))
    if start > 0 and fade:
        kept = out[:, start : start + fade].copy()
        inside[:, :fade] = inside[:, :fade] * rise + kept * rise[::-1]
    if end is not None and fade:
        kept = out[:, last - fade : last].copy()
        inside[:, size - fade :] = inside[:, size - fade :] * rise[::-1] + kept * rise
    out[:, start:last] = inside
    return out


def _silence(samples: int) -> Samples:
    """Return (2, samples), filled up to a whole column, lying sample by sample as files have it."""
    return np.zeros((samples + -samples % FRAME_SAMPLES, 2), np.float32).T


def layered(first: Samples, second: Samples, share: float, *, late: int = 0) -> Samples:
    """Return two recordings (2, samples) at once with equal power; 0 is the first alone, 1 the second.

    The second begins `late` samples after the first.
    """
    if share <= 0.0:
        return first
    shares = (np.cos(np.pi / 2.0 * share), np.sin(np.pi / 2.0 * share)) if share < 1.0 else (0.0, 1.0)
    total = late + second.shape[1] if share >= 1.0 else max(first.shape[1], late + second.shape[1])
    out = _silence(total)
    for sound, start, level in zip((first, second), (0, late), shares, strict=True):
        if level:
            for place in range(0, sound.shape[1], _BLOCK):
                part = sound[:, place : place + _BLOCK]
                at = start + place
                out[:, at : at + part.shape[1]] += part * np.float32(level)
    return out
