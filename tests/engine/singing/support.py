"""Tunes, a recogniser and a pitch meter for the singing tests."""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples, midi_to_hz
from bot.engine.chance import dice
from bot.engine.score.model import Note, SungLine
from bot.engine.singing import SING_LEAD_S, sing, syllables

if TYPE_CHECKING:
    from collections.abc import Sequence

SONG_BPM = 90.0  # eighths: three syllables a second
RAP_BPM = 165.0  # eighths: five and a half
LOWEST = {"male": 48, "female": 57, "child": 60, "choir": 57}
_MAJOR = (0, 2, 4, 5, 7, 9, 11, 12)
_STEPS = (-2, -1, -1, 0, 1, 1, 2)
_TUNING_LINES = 60
_HEARING_RATE_HZ = 16_000
_ROOM_HUSH = 1e-3  # -60 dB: a recogniser has never heard a room without any noise
_AROUND_S = 0.3


def tune(text: str, voice: str, *, rapped: bool = False) -> SungLine:
    """Return a line on a plain tune in eighths within the octave that songs give a voice."""
    count = len(syllables(text))
    chance = dice("tune", text)
    step = chance.randrange(2, 5)
    notes: list[Note] = []
    for number in range(count):
        length = 1.0 if number == count - 1 else 0.5
        notes.append(Note(number * 0.5, length, LOWEST[voice] + _MAJOR[step], 0.8))
        step = min(len(_MAJOR) - 1, max(0, step + chance.choice(_STEPS)))
    return SungLine(text, notes, rapped=rapped)


def sung(text: str, voice: str, *, rapped: bool = False, seed: int = 1) -> Samples:
    """Return a line on its plain tune, sung at song pace or rapped."""
    line = tune(text, voice, rapped=rapped)
    return sing(line, voice=voice, bpm=RAP_BPM if rapped else SONG_BPM, seed=seed)


@lru_cache(maxsize=1)
def untuned_lines() -> list[str]:
    """Return the 140 lines that the singer was not tuned on; the first 60 of the 200 were used."""
    return (Path(__file__).parent / "lines.txt").read_text("utf-8").splitlines()[_TUNING_LINES:]


@lru_cache(maxsize=1)
def _recogniser() -> Any:  # the package has no type hints
    return importlib.import_module("pocketsphinx").Decoder(
        lm=None, samprate=float(_HEARING_RATE_HZ), loglevel="FATAL"
    )


def understood(lines: Sequence[str], sounds: Sequence[Samples]) -> int:
    """Return how many sounds a recogniser, offered these lines and no others, takes for the right one."""
    decoder = _recogniser()
    decoder.add_jsgf_string("lines", f"#JSGF V1.0;\ngrammar lines;\npublic <line> = {' | '.join(lines)};\n")
    decoder.activate_search("lines")
    right = 0
    for line, sound in zip(lines, sounds, strict=True):
        decoder.start_utt()
        decoder.process_raw(_as_heard(sound), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        right += int(found is not None and found.hypstr == line)
    return right


def _as_heard(sound: Samples) -> bytes:
    """Return a sound in a quiet room, as 16-bit samples at the recogniser's rate."""
    around = round(_AROUND_S * SAMPLE_RATE_HZ)
    whole = np.pad(sound.astype(np.float64), (around, around + -len(sound) % 441 + 441))
    whole = whole[: len(whole) - len(whole) % 441]
    whole += _ROOM_HUSH * np.random.default_rng(0).standard_normal(len(whole))
    count = len(whole) * _HEARING_RATE_HZ // SAMPLE_RATE_HZ
    heard = np.fft.irfft(np.fft.rfft(whole)[: count // 2 + 1], count)
    heard *= 0.7 / np.abs(heard).max()
    return (heard * 32_767).astype(np.int16).tobytes()


def cents_off(sound: Samples, note: Note, zero: float, bpm: float) -> float:
    """Return how many cents the steady part of a note is off its pitch, the median of six looks."""
    beat_s = 60.0 / bpm
    start_s = SING_LEAD_S + (note.start - zero) * beat_s
    wanted_hz = midi_to_hz(note.pitch)
    low = _below_breath(sound)
    looks = [
        _pitch_hz(low, start_s + share * note.length * beat_s, wanted_hz)
        for share in (0.2, 0.24, 0.28, 0.32, 0.36, 0.4)
    ]
    return float(np.median([1200.0 * np.log2(found_hz / wanted_hz) for found_hz in looks]))


def _below_breath(sound: Samples) -> Samples:
    """Return a voice's part below some 900 Hz, where its lowest harmonics are and no breath is."""
    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1.0 / SAMPLE_RATE_HZ)
    return np.fft.irfft(spectrum / (1.0 + (frequency / 900.0) ** 8), len(sound)).astype(np.float32)


def _pitch_hz(sound: Samples, at_s: float, near_hz: float) -> float:
    """Return the pitch around a moment within a fourth of a guess, by the normalised difference of YIN."""
    window = round(0.045 * SAMPLE_RATE_HZ)
    first = round(at_s * SAMPLE_RATE_HZ) - window // 2
    shortest, longest = (round(SAMPLE_RATE_HZ / near_hz * factor) for factor in (0.75, 1.34))
    here = sound[first : first + window].astype(np.float64)
    unlike = np.array(
        [np.sum((here - sound[first + lag : first + lag + window]) ** 2) for lag in range(shortest, longest)]
    )
    best = int(np.argmin(unlike[1:-1])) + 1
    before, at, after = unlike[best - 1 : best + 2]
    shift = 0.5 * (before - after) / (before - 2.0 * at + after)
    return SAMPLE_RATE_HZ / (shortest + best + shift)
