"""Melodies are searched for: more steps are more search, and the ends fit."""

from __future__ import annotations

import pytest

from bot.engine.compose.melody import MelodySearch, MelodyTask, judge, propose
from bot.engine.styles.patterns import patterns


def task_for(habit: str, bars: int = 4) -> MelodyTask:
    """Return a melody task of a habit."""
    return MelodyTask((1, habit), habit, bars, 16, 0.5)


@pytest.mark.parametrize("habit", sorted(patterns().lead))
@pytest.mark.parametrize("bars", [1, 2, 4, 8])
def test_notes_stay_in_their_bars_and_in_reach(habit: str, bars: int) -> None:
    """Steps rise, notes do not overlap, degrees stay singable, and the last note is stable."""
    melody = propose(task_for(habit, bars), 0)
    steps = [note.step for note in melody]
    assert steps == sorted(set(steps))
    assert steps[0] >= 0
    assert steps[-1] < bars * 16
    assert all(note.length >= 1 and note.step + note.length <= bars * 16 for note in melody)
    assert all(-7 <= note.degree <= 14 for note in melody)
    assert melody[-1].strong


def test_more_steps_never_find_a_worse_melody() -> None:
    """The critic's value rises with the number of steps, and really does so."""
    task = task_for("mel")
    search = MelodySearch([task])
    values: list[float] = []
    for number in range(60):
        search.step(number)
        values.append(search.value(task.name))
    assert values == sorted(values)
    assert values[-1] > values[0]


@pytest.mark.parametrize("habit", sorted(patterns().lead))
def test_search_pays_for_every_habit(habit: str) -> None:
    """For each habit sixty candidates never end in a worse melody than five, and mostly in a better one."""

    def best_of(candidates: int, seed: int) -> float:
        task = MelodyTask((seed, habit), habit, 4, 16, 0.5)
        search = MelodySearch([task])
        for number in range(candidates):
            search.step(number)
        return search.value(task.name)

    gains = [best_of(60, seed) - best_of(5, seed) for seed in range(8)]
    assert min(gains) >= 0.0
    assert sum(gains) > 0.0


def test_the_search_reports_what_it_found() -> None:
    """The report has the number of candidates, and a best value that is not below the first."""
    search = MelodySearch([task_for("mel"), task_for("riff")])
    assert search.report() == {}
    for number in range(12):
        search.step(number)
    report = search.report()
    assert (report["melodies"], report["candidates"]) == (2, 12)
    assert report["best"] >= report["first"]


def test_the_critic_prefers_a_melody_to_a_siren() -> None:
    """One note hammered all along is worth less than any found melody."""
    task = task_for("mel")
    search = MelodySearch([task])
    for number in range(10):
        search.step(number)
    best = search.best(task.name)
    siren = [type(note)(note.step, note.length, 0, note.strong, note.velocity) for note in best]
    assert judge(siren, task) < search.value(task.name)
