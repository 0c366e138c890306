"""The singer's pitch, by a tracker that is not ours."""

from __future__ import annotations

import numpy as np
import pytest

from bot.engine.arrays import SAMPLE_RATE_HZ, midi_to_hz
from bot.engine.score.model import Note, SungLine
from bot.engine.singing import SING_LEAD_S, sing
from tests.engine.acceptance import ears
from tests.engine.singing.support import LOWEST

BPM = 90.0
AROUND = SAMPLE_RATE_HZ // 5  # two swings of a vibrato and more


@pytest.mark.parametrize("voice", ["male", "female", "child"])
@pytest.mark.parametrize("text", ["oh my love", "我爱你"])
def test_each_note_is_where_the_score_has_it(voice: str, text: str) -> None:
    """In the middle of each held note, YIN finds the written pitch within 30 cents."""
    notes = [Note(2.0 * place, 2.0, LOWEST[voice] + 3 + step, 0.9) for place, step in enumerate((0, 4, 2))]
    sound = sing(SungLine(text, notes), voice=voice, bpm=BPM, seed=2)
    for note in notes:
        middle = round((SING_LEAD_S + (note.start + note.length / 2) * 60.0 / BPM) * SAMPLE_RATE_HZ)
        expected_hz = float(midi_to_hz(note.pitch))
        piece = sound[middle - AROUND : middle + AROUND]
        cents = 1200.0 * np.log2(ears.fundamental_hz(piece, expected_hz) / expected_hz)
        assert abs(cents) <= 30.0
