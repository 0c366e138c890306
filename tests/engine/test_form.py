"""Lengths: whole bars, whole picture columns, loops of 5 to 12 s, and asked lengths."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.compose.form import RESTING_ROLES, is_smooth, next_smooth, plan_form
from bot.engine.theory.metre import BEATS, metre_of

TEMPO = st.floats(46.0, 210.0)


@given(TEMPO, st.sampled_from(BEATS), st.booleans())
@settings(deadline=None)
def test_loops_last_five_to_twelve_seconds(bpm: float, meter: int, asked: bool) -> None:
    """A loop is 1, 2, 4, 8 or, of two-four, 16 bars of 5 to 12 s, within 1 % of its tempo."""
    form = plan_form(bpm, meter, None, asked_bpm=asked)
    assert form.bars in {1, 2, 4, 8, 16}
    assert 4.95 <= form.frames / 100 <= 12.1
    assert abs(form.frames / 100 / (form.bars * meter * 60 / form.bpm) - 1) < 0.01
    assert form.bpm == bpm or (not asked and bpm < form.bpm <= bpm * 1.0601)


@given(TEMPO, st.sampled_from(BEATS), st.floats(1.0, 60.0), st.booleans())
@settings(deadline=None)
def test_asked_lengths_end_on_the_next_bar_line(bpm: float, meter: int, length_s: float, asked: bool) -> None:
    """The music is at least as long as asked and at most one bar (and a rounding) longer."""
    form = plan_form(bpm, meter, length_s, asked_bpm=asked)
    bar_s = meter * 60 / form.bpm
    assert length_s - 0.01 <= form.frames / 100 <= length_s + bar_s * 1.03 + 0.3
    assert form.bpm == bpm if asked else abs(form.bpm / bpm - 1) < 0.026


@given(TEMPO, st.floats(1.0, 60.0))
@settings(deadline=None)
def test_sections_cover_all_bars_and_the_last_one_is_full(bpm: float, length_s: float) -> None:
    """Sections follow each other without gaps, and nobody rests in the last."""
    form = plan_form(bpm, 4, length_s, asked_bpm=True)
    assert [part.first_bar for part in form.sections] == [
        sum(before.bars for before in form.sections[:place]) for place in range(len(form.sections))
    ]
    assert sum(part.bars for part in form.sections) == form.bars
    assert form.sections[-1].name not in RESTING_ROLES


def test_round_lengths_are_met_exactly_when_no_tempo_was_asked() -> None:
    """A tempo nobody asked for gives way, so that a minute is a minute."""
    assert plan_form(104.3, 4, 60.0, asked_bpm=False).frames == 6000


@given(TEMPO, st.sampled_from(BEATS), st.integers(1, 12))
@settings(deadline=None)
def test_asked_bars_are_those_on_paper(bpm: float, meter: int, bars: int) -> None:
    """So many written bars are played, one more where the metre is written in pairs, at the asked tempo."""
    written = metre_of(meter).written_bars
    if bars * meter * 60 / bpm / written > 55:
        return
    form = plan_form(bpm, meter, None, asked_bpm=False, bars=bars)
    assert form.bars * written - bars in range(written)
    assert form.bpm == bpm


@given(st.integers(2, 7000))
def test_smooth_lengths_are_close(frames: int) -> None:
    """The next length with a fast transform is never far."""
    assert is_smooth(next_smooth(frames))
    assert frames <= next_smooth(frames) <= frames * 1.02 + 2
