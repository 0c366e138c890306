"""The mixing desk: tracks in, one stereo spectrum out. Every treatment is a gain on the loop's spectrum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Samples, Spectrum, spectrum_of
from bot.engine.instruments import Instrument, Role, instruments, roles
from bot.engine.mix.room import impulse_response
from bot.engine.mix.tracks import drum_buffers, duck, overdrive, player_buffer, sounding_share

if TYPE_CHECKING:
    from bot.engine.mix.grid import Grid
    from bot.engine.score import Score, Track

_REFERENCE_DB = -20.0
_PUMPING_ROLES = frozenset({"bass", "pad", "comp", "arp"})
_DRIVEN_ROLES = frozenset({"bass", "lead", "vox"})
_AMP_HIGH_CUT_HZ = 7500.0
_AUDIBLE_DRIVE, _AUDIBLE_PUMP, _DRY_REVERB = 0.2, 0.05, 0.05
_REVERB_LOW_CUT_HZ = 180.0
_DRY_ROLES = frozenset({"bass", "drums"})
_SECOND_SEAT_PAN, _OUTERMOST_PAN = 0.2, 0.9
_DOUBLE_NEAR, _DOUBLE_FAR = 0.97, 0.24
_ECHO_BEATS = 0.75  # a dotted eighth
_ECHO_LOW_CUT_HZ, _ECHO_HIGH_CUT_HZ = 300.0, 4500.0
_TILT_AT_FULL_BRIGHTNESS = 0.28


def _pan_gains(pan: float) -> tuple[np.float32, np.float32]:
    """Return equal-power gains for a place from -1 (left) to 1; both are 1 in the middle."""
    angle = (pan + 1.0) * math.pi / 4.0
    return np.float32(math.sqrt(2.0) * math.cos(angle)), np.float32(math.sqrt(2.0) * math.sin(angle))


class Desk:
    """Takes the tracks of one score one by one and sums them as spectra."""

    def __init__(self, score: Score, grid: Grid) -> None:
        self._score = score
        self._feel = score.feel
        self._grid = grid
        bins = len(grid.frequency_hz)
        self._mix: Spectrum = np.zeros((2, bins), np.complex64)
        self._send: Spectrum = np.zeros(bins, np.complex64)
        self._echo: Spectrum = np.zeros(bins, np.complex64)
        self._echoes = False
        self._tilt = grid.tilt(score.feel.brightness * _TILT_AT_FULL_BRIGHTNESS)
        self._seats: dict[str, int] = {}

    def add(self, track: Track) -> None:
        """Mix one track in at its role's loudness; a silent one is left out."""
        if track.role == "drums":
            self._add_drums(track)
        else:
            self._add_player(track)

    def mixed(self) -> Spectrum:
        """Return the sum with reverb and echo, (2, bins), without DC; the desk is used up by it."""
        for part in self._grid.parts:
            cut = np.float32(_REVERB_LOW_CUT_HZ) / (self._grid.frequency_hz[part] + np.float32(0.1))
            self._send[part] /= 1.0 + (cut * cut) ** 2
        response = impulse_response(self._feel.reverb, self._grid.samples)
        for side in range(2):
            room = spectrum_of(response[side], self._grid.samples)
            room *= self._send
            self._mix[side] += room
        if self._echoes:
            self._add_echo()
        self._mix[:, 0] = 0.0
        return self._mix

    def _add_drums(self, track: Track) -> None:
        role = roles()["drums"]
        buffers = drum_buffers(track, self._score, self._grid.samples)
        if not buffers.any():
            return
        # A hit or more a beat is a beat at full level; fewer are accents, and must not be turned up to one.
        share = min(1.0, len({round(note.start, 1) for note in track.notes}) / self._score.beats)
        sides = [self._filtered(buffer, role, role.high_cut_hz, tilted=True) for buffer in buffers]
        power = sum(self._grid.balance_power(side) for side in sides) / 2.0
        gain = self._gain(track, role, power, share)
        for place, side in enumerate(sides):
            self._route(side, self._mix[place], gain)
            self._route(side, self._send, 0.5 * gain * self._send_level(role, "drums"))

    def _add_player(self, track: Track) -> None:
        instrument, role = instruments()[track.instrument], roles()[track.role]
        buffer = self._played(track, instrument)
        if not buffer.any():
            return
        share = sounding_share(buffer)
        high_cut_hz = _AMP_HIGH_CUT_HZ if instrument.amp else role.high_cut_hz
        tilted = track.role != "bass"
        spectrum = self._filtered(buffer, role, high_cut_hz, tilted=tilted)
        spectrum *= (gain := np.float32(self._gain(track, role, self._grid.balance_power(spectrum), share)))
        del buffer
        if instrument.amp and track.role == "comp":
            second = self._filtered(self._played(track, instrument, take=1), role, high_cut_hz, tilted=tilted)
            second *= gain
            self._place_twice(spectrum, second)
        else:
            self._place(spectrum, role, self._seat(track.role, role))
        self._route(spectrum, self._send, self._send_level(role, track.role))
        if role.echo and self._feel.reverb > _DRY_REVERB:
            self._route(spectrum, self._echo, role.echo)
            self._echoes = True

    def _played(self, track: Track, instrument: Instrument, *, take: int = 0) -> Samples:
        """Return the track's samples through amplifier, overdrive and ducking."""
        buffer = player_buffer(track, self._score, self._grid.samples, take=take)
        if instrument.amp:
            overdrive(buffer, 0.25 + 0.35 * self._feel.drive)
        elif track.role in _DRIVEN_ROLES and self._feel.drive > _AUDIBLE_DRIVE and instrument.name != "growl":
            overdrive(buffer, 0.3 * self._feel.drive)
        if self._feel.pump > _AUDIBLE_PUMP and track.role in _PUMPING_ROLES:
            duck(buffer, self._score.beats, self._feel.pump)
        return buffer

    def _filtered(self, buffer: Samples, role: Role, high_cut_hz: float, *, tilted: bool) -> Spectrum:
        """Return a buffer's spectrum within its role's band, darker for dark music."""
        top_hz = high_cut_hz * 2.0 ** (1.2 * min(0.0, self._feel.brightness))
        spectrum = spectrum_of(buffer)
        for part in self._grid.parts:
            spectrum[part] *= self._grid.band(role.low_cut_hz, top_hz, part)
            if tilted and self._tilt is not None:
                spectrum[part] *= self._tilt[part]
        return spectrum

    def _gain(self, track: Track, role: Role, power: float, share: float) -> float:
        """Return the gain to the role's level while the track sounds, times its share of the music."""
        level_db = _REFERENCE_DB + role.level_db + track.level_db
        return 10.0 ** (level_db / 20.0) * math.sqrt(track.weight * share / max(power, 1e-18))

    def _route(self, spectrum: Spectrum, bus: Spectrum, level: float) -> None:
        for part in self._grid.parts:
            bus[part] += spectrum[part] * np.float32(level)

    def _seat(self, name: str, role: Role) -> float:
        """Return where the next player of a role sits: sides alternate, later ones further out."""
        taken = self._seats.get(name, 0)
        self._seats[name] = taken + 1
        outward = role.pan + _SECOND_SEAT_PAN * math.copysign(taken // 2, role.pan or 1.0)
        pan = -outward if taken % 2 else outward
        return max(-_OUTERMOST_PAN, min(_OUTERMOST_PAN, pan))

    def _place(self, spectrum: Spectrum, role: Role, pan: float) -> None:
        left, right = _pan_gains(pan)
        for part in self._grid.parts:
            channel = spectrum[part]
            if role.wide:
                spread = self._grid.width[part]
                self._mix[0, part] += channel * spread * left
                self._mix[1, part] += channel * np.conj(spread) * right
            else:
                self._mix[0, part] += channel * left
                self._mix[1, part] += channel * right

    def _place_twice(self, first: Spectrum, second: Spectrum) -> None:
        """Seat two takes of one part far left and far right, as guitars are recorded."""
        near, far = np.float32(_DOUBLE_NEAR), np.float32(_DOUBLE_FAR)
        for part in self._grid.parts:
            self._mix[0, part] += first[part] * near + second[part] * far
            self._mix[1, part] += first[part] * far + second[part] * near

    def _send_level(self, role: Role, name: str) -> float:
        return role.send * (0.25 + 1.6 * self._feel.reverb) * (0.6 if name in _DRY_ROLES else 1.0)

    def _add_echo(self) -> None:
        """Add an echo that wanders from side to side in dotted eighths."""
        step = self._grid.delay(round(self._grid.samples / self._score.beats * _ECHO_BEATS))
        level = np.float32(0.35 + 0.9 * self._feel.reverb)
        for part in self._grid.parts:
            band = self._grid.band(_ECHO_LOW_CUT_HZ, _ECHO_HIGH_CUT_HZ, part)
            echo = self._echo[part] * step[part] * (band * level)
            again = echo * step[part] * np.float32(0.55)
            self._mix[0, part] += echo + again * step[part] * np.float32(0.5)
            self._mix[1, part] += again
