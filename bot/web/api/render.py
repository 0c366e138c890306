"""What a render worker does. It runs in a process of its own and is the server's only way to the engine.

This module and what it imports at its top stay light: each worker loads them before the engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.processes import follow_parent, give_way
from bot.web.api.progress import Reporter
from bot.web.api.wanted import Wanted

if TYPE_CHECKING:
    from bot.engine import Piece

Progress = Callable[[int, int], None]

_STEPS_A_TAKE = 100
_COMPOSED = 90
"""Of a take's hundred steps, those until its sound is there; the rest is writing files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderJob:
    """One request to be made. It travels to the worker by pickle, so it holds plain values only."""

    folder: Path
    """Where files and progress go; it exists."""
    wanted: Wanted
    source: Path | None = None
    """Other music that the request names, as it came: a score or audio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What came out: the files lie in the job's folder."""

    output: dict[str, Any]
    """As ``EngineOutput`` has it, with file names where that has addresses."""
    predict_time_s: float


def prepare_worker() -> None:
    """Load the engine before the first riff is asked for; end when the server ends."""
    follow_parent()
    give_way()
    from bot.engine import warm

    warm()


def be_there() -> None:
    """Nothing: submitted once for each worker, so that all of them start at once."""


def render(job: RenderJob, report: Progress | None = None) -> Rendered:
    """Make the music and write its files; progress goes to ``report``, or into the job's folder.

    Raises:
        ValueError: the engine refuses the request or its source, in a plain sentence.
        Stopped: the server asked to stop.
    """
    from bot.engine.explain import explain
    from bot.web.api.files import write_take
    from bot.web.api.making import maker_of

    began_s = time.perf_counter()
    wanted = job.wanted
    report = report or Reporter(job.folder).step
    make = maker_of(wanted.kind, job.source)
    takes: list[dict[str, Any]] = []
    facts: dict[str, Any] = {}
    for number, spec in enumerate(wanted.specs):
        piece = make(spec, _progress_of(number, wanted, report))
        files = write_take(job.folder, piece, wanted, number, _writing(number, wanted, report))
        explained = {"explained": explain(piece, piece.understood)} if wanted.explain else {}
        takes.append({**files, **_facts_of(piece, spec), **explained})
        if number == 0:
            facts = piece.understood.to_json()
        if not wanted.tells_its_search:
            report((number + 1) * _STEPS_A_TAKE, wanted.steps)
        del piece  # before the next is made: a song is 85 MB
    output = {**facts, **takes[0]}
    if len(takes) > 1:
        output["takes"] = takes
    return Rendered(output=output, predict_time_s=time.perf_counter() - began_s)


def _progress_of(number: int, wanted: Wanted, report: Progress) -> Progress:
    """How a take reports its progress as part of the whole."""
    if wanted.tells_its_search:
        return report

    def step(done: int, total: int) -> None:
        report(number * _STEPS_A_TAKE + _COMPOSED * done // max(1, total), wanted.steps)

    return step


def _writing(number: int, wanted: Wanted, report: Progress) -> Progress:
    """How the writing of a take's files is reported, so that it can be stopped, too."""

    def step(done: int, total: int) -> None:
        if wanted.tells_its_search:
            report(wanted.steps, wanted.steps)
            return
        share = (_STEPS_A_TAKE - 1 - _COMPOSED) * done // max(1, total)
        report(number * _STEPS_A_TAKE + _COMPOSED + share, wanted.steps)

    return step


def _facts_of(piece: Piece, spec: dict[str, Any]) -> dict[str, Any]:
    from bot.web.api.sheet import lyrics_of

    understood = piece.understood
    facts = {
        "bpm": understood.bpm,
        "key": understood.key,
        "seed": spec["seed"],
        "duration_s": piece.duration_s,
    }
    told = {"title": piece.score.title, "lyrics": lyrics_of(piece.score)}
    return {**facts, **{name: text for name, text in told.items() if text}}
