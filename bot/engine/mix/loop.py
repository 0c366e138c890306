"""A loop: mixed as one period, so whatever rings past its end comes in again at its beginning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Floats, Samples, as_samples, spectrum_of
from bot.engine.mix.desk import Desk
from bot.engine.mix.grid import Grid
from bot.engine.mix.layers import texture_layers, track_layers
from bot.engine.mix.masks import Mask, mask
from bot.engine.mix.master import apply_curves, block_powers, master
from bot.engine.mix.stretch import around
from bot.engine.mix.tape import AUDIBLE_LOFI, narrow, warble
from bot.engine.mix.textures import texture

if TYPE_CHECKING:
    from bot.engine.score.model import MaskPlan, Score

_CHUNK = 1 << 17


@dataclass(slots=True)
class LoopGains:
    """What was found out while the whole loop was mixed, so that one layer can be mixed alike.

    `levels` are those of the music, and of what lies under a mask, before textures; `curves` their
    mastering.
    """

    levels: list[np.float32] = field(default_factory=list[np.float32])
    curves: list[list[Floats]] = field(default_factory=list[list[Floats]])


def is_masked(score: Score) -> bool:
    """Tell whether a loop is heard through a mask: then its parts come mastered to their joining."""
    return score.mask is not None and any(track.under_mask for track in score.tracks)


def loop_premaster(score: Score, layer: str | None = None, gains: LoopGains | None = None) -> Samples:
    """Return a loop, or one layer of it, as (2, samples) before levelling; length score.frames * 441.

    Empty `gains` are filled with what the mix needed, others are obeyed: a layer alone needs those of
    the whole. Through a mask, the music and what lies beneath are levelled each before they are joined.
    """
    grid = Grid(score.frames)
    gains = gains or LoopGains()
    if score.mask is None or not is_masked(score):
        return _sound(score, grid, layer, gains, hidden=False)
    music = _levelled(score, grid, layer, gains, hidden=False)
    seed = _levelled(score, grid, layer, gains, hidden=True)
    return _through_mask(music, seed, score, grid, score.mask)


def _levelled(score: Score, grid: Grid, layer: str | None, gains: LoopGains, *, hidden: bool) -> Samples:
    sound = _sound(score, grid, layer, gains, hidden=hidden)
    if len(gains.curves) <= hidden:
        gains.curves.append(master(sound, block_powers(sound)))
    else:
        apply_curves(sound, gains.curves[hidden])
    return sound


def _sound(score: Score, grid: Grid, layer: str | None, gains: LoopGains, *, hidden: bool) -> Samples:
    """Return the tracks under the mask, or all others, with tape and textures."""
    feel, names = score.feel, track_layers(score)
    wanted = [
        track.under_mask == hidden and layer in {None, name}
        for track, name in zip(score.tracks, names, strict=True)
    ]
    spectrum = Desk(score, grid).mixed(around(score, grid), wanted)
    if feel.lofi > AUDIBLE_LOFI:
        narrow(spectrum, grid, feel.lofi)
    mix = np.empty((grid.samples, 2), np.float32).T
    for channel, result in zip(spectrum, mix, strict=True):
        result[:] = np.fft.irfft(channel, grid.samples)
    del spectrum
    if len(gains.levels) <= hidden:
        gains.levels.append(np.float32(np.sqrt(np.vdot(mix, mix) / mix.size)))
    if feel.lofi > AUDIBLE_LOFI:
        warble(mix, feel.lofi, 0, grid.samples, loops=True)
    for name, (kind, amount) in texture_layers(score).items():
        if layer in {None, name}:
            sound = texture(kind, amount, grid, score.seed)
            sound *= gains.levels[hidden]
            mix += sound
    return mix


def _through_mask(music: Samples, seed: Samples, score: Score, grid: Grid, plan: MaskPlan) -> Samples:
    """Return `music` (2, samples), changed: the seed is in it where the mask keeps it, and nowhere else."""
    drawn = mask(plan.mask_id)
    kept = drawn.by_frequency(grid.frequency_hz)
    kept *= np.float32(plan.strength)
    of_music, of_seed = np.sqrt(1.0 - kept) - np.float32(1.0), np.sqrt(kept)
    for heard, beneath in zip(music, seed, strict=True):
        change = spectrum_of(heard)
        change *= of_music
        other = spectrum_of(beneath)
        other *= of_seed
        change += other
        del other
        sound = as_samples(np.fft.irfft(change, grid.samples))
        if not drawn.is_steady:
            _sound_on_its_beats(sound, drawn, score, grid)
        np.add(heard, sound, out=heard)
    return music


def _sound_on_its_beats(change: Samples, drawn: Mask, score: Score, grid: Grid) -> None:
    for start in range(0, grid.samples, _CHUNK):
        part = change[start : start + _CHUNK]
        places = np.arange(start, start + len(part))
        part *= drawn.by_beat(places * (score.beats / grid.samples))
