"""What the command line says about music that it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import HostError, OutcomeUnknown
from bot.ui.words import say, sentence

if TYPE_CHECKING:
    from bot.audio.export import Report


def as_json(report: Report, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Everything about one file, as plain values."""
    told = {**asdict(report), **extra}
    return {name: _plain(value) for name, value in told.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def in_words(report: Report, also: list[Path]) -> str:
    """Where it is and how it sounds; what the host did not tell and nobody heard is left out."""
    tempo = None if report.bpm is None else say("cli.tempo", bpm=report.bpm)
    seed = None if report.seed is None else say("cli.seed", seed=report.seed)
    measured = say(
        "cli.sound",
        duration_s=report.duration_s,
        lufs=report.lufs,
        true_peak_db=report.true_peak_db,
    )
    sound = ", ".join(part for part in (tempo, report.key, measured, seed) if part is not None)
    lines = [say("cli.made", audio=report.audio, sound=sound, picture=report.picture)]
    return "\n".join(lines + [say("cli.also", file=file) for file in also])


def why(error: HostError) -> str:
    """What a host did not do, in one line; whoever types commands may also know what it said."""
    from bot.providers.health import plain_detail  # an HTTP library comes along with it

    unknown = isinstance(error, OutcomeUnknown)  # the bot goes on checking, a command ends
    told = say("cli.outcome_unknown", host=error.host) if unknown else sentence(error)
    detail = " ".join(error.detail.split())
    plain = plain_detail(error)
    if plain != error.detail:
        return say("cli.host_not_reached", told=told, why=plain)
    return say("cli.host_said", told=told, detail=detail) if detail and detail not in told else told


def explained_in_words(explained: dict[str, Any]) -> str:
    """What was understood and decided, a line each, as the engine tells it."""
    from bot.engine.explain import explanation_text  # an audio library comes along with it

    return explanation_text(explained)
