"""The mixing desk: tracks in, one stereo spectrum out. Every treatment is a gain on the loop's spectrum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import Samples, Spectrum
from bot.engine.instruments import instruments, roles
from bot.engine.mix.room import room_spectrum
from bot.engine.mix.tracks import drum_buffers, ducked, overdriven, player_buffer, sounding_share

if TYPE_CHECKING:
    from bot.engine.instruments import Role
    from bot.engine.mix.grid import Grid
    from bot.engine.score import Score, Track

_REFERENCE_DB = -20.0
_PUMPING_ROLES = frozenset({"bass", "pad", "comp", "arp"})
_DRIVEN_ROLES = frozenset({"bass", "lead", "vox"})
_AMP_HIGH_CUT_HZ = 7500.0
_REVERB_LOW_CUT_HZ = 180.0
_DRY_ROLES = frozenset({"bass", "drums"})
_SECOND_SEAT_PAN = 0.2
_DOUBLE_NEAR, _DOUBLE_FAR = 0.97, 0.24
_DRY_REVERB = 0.05
_ECHO_BEATS = 0.75  # a dotted eighth
_ECHO_LOW_CUT_HZ, _ECHO_HIGH_CUT_HZ = 300.0, 4500.0


class Desk:
    """Takes the tracks of one score one by one and sums them as spectra."""

    def __init__(self, score: Score, grid: Grid) -> None:
        self._score = score
        self._grid = grid
        bins = len(grid.frequency_hz)
        self._left: Spectrum = np.zeros(bins, np.complex64)
        self._right: Spectrum = np.zeros(bins, np.complex64)
        self._send: Spectrum = np.zeros(bins, np.complex64)
        self._echo: Spectrum = np.zeros(bins, np.complex64)
        self._echoes = False
        self._tilt = grid.tilt(score.feel.brightness * 0.28)
        self._seats: dict[str, int] = {}

    def add(self, track: Track) -> None:
        """Mix one track in at its role's loudness; a silent one is left out."""
        if track.role == "drums":
            self._add_drums(track)
        else:
            self._add_player(track)

    def _add_drums(self, track: Track) -> None:
        buffers = drum_buffers(track, self._score, self._grid.samples)
        if not buffers.any():
            return
        role = roles()["drums"]
        curve = self._curve(role, role.high_cut_hz, tilted=True)
        left, right = np.fft.rfft(buffers, axis=1) * curve
        gain = self._gain(track, role, self._power(left) / 2.0 + self._power(right) / 2.0, 1.0)
        self._left += left * gain
        self._right += right * gain
        self._send += (left + right) * np.float32(gain * 0.5 * self._send_level(role, "drums"))

    def _add_player(self, track: Track) -> None:
        feel = self._score.feel
        instrument = instruments()[track.instrument]
        role = roles()[track.role]
        buffer = player_buffer(track, self._score, self._grid.samples)
        if not buffer.any():
            return
        high_cut_hz = role.high_cut_hz
        if instrument.amp:
            buffer = overdriven(buffer, 0.25 + 0.35 * feel.drive)
            high_cut_hz = _AMP_HIGH_CUT_HZ
        elif track.role in _DRIVEN_ROLES and feel.drive > 0.2 and track.instrument != "growl":
            buffer = overdriven(buffer, 0.3 * feel.drive)
        share = sounding_share(buffer)
        if feel.pump > 0.05 and track.role in _PUMPING_ROLES:
            buffer = ducked(buffer, self._score.beats, feel.pump)
        curve = self._curve(role, high_cut_hz, tilted=track.role != "bass")
        spectrum = np.fft.rfft(buffer) * curve
        gain = self._gain(track, role, self._power(spectrum), share)
        spectrum *= gain
        if instrument.amp and track.role == "comp":
            second = overdriven(
                player_buffer(track, self._score, self._grid.samples, take=1), 0.25 + 0.35 * feel.drive
            )
            self._place_twice(spectrum, np.fft.rfft(second) * (curve * gain))
        else:
            self._place(spectrum, role, self._seat(track.role, role))
        self._send += spectrum * np.float32(self._send_level(role, track.role))
        if role.echo and feel.reverb > _DRY_REVERB:
            self._echo += spectrum * np.float32(role.echo)
            self._echoes = True

    def _curve(self, role: Role, high_cut_hz: float, *, tilted: bool) -> Samples:
        dark = 2.0 ** (1.2 * min(0.0, self._score.feel.brightness))
        curve = self._grid.band(role.low_cut_hz, high_cut_hz * dark)
        return curve * self._tilt if tilted and self._tilt is not None else curve

    def _power(self, spectrum: Spectrum) -> float:
        """Return the weighted mean power of a channel, by Parseval's theorem."""
        weighted = spectrum * self._grid.balance
        energy = float(np.square(weighted.real).sum() + np.square(weighted.imag).sum())
        return 2.0 * energy / self._grid.samples**2

    def _gain(self, track: Track, role: Role, power: float, share: float) -> np.float32:
        """Return the gain to the role's level while the track sounds, times its share of the music."""
        level_db = _REFERENCE_DB + role.level_db + track.level_db
        return np.float32(10.0 ** (level_db / 20.0) * math.sqrt(track.weight * share / max(power, 1e-18)))

    def _seat(self, name: str, role: Role) -> float:
        """Return where the next player of a role sits: sides alternate, later ones further out."""
        taken = self._seats.get(name, 0)
        self._seats[name] = taken + 1
        side = -1.0 if taken % 2 else 1.0
        return max(
            -0.9, min(0.9, side * (role.pan + _SECOND_SEAT_PAN * math.copysign(taken // 2, role.pan or 1.0)))
        )

    def _place(self, spectrum: Spectrum, role: Role, pan: float) -> None:
        angle = (pan + 1.0) * math.pi / 4.0
        left, right = (
            np.float32(math.sqrt(2.0) * math.cos(angle)),
            np.float32(math.sqrt(2.0) * math.sin(angle)),
        )
        if role.wide:
            self._left += spectrum * self._grid.width * left
            self._right += spectrum * np.conj(self._grid.width) * right
        else:
            self._left += spectrum * left
            self._right += spectrum * right

    def _place_twice(self, first: Spectrum, second: Spectrum) -> None:
        """Seat two takes of one part far left and far right, as guitars are recorded."""
        near, far = np.float32(_DOUBLE_NEAR), np.float32(_DOUBLE_FAR)
        self._left += first * near + second * far
        self._right += first * far + second * near

    def _send_level(self, role: Role, name: str) -> float:
        return role.send * (0.25 + 1.6 * self._score.feel.reverb) * (0.6 if name in _DRY_ROLES else 1.0)

    def mixed(self) -> Spectrum:
        """Return the sum with reverb, (2, bins), without DC."""
        room = room_spectrum(self._score.feel.reverb, self._grid.samples)
        cut = np.float32(_REVERB_LOW_CUT_HZ) / (self._grid.frequency_hz + np.float32(0.1))
        self._send /= 1.0 + (cut * cut) ** 2
        room *= self._send
        room[0] += self._left
        room[1] += self._right
        if self._echoes:
            self._add_echo(room)
        room[:, 0] = 0.0
        return room

    def _add_echo(self, mixed: Spectrum) -> None:
        """Add an echo that wanders from side to side in dotted eighths."""
        samples = self._grid.samples
        step = self._grid.delay(round(samples / self._score.beats * _ECHO_BEATS))
        level = np.float32(0.35 + 0.9 * self._score.feel.reverb)
        echo = self._echo * (self._grid.band(_ECHO_LOW_CUT_HZ, _ECHO_HIGH_CUT_HZ) * level) * step
        mixed[0] += echo
        echo = echo * step * np.float32(0.55)
        mixed[1] += echo
        mixed[0] += echo * step * np.float32(0.5)
