"""Metres: read from words, laid out in groups, and played by everybody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine import Score
from bot.engine.compose import compose
from bot.engine.styles.blend import mix_styles
from bot.engine.styles.from_intent import style_for
from bot.engine.styles.patterns import patterns
from bot.engine.styles.templates import genres
from bot.engine.theory.metre import BEATS, SPELLINGS, fitted, group_starts, metre_of, source_steps
from bot.engine.words.lexicon import understand

LABELS = st.sampled_from([template.label for template in genres().values()])


def composed(prompt: str, seed: int = 3) -> Score:
    """Return the score of a prompt without any seed image."""
    return compose(mix_styles([(style_for(understand(prompt), seed), 1.0)]), seed=seed, search_steps=2)


@pytest.mark.parametrize("beats", BEATS)
def test_groups_fill_the_bar(beats: int) -> None:
    """Groups sum to the bar, each begins on its own step, and every step is danced to a pattern's."""
    metre = metre_of(beats)
    assert sum(metre.groups) == beats * 4 == len(source_steps(beats))
    assert len(metre.groups) == len(metre.cells) == len(set(group_starts(beats)))
    assert all(0 <= step < 16 for step in source_steps(beats))
    assert all(source_steps(beats)[start] % 4 == 0 for start in group_starts(beats))


def test_four_four_is_danced_as_it_is_written() -> None:
    """In four nothing changes, and a waltz plays the first three beats."""
    assert source_steps(4) == tuple(range(16))
    assert source_steps(3) == tuple(range(12))


@given(st.sampled_from(sorted({*patterns().bass.values()})), st.sampled_from(BEATS))
def test_any_pattern_fits_any_metre(pattern: str, beats: int) -> None:
    """A fitted pattern has a sign for every step, and none that it had not before."""
    steps = fitted(pattern, beats)
    assert len(steps) == beats * 4
    assert set(steps) <= set(pattern)
    assert steps[0] == pattern[0]


@pytest.mark.parametrize(
    ("prompt", "beats", "name"),
    [
        ("rock in 6/8", 6, "6/8"),
        ("slow blues 12/8", 6, "12/8"),
        ("jazz in 5/4", 5, "5/4"),
        ("jazz in five", 5, "5/4"),
        ("metal, seven-eight", 7, "7/8"),
        ("progressive house in 7", 7, "7/8"),
        ("folk in 3", 3, "3/4"),
        ("waltz time folk", 3, "3/4"),
        ("odd time signature fusion", 7, "7/8"),
        ("三拍子 民谣", 3, "3/4"),
        ("八六拍 民谣", 6, "6/8"),
        ("五拍子 爵士", 5, "5/4"),
        ("四分之五 爵士", 5, "5/4"),
        ("rock 9/8 time", 9, "9/8"),
    ],
)
def test_metres_are_read(prompt: str, beats: int, name: str) -> None:
    """Metres come as fractions, in words and in Chinese, and the style takes them over."""
    intent = understand(prompt)
    assert (intent.meter, intent.meter_name) == (beats, name)
    assert style_for(intent, 1).meter == beats
    assert intent.ignored == [word for word in intent.ignored if not word.isdigit()]


def test_a_metre_that_nobody_can_play_is_told() -> None:
    """An unknown fraction is noted with what is played instead."""
    assert understand("rock in 11/8").clamped == [("metre", "11/8", "4/4")]
    assert understand("open 24/7").meter is None


@given(LABELS, st.sampled_from(sorted(SPELLINGS)))
@settings(max_examples=60, deadline=None)
def test_every_genre_plays_in_every_metre(label: str, metre: str) -> None:
    """Whole bars of the asked metre, events inside the piece, and somebody on the first beat."""
    score = composed(f"{label}, {metre} time")
    assert score.meter == SPELLINGS[metre]
    assert len(score.chords) == score.bars
    starts = [note.start for track in score.tracks for note in track.notes]
    assert -0.1 <= min(starts) < 0.3
    assert max(starts) < score.beats
    assert max(starts) >= score.beats - score.meter


@pytest.mark.parametrize(("prompt", "backbeat"), [("rock in 6/8", 1.5), ("rock", 1.0), ("rock in 3/4", 1.0)])
def test_the_backbeat_falls_on_the_second_group(prompt: str, backbeat: float) -> None:
    """In six-eight the snare answers the kick after a dotted quarter."""
    drums = next(track for track in composed(prompt).tracks if track.role == "drums")
    snares = [note.start for note in drums.notes if note.mark == "snare"]
    assert min(snares) == pytest.approx(backbeat)


def test_two_bars_on_paper_are_one_of_the_score() -> None:
    """Seven-eight has two chords in a score's bar of seven quarters, so that each written bar has its own."""
    assert all(len(bar) == 2 for bar in composed("rock in 7/8").chords)
