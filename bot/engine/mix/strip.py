"""One track's way to its fader: played, amplified, made to give way, filtered, measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Samples, Spectrum, spectrum_of
from bot.engine.instruments import Instrument, Role, instruments
from bot.engine.mix.dynamics import duck, overdrive, peak_of, under_kick, under_voice
from bot.engine.mix.seats import role_of
from bot.engine.mix.tracks import drum_buffers, player_buffer, singer_buffer, sounding_share
from bot.engine.score.model import Trim

if TYPE_CHECKING:
    from bot.engine.mix.grid import Grid
    from bot.engine.mix.stretch import Stretch
    from bot.engine.score.model import Score, Track

REFERENCE_DB = -20.0
_PUMPING_ROLES = frozenset({"bass", "pad", "comp", "arp"})
_DEEP_ROLES, _DEEP_SHELF_DB = frozenset({"bass", "drums"}), -4.0  # kick and bass share the deep lows
_DRIVEN_ROLES = frozenset({"bass", "lead", "vox"})
_UNDER_VOICE_DB = {"comp": -1.5, "pad": -1.5, "arp": -1.5, "stab": -1.5, "lead": -3.0}
_AMP_HIGH_CUT_HZ = 7500.0
_AUDIBLE_DRIVE, _AUDIBLE_PUMP = 0.2, 0.05
_TILT_AT_FULL_BRIGHTNESS = 0.28


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """A track at its level: one spectrum, or two (left and right) for drums; none where it is silent."""

    spectra: list[Spectrum]
    trim: Trim | None


class Strips:
    """The channel strips of one score on one period."""

    def __init__(self, score: Score, grid: Grid) -> None:
        self._score = score
        self._feel = score.feel
        self._grid = grid

    @cached_property
    def _tilt(self) -> Samples | None:
        return self._grid.tilt(self._feel.brightness * _TILT_AT_FULL_BRIGHTNESS)

    def channel(self, track: Track, stretch: Stretch, *, take: int = 0, trim: Trim | None = None) -> Channel:
        """Return a track as it plays in a stretch, at its level.

        The level is that of a given trim, of the track's own, or is measured here. A take other than 0 is
        a second performance of the same part.
        """
        trim = trim or track.trim
        instrument = None if track.role == "drums" else instruments()[track.instrument]
        buffers = self._played(track, stretch, take)
        peak = max(map(peak_of, buffers))
        if not peak:
            return Channel([], None)
        share = 1.0
        if instrument is not None:
            buffer = buffers[0]
            self._treat(buffer, track, instrument, stretch, trim.peak if trim else peak)
            share = sounding_share(buffer) if trim is None else 1.0
        role = role_of(track)
        spectra: list[Spectrum] = []
        while buffers:
            spectra.append(self._filtered(buffers.pop(0), track, role, instrument))
        if trim is None:
            if instrument is None:
                share = self._beat_share(track, stretch)
            power = sum(map(self._grid.balance_power, spectra)) / len(spectra)
            trim = Trim(self._gain(track, role, power, share), peak)
        for place in range(len(spectra)):
            spectra[place] *= np.float32(trim.gain)
            if track.role in _DEEP_ROLES:
                shelf = self._grid.deep_shelf(_DEEP_SHELF_DB)
                spectra[place][: len(shelf)] *= shelf
        return Channel(spectra, trim)

    def _played(self, track: Track, stretch: Stretch, take: int) -> list[Samples]:
        size = self._grid.samples
        if track.role == "drums":
            return list(drum_buffers(track, self._score, stretch, size))
        if track.lines:
            return [singer_buffer(track, self._score, stretch, size)]
        return [player_buffer(track, self._score, stretch, size, take=take)]

    def _treat(
        self, buffer: Samples, track: Track, instrument: Instrument, stretch: Stretch, peak: float
    ) -> None:
        """Send a track through amplifier, overdrive and ducking, in place."""
        if instrument.amp:
            overdrive(buffer, 0.25 + 0.35 * self._feel.drive, peak)
        elif (
            track.role in _DRIVEN_ROLES
            and self._feel.drive > _AUDIBLE_DRIVE
            and instrument.name != "growl"
            and not track.lines
        ):
            overdrive(buffer, 0.3 * self._feel.drive, peak)
        if self._feel.pump > _AUDIBLE_PUMP and track.role in _PUMPING_ROLES:
            duck(buffer, stretch, self._feel.pump)
        if track.role == "bass":
            beside = [other for other in self._score.tracks if other.under_mask == track.under_mask]
            drums = [other for other in beside if other.role == "drums"]
            under_kick(buffer, drums, stretch, -4.0 - 5.0 * self._feel.pump)
        if track.role in _UNDER_VOICE_DB:
            under_voice(buffer, self._score, stretch, _UNDER_VOICE_DB[track.role])

    def _filtered(self, buffer: Samples, track: Track, role: Role, instrument: Instrument | None) -> Spectrum:
        """Return a buffer's spectrum within its role's band, darker for dark music."""
        high_cut_hz = _AMP_HIGH_CUT_HZ if instrument and instrument.amp else role.high_cut_hz
        top_hz = high_cut_hz * 2.0 ** (1.2 * min(0.0, self._feel.brightness))
        tilt = None if track.role == "bass" or track.lines else self._tilt
        spectrum = spectrum_of(buffer)
        for part in self._grid.parts:
            spectrum[part] *= self._grid.band(role.low_cut_hz, top_hz, part)
            if tilt is not None:
                spectrum[part] *= tilt[part]
        return spectrum

    def _beat_share(self, track: Track, stretch: Stretch) -> float:
        """Return how full a beat is, of the whole period: a hit or more a beat is a beat at full level.

        Fewer are accents, and must not be turned up to one.
        """
        hits = len({round(note.start, 1) for note in track.notes if note.start in stretch})
        played = stretch.beats * stretch.samples_per_beat / self._grid.samples
        return min(1.0, hits / stretch.beats) * played

    def _gain(self, track: Track, role: Role, power: float, share: float) -> float:
        """Return the gain to the role's level while the track sounds, times its share of the music."""
        level_db = REFERENCE_DB + role.level_db + track.level_db
        return 10.0 ** (level_db / 20.0) * math.sqrt(track.weight * share / max(power, 1e-18))
