"""The mixing desk: tracks in, one stereo spectrum out. Every treatment is a gain on the period's spectrum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Spectrum, spectrum_of
from bot.engine.instruments import Role, instruments
from bot.engine.mix.room import impulse_response
from bot.engine.mix.seats import role_of, seats
from bot.engine.mix.stretch import ECHO_BEATS
from bot.engine.mix.strip import Strips

if TYPE_CHECKING:
    from bot.engine.mix.grid import Grid
    from bot.engine.mix.stretch import Stretch
    from bot.engine.score.model import Score, Track

_DRY_REVERB = 0.05
_MONO_BELOW_HZ = 170.0  # half of the difference is gone here, nine tenths at 120 Hz
_SIDES = 1.25
_REVERB_LOW_CUT_HZ = 180.0
_DRY_ROLES = frozenset({"bass", "drums"})
_DOUBLE_NEAR, _DOUBLE_FAR = 0.97, 0.24
_ECHO_LOW_CUT_HZ, _ECHO_HIGH_CUT_HZ = 300.0, 4500.0


def _pan_gains(pan: float) -> tuple[np.float32, np.float32]:
    """Return equal-power gains for a place from -1 (left) to 1; both are 1 in the middle."""
    angle = (pan + 1.0) * math.pi / 4.0
    return np.float32(math.sqrt(2.0) * math.cos(angle)), np.float32(math.sqrt(2.0) * math.sin(angle))


class _Buses:
    """Where the channels of one stretch are summed: left and right, what goes to the room, to the echo."""

    def __init__(self, bins: int) -> None:
        self.mix: Spectrum = np.zeros((2, bins), np.complex64)
        self.send: Spectrum = np.zeros(bins, np.complex64)
        self.echo: Spectrum | None = None


class Desk:
    """Mixes tracks of one score, a stretch at a time, on one period."""

    def __init__(self, score: Score, grid: Grid) -> None:
        self.strips = Strips(score, grid)
        self._score = score
        self._feel = score.feel
        self._grid = grid
        self._seats = seats(score)
        self._rooms: dict[int, Spectrum] = {}

    def mixed(self, stretch: Stretch, wanted: list[bool]) -> Spectrum:
        """Return the sum of the wanted tracks with reverb and echo, (2, bins), without DC.

        `wanted` has a word for each track of the score. Silent tracks are left out.
        """
        buses = _Buses(len(self._grid.frequency_hz))
        for index, track in enumerate(self._score.tracks):
            if wanted[index]:
                self._add(track, self._seats[index], stretch, buses)
        for part in self._grid.parts:
            cut = np.float32(_REVERB_LOW_CUT_HZ) / (self._grid.frequency_hz[part] + np.float32(0.1))
            buses.send[part] /= 1.0 + (cut * cut) ** 2
        for side in range(2):
            room = self._room(side, keep=not stretch.loops)
            for part in self._grid.parts:
                buses.mix[side, part] += room[part] * buses.send[part]
        if buses.echo is not None:
            self._add_echo(buses.mix, buses.echo, stretch)
        self._set_sides(buses.mix)
        buses.mix[:, 0] = 0.0
        return buses.mix

    def _set_sides(self, mix: Spectrum) -> None:
        """Make the lows mono, as records have them, and the sides above a little wider."""
        for part in self._grid.parts:
            cut = np.float32(_MONO_BELOW_HZ) / (self._grid.frequency_hz[part] + np.float32(0.1))
            differing = (mix[0, part] - mix[1, part]) * np.float32(0.5)
            differing *= np.float32(_SIDES) / (1.0 + (cut * cut) ** 3) - np.float32(1.0)
            mix[0, part] += differing
            mix[1, part] -= differing

    def _add(self, track: Track, pan: float, stretch: Stretch, buses: _Buses) -> None:
        channel, role = self.strips.channel(track, stretch), role_of(track)
        if not channel.spectra:
            return
        send = role.send * (0.25 + 1.6 * self._feel.reverb) * (0.6 if track.role in _DRY_ROLES else 1.0)
        if track.role == "drums":
            left, right = channel.spectra
            self._place(left, right, role, role.pan, buses.mix)
            for side in channel.spectra:
                self._route(side, buses.send, 0.5 * send)
            return
        spectrum = channel.spectra[0]
        instrument = instruments()[track.instrument]
        if track.role == "comp" and (instrument.amp or instrument.strum):
            second = self.strips.channel(track, stretch, take=1, trim=channel.trim)
            self._place_twice(spectrum, second.spectra[0], buses.mix)
        else:
            self._place(spectrum, spectrum, role, pan, buses.mix)
        self._route(spectrum, buses.send, send)
        if role.echo and self._feel.reverb > _DRY_REVERB:
            if buses.echo is None:
                buses.echo = np.zeros_like(spectrum)
            self._route(spectrum, buses.echo, role.echo)

    def _room(self, side: int, *, keep: bool) -> Spectrum:
        """Return the spectrum of the room's response on one side, kept where many stretches need it."""
        if side in self._rooms:
            return self._rooms[side]
        response = impulse_response(self._feel.reverb, self._grid.samples, side)
        room = spectrum_of(response, self._grid.samples)
        if keep:
            self._rooms[side] = room
        return room

    def _route(self, spectrum: Spectrum, bus: Spectrum, level: float) -> None:
        for part in self._grid.parts:
            bus[part] += spectrum[part] * np.float32(level)

    def _place(self, left: Spectrum, right: Spectrum, role: Role, pan: float, mix: Spectrum) -> None:
        to_left, to_right = _pan_gains(pan)
        for part in self._grid.parts:
            spread = self._spread(role.wide, part)
            mix[0, part] += left[part] * spread * to_left
            mix[1, part] += right[part] * np.conj(spread) * to_right

    def _spread(self, amount: float, part: slice) -> Spectrum | np.float32:
        """Return what widens a channel on the left; mirrored, on the right. It leaves the tone as it was."""
        if not amount:
            return np.float32(1.0)
        spread = self._grid.width[part] * np.float32(amount)
        spread += np.float32(math.sqrt(1.0 - amount**2))
        return spread

    def _place_twice(self, first: Spectrum, second: Spectrum, mix: Spectrum) -> None:
        """Seat two takes of one part far left and far right, as guitars are recorded."""
        near, far = np.float32(_DOUBLE_NEAR), np.float32(_DOUBLE_FAR)
        for part in self._grid.parts:
            mix[0, part] += first[part] * near + second[part] * far
            mix[1, part] += first[part] * far + second[part] * near

    def _add_echo(self, mix: Spectrum, sent: Spectrum, stretch: Stretch) -> None:
        """Add an echo that wanders from side to side in dotted eighths."""
        step = self._grid.delay(round(stretch.samples_per_beat * ECHO_BEATS))
        level = np.float32(0.35 + 0.9 * self._feel.reverb)
        for part in self._grid.parts:
            band = self._grid.band(_ECHO_LOW_CUT_HZ, _ECHO_HIGH_CUT_HZ, part)
            echo = sent[part] * step[part] * (band * level)
            again = echo * step[part] * np.float32(0.55)
            mix[0, part] += echo + again * step[part] * np.float32(0.5)
            mix[1, part] += again
