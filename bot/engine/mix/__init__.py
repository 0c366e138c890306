"""Score to sound: a mastered stereo loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Floats, Samples, Spectrum, as_samples, spectrum_of
from bot.engine.mix.desk import Desk
from bot.engine.mix.grid import Grid
from bot.engine.mix.masks import Mask, mask
from bot.engine.mix.master import BLOCK_SAMPLES, master
from bot.engine.mix.textures import texture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.engine.score import MaskPlan, Score, Track

_AUDIBLE_TEXTURE = 0.02
_AUDIBLE_LOFI = 0.05
_WARBLE_HZ = 0.55
_WARBLE_S = 0.0016
_CHUNK = 1 << 17


def mixdown(score: Score) -> Samples:
    """Return the score as a mastered loop (samples, 2), float32; length score.frames * 441."""
    grid = Grid(score.frames)
    hidden = [track for track in score.tracks if track.under_mask]
    music = _mastered([track for track in score.tracks if not track.under_mask], score, grid)
    if not hidden or score.mask is None:
        return music
    seed = _mastered(hidden, score, grid)
    mixed = _through_mask(music, seed, score, grid, score.mask)
    del music, seed
    return master(mixed, _block_powers(map(spectrum_of, mixed), grid))


def _mastered(tracks: list[Track], score: Score, grid: Grid) -> Samples:
    feel = score.feel
    spectrum = _mixed(tracks, score, grid)
    if feel.lofi > _AUDIBLE_LOFI:
        spectrum *= _tape_band(grid, feel.lofi)
    mix = _sound_of(spectrum, grid)
    level = np.float32(np.sqrt(np.vdot(mix, mix) / mix.size))
    if feel.lofi > _AUDIBLE_LOFI:
        mix = _warbled(mix, feel.lofi)
    added = {name: amount for name, amount in feel.textures.items() if amount > _AUDIBLE_TEXTURE}
    if not added:
        powers = _block_powers(spectrum, grid)
        del spectrum  # a minute's is 21 MB, and mastering is where most is held at once
        return master(mix, powers)
    del spectrum
    for name, amount in sorted(added.items()):
        sound = texture(name, amount, grid, score.seed)
        sound *= level
        mix += sound
        del sound
    return master(mix, _block_powers(map(spectrum_of, mix), grid))


def _mixed(tracks: list[Track], score: Score, grid: Grid) -> Spectrum:
    desk = Desk(score, grid)
    for track in tracks:
        desk.add(track)
    return desk.mixed()


def _sound_of(spectrum: Spectrum, grid: Grid) -> Samples:
    sound = np.empty((2, grid.samples), np.float32)
    for channel, result in zip(spectrum, sound, strict=True):
        result[:] = np.fft.irfft(channel, grid.samples)
    return sound


def _block_powers(channels: Iterable[Spectrum], grid: Grid) -> Floats:
    """Return the K-weighted power of each mastering block, both channels summed."""
    powers = np.zeros(grid.samples // BLOCK_SAMPLES)
    for channel in channels:
        weighted = np.fft.irfft(channel * grid.k_weighting, grid.samples)
        powers += np.square(weighted).reshape(-1, BLOCK_SAMPLES).mean(axis=1)
    return powers


def _tape_band(grid: Grid, amount: float) -> Samples:
    """Return the band of an old tape: 45 Hz up to 14 kHz, down to 3.8 kHz at full amount."""
    top_hz = np.float32(14_000.0 * (1.0 - amount) + 3800.0 * amount)
    above = (grid.frequency_hz / top_hz) ** 2
    below = (np.float32(45.0) / (grid.frequency_hz + np.float32(0.1))) ** 2
    return as_samples(1.0 / ((1.0 + above * above * above) * (1.0 + below * below)))


def _warbled(mix: Samples, amount: float) -> Samples:
    """Return the loop with a tape's slow wow: a moving delay that fits a whole number of times around."""
    samples = mix.shape[1]
    turns = max(1, round(samples / SAMPLE_RATE_HZ * _WARBLE_HZ))
    warbled = np.empty_like(mix)
    for start in range(0, samples, _CHUNK):
        place = np.arange(start, min(start + _CHUNK, samples))
        delay = SAMPLE_RATE_HZ * _WARBLE_S * amount * (1.0 + np.sin(place * (2.0 * np.pi * turns / samples)))
        whole = delay.astype(np.int64)
        share = as_samples(delay - whole)
        later = place - whole  # negative places read from the end, as a loop should
        for channel, result in zip(mix, warbled, strict=True):
            result[place] = channel[later] * (1 - share) + channel[later - 1] * share
    return warbled


def _through_mask(music: Samples, seed: Samples, score: Score, grid: Grid, plan: MaskPlan) -> Samples:
    """Return (2, samples): the music with the seed where the mask keeps it; elsewhere it is untouched."""
    drawn = mask(plan.mask_id)
    kept = drawn.by_frequency(grid.frequency_hz) * np.float32(plan.strength)
    of_music, of_seed = np.sqrt(1.0 - kept) - 1.0, np.sqrt(kept)
    mixed = np.empty((2, grid.samples), np.float32)
    for side, result in enumerate(mixed):
        change = spectrum_of(music[:, side])
        change *= of_music
        change += spectrum_of(seed[:, side]) * of_seed
        result[:] = np.fft.irfft(change, grid.samples)
        if not drawn.is_steady:
            _sound_on_its_beats(result, drawn, score, grid)
        np.add(result, music[:, side], out=result)
    return mixed


def _sound_on_its_beats(change: Samples, drawn: Mask, score: Score, grid: Grid) -> None:
    for start in range(0, grid.samples, _CHUNK):
        part = change[start : start + _CHUNK]
        places = np.arange(start, start + len(part))
        part *= drawn.by_beat(places * (score.beats / grid.samples))
