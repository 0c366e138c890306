"""The singer: in tune, on time, repeatable, and each voice its own."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples
from bot.engine.score.model import Note, SungLine
from bot.engine.singing import SING_LEAD_S, sing
from tests.engine.singing.support import LOWEST, SONG_BPM, cents_off, sung, tune

TEXT = "we are sailing home along the river"
VOICES = ("male", "female", "child", "choir")


def level(sound: Samples) -> float:
    """Return the root mean square of a stretch."""
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def centroid_hz(sound: Samples, low_hz: float, high_hz: float) -> float:
    """Return where the energy between two frequencies has its middle."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    frequency = np.fft.rfftfreq(len(sound), 1.0 / SAMPLE_RATE_HZ)
    inside = (frequency > low_hz) & (frequency < high_hz)
    return float(np.sum(frequency[inside] * power[inside]) / np.sum(power[inside]))


@pytest.mark.parametrize("voice", VOICES)
def test_a_sung_line_is_in_tune(voice: str) -> None:
    """In the steady part of each note the pitch is within 30 cents of the score, at song pace and held."""
    line = tune(TEXT, voice)
    sound = sing(line, voice=voice, bpm=SONG_BPM, seed=3)
    assert max(abs(cents_off(sound, note, 0.0, SONG_BPM)) for note in line.notes) < 30.0
    held = SungLine("oh my love", [Note(10.0 + 3.0 * k, 3.0, LOWEST[voice] + 5 - k, 0.9) for k in range(3)])
    sound = sing(held, voice=voice, bpm=SONG_BPM, seed=4)
    assert max(abs(cents_off(sound, note, 10.0, SONG_BPM)) for note in held.notes) < 30.0


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("rapped", [False, True])
def test_the_same_line_is_the_same_sound(voice: str, rapped: bool) -> None:
    """Same arguments, same samples; another seed gives another take."""
    first, again = sung(TEXT, voice, rapped=rapped), sung(TEXT, voice, rapped=rapped)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, sung(TEXT, voice, rapped=rapped, seed=2))


@pytest.mark.parametrize("text", [TEXT, "月亮代表我的心", "mmm strengths shh 1999 zorp", "a", "hm"])
@pytest.mark.parametrize("voice", VOICES)
def test_sound_is_clean_and_bounded(text: str, voice: str) -> None:
    """Mono float32, finite, peak as promised, silent before and after, whatever is sung."""
    line = tune(text, voice)
    sound = sing(line, voice=voice, bpm=SONG_BPM, seed=1)
    assert sound.dtype == np.float32
    assert sound.ndim == 1
    assert np.isfinite(sound).all()
    assert 0.5 < float(np.abs(sound).max()) <= 0.81
    assert abs(float(sound.mean())) < 1e-3
    end = SING_LEAD_S + (line.notes[-1].start + line.notes[-1].length) * 60.0 / SONG_BPM
    assert round(end * SAMPLE_RATE_HZ) <= len(sound) < round((end + 1.0) * SAMPLE_RATE_HZ)
    assert level(sound[-2000:]) < 1e-3


def test_vowels_start_on_their_notes() -> None:
    """Energy of the voice rises at each note of "da da da", and nothing sounds long before the first."""
    line = SungLine("da da da da", [Note(float(k), 0.9, 52.0, 0.8) for k in range(4)])
    sound = sing(line, voice="male", bpm=60.0, seed=1)
    for note in line.notes:
        start = round((SING_LEAD_S + note.start) * SAMPLE_RATE_HZ)
        assert level(sound[start + 1500 : start + 4000]) > 4.0 * level(sound[start - 2500 : start - 700])
    assert level(sound[: round((SING_LEAD_S - 0.2) * SAMPLE_RATE_HZ)]) < 1e-3


def test_a_rest_in_a_line_is_silent() -> None:
    """Between notes that are apart, the singer is silent."""
    line = SungLine("la la", [Note(0.0, 1.0, 60.0, 0.8), Note(4.0, 1.0, 62.0, 0.8)])
    sound = sing(line, voice="female", bpm=60.0, seed=1)
    quiet = sound[round((SING_LEAD_S + 1.6) * SAMPLE_RATE_HZ) : round((SING_LEAD_S + 3.4) * SAMPLE_RATE_HZ)]
    assert level(quiet) < 1e-3


