"""Chords, progressions and voice leading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.score.model import Chord, key_name
from bot.engine.styles.templates import genres
from bot.engine.theory.harmony import SCALES, Harmony, parse_bar, parse_chord, progression_is_minor
from bot.engine.theory.reharmonise import reharmonise


@pytest.mark.parametrize(
    ("symbol", "chord"),
    [
        ("I", Chord(0, (0, 4, 7))),
        ("iv7", Chord(5, (0, 3, 7, 10))),
        ("bVImaj7", Chord(8, (0, 4, 7, 11))),
        ("V13", Chord(7, (0, 4, 10, 14, 21))),
        ("iiø", Chord(2, (0, 3, 6, 10))),
        ("isus2", Chord(0, (0, 2, 7))),
        ("bII5", Chord(1, (0, 7))),
    ],
)
def test_roman_numerals(symbol: str, chord: Chord) -> None:
    """Chord symbols mean root and intervals."""
    assert parse_chord(symbol) == chord


@pytest.mark.parametrize("nonsense", ["", "H7", "Iwhat", "7"])
def test_nonsense_is_no_chord(nonsense: str) -> None:
    """What is no chord raises ValueError."""
    with pytest.raises(ValueError, match="not a chord"):
        parse_chord(nonsense)


def test_a_bar_may_hold_two_chords() -> None:
    """A slash parts a bar in halves."""
    assert [chord.root for chord in parse_bar("V7/IV7")] == [7, 5]


@pytest.mark.parametrize("minor", [True, False])
def test_every_progression_can_be_moved_to_the_other_mode(minor: bool) -> None:
    """Reharmonised progressions are readable and have a tonic chord of the wanted mode."""
    for template in genres().values():
        for progression in template.progressions:
            if template.mode in {"maj", "min"} and progression_is_minor(progression) != minor:
                moved = reharmonise(progression, minor=minor)
                assert len(moved) == len(progression)
                for bar in moved:
                    parse_bar(bar)


@given(
    tonic=st.integers(0, 11),
    mode=st.sampled_from(sorted(SCALES)),
    symbols=st.lists(
        st.sampled_from(["I", "i", "IV9", "V13", "bVImaj7", "ii7", "bII", "v7"]), min_size=2, max_size=4
    ),
)
def test_voicings_hold_only_chord_tones_and_move_little(tonic: int, mode: str, symbols: list[str]) -> None:
    """Each voicing is chord tones around its centre, and no voice leaps more than an octave."""
    harmony = Harmony(tonic, mode, len(symbols), 16, [parse_bar(symbol) for symbol in symbols])
    previous: list[int] | None = None
    for bar in range(len(symbols)):
        pitches = harmony.voicing(bar * 16, previous, 60, 4)
        assert {pitch % 12 for pitch in pitches} <= harmony.chord_classes(bar * 16)
        assert all(45 <= pitch <= 76 for pitch in pitches)
        for pitch in pitches if previous else []:
            assert min(abs(pitch - old) for old in previous or [pitch]) <= 7
        previous = pitches


def test_keys_are_spelled_as_musicians_spell_them() -> None:
    """Sharps for minor keys, flats for major ones, where that is the custom."""
    assert [key_name(1, "min"), key_name(1, "maj"), key_name(10, "maj"), key_name(6, "min")] == [
        "C# minor",
        "Db major",
        "Bb major",
        "F# minor",
    ]
