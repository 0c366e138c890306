"""Score to sound: a mastered stereo loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Samples, Spectrum, as_samples
from bot.engine.mix.desk import Desk
from bot.engine.mix.grid import Grid
from bot.engine.mix.masks import mask
from bot.engine.mix.master import master
from bot.engine.mix.textures import texture

if TYPE_CHECKING:
    from bot.engine.score import Score, Track

_AUDIBLE_TEXTURE = 0.02
_AUDIBLE_LOFI = 0.05
_WARBLE_HZ = 0.55
_WARBLE_S = 0.0016


def mixdown(score: Score) -> Samples:
    """Return the score as a mastered loop (samples, 2), float32; length score.frames * 441."""
    grid = Grid(score.frames)
    hidden = [track for track in score.tracks if track.under_mask]
    music = _mastered([track for track in score.tracks if not track.under_mask], score, grid)
    if not hidden or score.mask is None:
        return music
    seed = _mastered(hidden, score, grid)
    return _through_mask(music, seed, score, grid)


def _mastered(tracks: list[Track], score: Score, grid: Grid) -> Samples:
    desk = Desk(score, grid)
    for track in tracks:
        desk.add(track)
    spectrum = desk.mixed()
    feel = score.feel
    if feel.lofi > _AUDIBLE_LOFI:
        spectrum *= _tape_band(grid, feel.lofi)
    mix = as_samples(np.fft.irfft(spectrum, grid.samples, axis=1))
    level = float(np.sqrt((mix**2).mean()))
    if feel.lofi > _AUDIBLE_LOFI:
        mix = _warbled(mix, feel.lofi)
    added = {name: amount for name, amount in feel.textures.items() if amount > _AUDIBLE_TEXTURE}
    for name, amount in sorted(added.items()):
        mix += texture(name, amount, grid, score.seed) * np.float32(level)
    if added:
        spectrum = np.fft.rfft(mix, axis=1)
    return master(mix, _weighted(spectrum, grid))


def _weighted(spectrum: Spectrum, grid: Grid) -> Samples:
    return as_samples(np.fft.irfft(spectrum * grid.k_weighting, grid.samples, axis=1))


def _tape_band(grid: Grid, amount: float) -> Samples:
    """Return the band of an old tape: 45 Hz up to 14 kHz, down to 3.8 kHz at full amount."""
    top_hz = np.float32(14_000.0 * (1.0 - amount) + 3800.0 * amount)
    above = (grid.frequency_hz / top_hz) ** 2
    below = (np.float32(45.0) / (grid.frequency_hz + np.float32(0.1))) ** 2
    return as_samples(1.0 / ((1.0 + above * above * above) * (1.0 + below * below)))


def _warbled(mix: Samples, amount: float) -> Samples:
    """Return the loop with a tape's slow wow: a moving delay that fits a whole number of times around."""
    samples = mix.shape[1]
    turns = max(1, round(samples / 44_100 * _WARBLE_HZ))
    angle = np.linspace(0.0, 2.0 * np.pi * turns, samples, endpoint=False, dtype=np.float32)
    delay = np.float32(44_100 * _WARBLE_S * amount) * (1.0 + np.sin(angle))
    whole = delay.astype(np.int32)
    share = delay - whole
    place = np.arange(samples, dtype=np.int32) - whole
    place[place < 1] += samples  # reads before the start come from the end
    return as_samples(mix[:, place % samples] * (1 - share) + mix[:, place - 1] * share)


def _through_mask(music: Samples, seed: Samples, score: Score, grid: Grid) -> Samples:
    """Return the music with the seed where the mask keeps it; elsewhere the music is untouched."""
    plan = score.mask
    if plan is None:
        return music
    drawn = mask(plan.mask_id)
    kept = drawn.by_frequency(grid.frequency_hz) * np.float32(plan.strength)
    change = np.fft.rfft(music.T, axis=1) * (np.sqrt(1.0 - kept) - 1.0)
    change += np.fft.rfft(seed.T, axis=1) * np.sqrt(kept)
    difference = np.fft.irfft(change, grid.samples, axis=1)
    if not drawn.is_steady:
        beats = np.arange(grid.samples) * (score.beats / grid.samples)
        difference *= drawn.by_beat(beats)
    mixed = as_samples(music.T + difference)
    return master(mixed, _weighted(np.fft.rfft(mixed, axis=1), grid))
