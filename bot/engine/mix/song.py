"""A song before mastering: mixed stretch by stretch, so it needs little more memory than its sound."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import FRAME_SAMPLES, SAMPLE_RATE_HZ, Samples, as_samples
from bot.engine.mix.desk import Desk
from bot.engine.mix.grid import Grid
from bot.engine.mix.layers import texture_layers, track_layers
from bot.engine.mix.seats import role_of
from bot.engine.mix.stretch import Stretch, samples_per_beat, song_grid, stretches
from bot.engine.mix.strip import REFERENCE_DB
from bot.engine.mix.tape import AUDIBLE_LOFI, narrow, warble
from bot.engine.mix.textures import texture
from bot.engine.progress import Steps

if TYPE_CHECKING:
    from bot.engine.progress import Progress
    from bot.engine.score.model import Score, Track

    Range = tuple[int, int]  # samples, the first and the one after the last

_SPLICE = round(0.02 * SAMPLE_RATE_HZ)
_TEXTURE_FRAMES = 2401  # a texture goes round in 24 s
_LAST_FADE = round(0.05 * SAMPLE_RATE_HZ)
_ENERGY_DB = 3.0  # between a section with nobody and one with the whole band
_ENERGY_RAMP_S = 0.12
_CHUNK = 1 << 17


def calibrated(score: Score, progress: Progress | None = None) -> Score:
    """Return a score whose every track is measured, on its busiest stretch; earlier trims are kept."""
    steps = Steps(progress, len(score.tracks))
    parts = stretches(score)
    strips = Desk(score, song_grid(score, parts)).strips
    tracks: list[Track] = []
    for track in score.tracks:
        trim = track.trim
        if trim is None and track.sounding:
            trim = strips.channel(track, _busiest(track, parts)).trim
        tracks.append(replace(track, trim=trim))
        steps.step()
    return replace(score, tracks=tracks)


def _busiest(track: Track, parts: list[Stretch]) -> Stretch:
    def business(part: Stretch) -> float:
        return sum(
            note.velocity**2 * (0.25 + min(note.length, 4.0)) for note in track.sounding if note.start in part
        )

    return max(parts, key=business)


def song_premaster(score: Score, layer: str | None = None, *, progress: Progress | None = None) -> Samples:
    """Return a song, or one layer of it, as (2, samples) before levelling; length score.frames * 441.

    `progress` is told of every stretch that is mixed, and may raise to end it. The array is a
    view of one that lies sample by sample, ready to be written to a file.
    """
    samples = score.frames * FRAME_SAMPLES
    out = np.zeros((samples, 2), np.float32).T
    _fill(out, score, layer, [(0, samples)], Steps(progress, _stretches_in_all(score)))
    return out


def _stretches_in_all(score: Score) -> int:
    beneath = 0 if score.underlay is None else _stretches_in_all(score.underlay.score)
    return len(stretches(score)) + beneath


def _fill(out: Samples, score: Score, layer: str | None, ranges: list[Range], steps: Steps) -> None:
    """Render ranges of a score into `out`, silent there before; the music underneath where it shows."""
    if score.underlay is None:
        _render(out, score, layer, ranges, steps)
        return
    per_beat = samples_per_beat(score)
    start = round(score.underlay.start * per_beat)
    end = out.shape[1] if score.underlay.end is None else round(score.underlay.end * per_beat)
    fade = max(1, min(_SPLICE, (end - start) // 2))
    rises = (start, start + fade) if start > 0 else (start, start)
    falls = (end - fade, end) if score.underlay.end is not None else (end, end)
    outside = [
        part
        for first, last in ranges
        for part in ((first, min(last, rises[1])), (max(first, falls[0]), last))
    ]
    _fill(out, score.underlay.score, layer, _filled(outside), steps)
    before = [out[:, max(0, first) : last].copy() for first, last in (rises, falls)]
    inside = _filled([(max(first, start), min(last, end)) for first, last in ranges])
    for first, last in inside:
        out[:, first:last] = 0.0
    _render(out, score, layer, inside, steps)
    way = as_samples((np.arange(fade) + 0.5) / fade)
    for (first, last), kept, share in zip((rises, falls), before, (way, way[::-1]), strict=True):
        if last > first:
            out[:, first:last] = out[:, first:last] * share + kept * (1 - share)


def _filled(ranges: list[Range]) -> list[Range]:
    return [(first, last) for first, last in ranges if first < last]


def _render(out: Samples, score: Score, layer: str | None, ranges: list[Range], steps: Steps) -> None:
    if not ranges:
        return
    if any(track.trim is None and track.sounding for track in score.tracks):
        score = calibrated(score)
    names = track_layers(score)
    if layer is None or layer in names:
        _play(out, score, ranges, [layer in {None, name} for name in names], steps)
    for name, (kind, amount) in texture_layers(score).items():
        if layer in {None, name}:
            _add_texture(out, score, kind, amount, ranges)
    end = score.frames * FRAME_SAMPLES
    for first, last in ranges:
        place = np.arange(max(first, end - _LAST_FADE), min(last, end))
        out[:, place] *= as_samples((end - place) / _LAST_FADE)
        out[:, max(first, end) : last] = 0.0


def _play(out: Samples, score: Score, ranges: list[Range], wanted: list[bool], steps: Steps) -> None:
    """Add the wanted tracks, with their rooms and echoes, to ranges of `out`."""
    parts = stretches(score)
    grid = song_grid(score, parts)
    desk = Desk(score, grid)
    lofi = score.feel.lofi
    for part in parts:
        shown = _filled([(max(a, part.first), min(b, part.first + grid.samples)) for a, b in ranges])
        steps.step()
        if not shown:
            continue
        spectrum = desk.mixed(part, wanted)
        if lofi > AUDIBLE_LOFI:
            narrow(spectrum, grid, lofi)
        for side, channel in enumerate(spectrum):
            sound = np.fft.irfft(channel, grid.samples)
            for first, last in shown:
                out[side, first:last] += sound[first - part.first : last - part.first]
    for first, last in ranges:
        _ride(out, score, first, last)
        if lofi > AUDIBLE_LOFI:
            warble(out, lofi, first, last, loops=False)


def _ride(out: Samples, score: Score, first: int, last: int) -> None:
    """Lower sections of less energy a little, with a short ramp before each bar line, by the fader."""
    if not score.sections:
        return
    per_bar = samples_per_beat(score) * score.meter
    places: list[float] = []
    levels: list[float] = []
    for section in score.sections:
        level = 10.0 ** (-_ENERGY_DB * (1.0 - min(1.0, max(0.0, section.energy))) / 20.0)
        start = section.first_bar * per_bar
        places += [start, max(start, start + section.bars * per_bar - _ENERGY_RAMP_S * SAMPLE_RATE_HZ)]
        levels += [level, level]
    for start in range(first, last, _CHUNK):
        place = np.arange(start, min(start + _CHUNK, last))
        out[:, start : start + len(place)] *= as_samples(np.interp(place, places, levels))


def _nominal_level(score: Score) -> float:
    """Return about how loud the whole band is on one side, by which textures are levelled."""
    power = sum(
        track.weight * 10.0 ** ((role_of(track).level_db + track.level_db) / 10.0) for track in score.tracks
    )
    return 10.0 ** (REFERENCE_DB / 20.0) * math.sqrt(power)


def _add_texture(out: Samples, score: Score, kind: str, amount: float, ranges: list[Range]) -> None:
    """Lay a texture under ranges of a song; it goes round and round, always at the same place."""
    sound = texture(kind, amount, Grid(_TEXTURE_FRAMES), score.seed)
    sound *= np.float32(_nominal_level(score))
    for first, last in ranges:
        start = first
        while start < last:
            place = start % sound.shape[1]
            count = min(last - start, sound.shape[1] - place)
            out[:, start : start + count] += sound[:, place : place + count]
            start += count