def test_smaller_throats_sound_smaller() -> None:
    """On the same note the same vowels lie higher for a woman than for a man, and higher for a child."""
    line = SungLine("la la la la", [Note(float(k), 1.0, 57.0, 0.8) for k in range(4)])
    sounds = [sing(line, voice=voice, bpm=90.0, seed=1) for voice in ("male", "female", "child")]
    assert all(low < high * 0.97 for low, high in pairwise(centroid_hz(one, 200.0, 4500.0) for one in sounds))


def test_vowels_and_hisses_differ() -> None:
    """ "ee" has more above 1.8 kHz than "ah"; "s" lies far above "sh"."""
    ee, ah = (
        sing(SungLine(text, [Note(0.0, 2.0, 50.0, 0.8)]), voice="male", bpm=90.0, seed=1)
        for text in ("e", "ah")
    )
    assert centroid_hz(ee, 600.0, 5000.0) > centroid_hz(ah, 600.0, 5000.0) + 500.0
    before = slice(round((SING_LEAD_S - 0.08) * SAMPLE_RATE_HZ), round((SING_LEAD_S - 0.03) * SAMPLE_RATE_HZ))
    see, she = (
        sing(SungLine(text, [Note(0.0, 2.0, 50.0, 0.8)]), voice="male", bpm=90.0, seed=1)[before]
        for text in ("see", "she")
    )
    assert centroid_hz(see, 500.0, 11_000.0) > centroid_hz(she, 500.0, 11_000.0) + 1500.0


def test_long_notes_swing_and_short_ones_do_not() -> None:
    """Vibrato comes late: the pitch of a long note's end moves, that of its beginning stands."""
    line = SungLine("ah", [Note(0.0, 4.0, 60.0, 0.8)])
    sound = sing(line, voice="female", bpm=90.0, seed=1)
    early, late = (
        [
            cents_off(sound, Note(at, 0.01, 60.0, 0.8), 0.0, 90.0)
            for at in np.arange(start, start + 0.45, 0.03)
        ]
        for start in (0.2, 2.5)
    )
    assert np.ptp(late) > 2.0 * np.ptp(early)
    assert np.ptp(late) > 15.0


def test_tones_bend_the_rapped_voice() -> None:
    """A rapped fourth tone falls; a second tone rises."""
    falls, rises = (
        [cents_off(sound, Note(at, 0.01, 55.0, 0.8), 0.0, 90.0) for at in (0.15, 0.8)]
        for sound in (
            sing(SungLine(text, [Note(0.0, 1.0, 55.0, 0.8)], rapped=True), voice="male", bpm=90.0, seed=1)
            for text in ("大", "拿")
        )
    )
    assert falls[1] < falls[0] - 100.0
    assert rises[1] > rises[0] + 100.0


def test_what_does_not_fit_is_refused() -> None:
    """A note for each syllable, and a voice that exists."""
    with pytest.raises(ValueError, match="2 syllables"):
        sing(SungLine("hello", [Note(0.0, 1.0, 60.0, 0.8)]), voice="male", bpm=90.0, seed=1)
    with pytest.raises(KeyError):
        sing(tune("hello", "male"), voice="whale", bpm=90.0, seed=1)
    assert len(sing(SungLine("🙂", []), voice="male", bpm=90.0, seed=1)) == 0
    named, short = (
        sing(tune("hi", "male"), voice=name, bpm=90.0, seed=1) for name in ("singer_male", "male")
    )
    assert np.array_equal(named, short)


def test_a_long_held_high_note_needs_little_memory() -> None:
    """Its thousands of pulses are made some at a time."""
    line = SungLine("la", [Note(0, 20, 96, 1.0)])
    sing(SungLine("la", [Note(0, 1, 96, 1.0)]), voice="child", bpm=60.0, seed=1)  # tables are read
    tracemalloc.start()
    try:
        sing(line, voice="child", bpm=60.0, seed=1)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 60_000_000
