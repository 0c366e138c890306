"""A long riff is told, not copied: phrases come back changed, sections lead on, short loops stay loops."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine import Score
from bot.engine.compose import compose
from bot.engine.compose.melody import MelodyTask, propose
from bot.engine.compose.variation import varied
from bot.engine.score.model import Track
from bot.engine.styles.blend import mix_styles
from bot.engine.styles.from_intent import style_for
from bot.engine.styles.patterns import patterns
from bot.engine.words.lexicon import understand

PROMPTS = ("pop", "techno", "jazz", "funk", "trap", "hip hop", "minimal techno", "ambient", "folk in 3")
HABITS = st.sampled_from(sorted(patterns().lead))


def minute_of(prompt: str) -> Score:
    """Return the score of a minute."""
    style = style_for(understand(prompt), 3)
    return compose(mix_styles([(style, 1.0)]), seed=3, search_steps=10, length_s=60.0)


def phrases(score: Score, track: Track) -> list[tuple[object, ...]]:
    """Return what a track plays in each whole phrase of four bars, in beats from the phrase's start."""
    size = 4 * score.meter
    return [
        tuple(
            sorted(
                (round(note.start - start, 1), round(note.pitch), note.mark)
                for note in track.notes
                if start - 0.1 <= note.start < start + size - 0.1
            )
        )
        for start in range(0, score.beats - size + 1, size)
    ]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_minute_never_plays_the_same_phrase_twice(prompt: str) -> None:
    """Over all players together no four bars are like any others."""
    score = minute_of(prompt)
    together = list(zip(*(phrases(score, track) for track in score.tracks), strict=True))
    assert len(together) >= 3
    assert len(set(together)) == len(together)


@pytest.mark.parametrize("prompt", ["pop", "jazz", "funk", "trap"])
def test_a_melody_comes_back_changed_but_known(prompt: str) -> None:
    """Each time the lead plays, it is another phrase; its opening notes still share most of their places."""
    score = minute_of(prompt)
    lead = next(track for track in score.tracks if track.role == "lead")
    heard = [phrase for phrase in phrases(score, lead) if phrase]
    assert len(set(heard)) == len(heard)


@given(HABITS, st.integers(1, 12), st.sampled_from([1, 2, 4, 8]), st.sampled_from([12, 16, 20, 24, 28]))
@settings(deadline=None)
def test_a_varied_theme_is_still_a_theme(habit: str, turn: int, bars: int, steps: int) -> None:
    """Notes stay in order, apart, inside their phrase and in reach; the end and the first time stay."""
    task = MelodyTask((1, habit), habit, bars, steps, 0.5)
    theme = propose(task, 0)
    told = varied(theme, turn, steps, task.name)
    assert varied(theme, 0, steps, task.name) == theme
    assert varied(theme, turn, steps, task.name) == told
    assert told != theme or len(theme) < 2
    places = [note.step for note in told]
    assert places == sorted(set(places))
    assert all(before.step + before.length <= after.step for before, after in pairwise(told))
    assert all(note.length >= 1 and note.step + note.length <= bars * steps for note in told)
    assert all(-12 <= note.degree <= 16 for note in told)
    assert told[-1] == theme[-1]


def test_a_short_loop_is_one_section_without_changes_of_chords() -> None:
    """Four bars are the progression as it is written: nothing leads away from a loop."""
    style = style_for(understand("pop 120 bpm"), 3)
    score = compose(mix_styles([(style, 1.0)]), seed=3, search_steps=2)
    assert [part.name for part in score.sections] == ["loop"]
    assert all(len(bar) == 1 for bar in score.chords)


def test_sections_of_a_long_riff_have_chords_of_their_own() -> None:
    """The lift and the break leave the first progression, and section ends lead on."""
    score = minute_of("pop")
    chords = {
        part.name: score.chords[part.first_bar : part.first_bar + 2] for part in reversed(score.sections)
    }
    assert chords["lift"] != chords["full"]
    last_bars = [score.chords[part.first_bar + part.bars - 1] for part in score.sections[1:]]
    assert any(len(bar) == 2 for bar in last_bars)


def test_fills_close_sections_and_differ() -> None:
    """At the end of a section the drums roll, and not always in the same shape."""
    score = minute_of("rock")
    drums = next(track for track in score.tracks if track.role == "drums")
    rolls = {
        tuple(
            (round(note.start - end, 2), note.mark)
            for note in drums.notes
            if end - 1.01 <= note.start < end - 0.01
            and note.mark in {"snare", "tomh", "tomm", "toml", "kick"}
        )
        for end in ((part.first_bar + part.bars) * score.meter for part in score.sections)
    }
    assert len(rolls) >= 3
