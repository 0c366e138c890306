"""A prediction as its host tells it, made into the record that everybody else knows. Pure.

A host's output is whatever its model makes of it: one address, a list of them, an object with names of the
model's own. It is read by what the addresses lead to, and by names only where they are well known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.protocol.engine import EngineOutput, EngineTake
from bot.protocol.image_models import IMAGE_MODELS
from bot.protocol.predictions import ENGINE_MODEL, Prediction
from bot.protocol.runs import Clamped, Result, Run, RunStatus, Understood
from bot.providers.failures import cause_of

AUDIO_SUFFIXES = (".wav", ".mp3", ".ogg", ".flac", ".m4a", ".aac", ".opus")
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp4")

_STATUSES: dict[str, RunStatus] = {
    "starting": "starting",
    "queued": "starting",
    "processing": "processing",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "canceled",
    "cancelled": "canceled",
    "aborted": "canceled",  # a deadline that ran out before it began
}
_BY_VERSION = {model.version: model for model in IMAGE_MODELS.values()}
_SCHEMES = ("https://", "http://", "data:")
_NAMES_OF_AUDIO = ("audio", "audio_out", "audio_url", "music", "song")
_NAMES_OF_PICTURES = ("spectrogram", "image", "picture", "image_url", "cover", "video")
_MOST_RESULTS = 50
_DEEPEST = 4
_MOST_CLAMPED = 8
_CLAMPED_CHARS = 60
_MOST_UNDERSTOOD = 6
_UNDERSTOOD_CHARS = 40
_DATA_REMOVED = "its host has removed what it made"


def run_of(prediction: Prediction) -> Run:
    """A prediction as everybody but the wire knows it; an unknown status counts as still running."""
    status = _STATUSES.get(prediction.status.strip().lower(), "processing")
    output = _object(prediction.output) or {}
    error = prediction.error or None
    if status == "succeeded" and prediction.output is None and prediction.data_removed:
        error = _DATA_REMOVED
    return Run(
        id=prediction.id,
        status=status,
        progress=prediction.progress,
        results=_results(prediction) if status == "succeeded" else (),
        error=error,
        cause=cause_of(error) if status == "failed" else None,
        created_at=prediction.created_at,
        compute_s=_number((prediction.metrics or {}).get("predict_time")),
        stream=prediction.urls.get("stream"),
        explained=_object(output.get("explained")) if prediction.model == ENGINE_MODEL else None,
    )


def run_created(prediction: Prediction) -> Run:
    """As :func:`run_of`, of the answer to a create call.

    A host that waited for the end may say ``processing`` beside the whole output: there, and only there,
    whatever has an output is done.
    """
    run = run_of(prediction)
    if run.status != "processing":
        return run
    results = _results(prediction)
    return run.model_copy(update={"status": "succeeded", "results": results}) if results else run


def _results(prediction: Prediction) -> tuple[Result, ...]:
    """What came out; of a model that is known to paint, pictures, whatever their addresses look like."""
    model = IMAGE_MODELS.get(prediction.model) or _BY_VERSION.get(prediction.version)
    if model is None:
        results = results_of(prediction.output)
        if prediction.model == ENGINE_MODEL:
            return results
        return tuple(result.model_copy(update={"explained": None}) for result in results)
    addresses = list(addresses_in(prediction.output))[:_MOST_RESULTS]
    kept = addresses[-1:] if model.output == "last" else addresses
    return tuple(Result(picture=address) for address in kept)


def results_of(output: Any) -> tuple[Result, ...]:
    """What came out: each take of our engine, the sound of another model, or every picture it painted."""
    fields = _object(output)
    if fields is None:
        return _of_addresses(*_by_kind(addresses_in(output)))
    told = _engine_output(fields)
    takes = [] if told is None else [take for take in told.takes or (told,) if take.audio.strip()]
    if told is None or not takes:
        return _of_addresses(*_by_name(fields))
    clamped, understood = _clamped(told), _understood(told)
    return tuple(
        _result(take).model_copy(update={"clamped": clamped, "understood": understood}) for take in takes
    )


def _engine_output(fields: dict[str, Any]) -> EngineOutput | None:
    """Output of our engine's shape; facts that cannot be used count as not told. None without audio."""
    try:
        return EngineOutput.model_validate(fields)
    except ValidationError as error:
        faulty = {fault["loc"][0] for fault in error.errors()}
    try:
        return EngineOutput.model_validate({name: fields[name] for name in fields.keys() - faulty})
    except ValidationError:
        return None


def result_addresses(result: Result) -> tuple[str, ...]:
    """Every address in a result."""
    named = (result.audio, result.picture, result.score, result.midi, result.lrc, *result.stems.values())
    return tuple(address for address in named if address is not None)


def _of_addresses(audio: list[str], pictures: list[str]) -> tuple[Result, ...]:
    """Sounds with their pictures, where there are as many of each or one; pictures alone each for itself."""
    audio, pictures = audio[:_MOST_RESULTS], pictures[:_MOST_RESULTS]
    if not audio:
        return tuple(Result(picture=picture) for picture in pictures)
    shown: list[str | None] = [*pictures] if len(pictures) == len(audio) else [*pictures[:1]]
    shown += [None] * (len(audio) - len(shown))
    return tuple(Result(audio=heard, picture=seen) for heard, seen in zip(audio, shown, strict=False))


def _by_name(fields: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Sounds and pictures of an object: well known names first, anything else by what it leads to."""
    audio = [address for name in _NAMES_OF_AUDIO for address in addresses_in(fields.get(name))]
    pictures = [address for name in _NAMES_OF_PICTURES for address in addresses_in(fields.get(name))]
    if audio:
        return audio[:1], pictures
    rest = {name: value for name, value in fields.items() if name not in _NAMES_OF_PICTURES}
    heard, seen = _by_kind(addresses_in(rest))
    return ([], pictures + heard + seen) if pictures and not _any_audio(heard) else (heard, pictures + seen)


def _by_kind(addresses: Iterator[str]) -> tuple[list[str], list[str]]:
    """Sounds and pictures; an address that tells nothing of itself is taken for a sound."""
    audio, pictures = list[str](), list[str]()
    for address in addresses:
        (pictures if is_picture(address) else audio).append(address)
    return audio, pictures


def _any_audio(addresses: list[str]) -> bool:
    return any(is_audio(address) for address in addresses)


def is_audio(address: str) -> bool:
    """Whether an address says of itself that it leads to sound."""
    return _says(address, ("data:audio/",), AUDIO_SUFFIXES)


def is_picture(address: str) -> bool:
    """Whether an address says of itself that it leads to a picture, a moving one included."""
    return _says(address, ("data:image/", "data:video/"), PICTURE_SUFFIXES)


def _says(address: str, starts: tuple[str, ...], suffixes: tuple[str, ...]) -> bool:
    if address[:5].lower() == "data:":
        return address[:20].lower().startswith(starts)
    try:
        return urlsplit(address).path.lower().endswith(suffixes)
    except ValueError:  # not an address at all: the download says so
        return False


def addresses_in(output: Any, depth: int = 0) -> Iterator[str]:
    """Every text in an output that can be an address, in its order."""
    if isinstance(output, str):
        if output.strip():
            yield output.strip()
    elif depth < _DEEPEST:
        inner = output
        if isinstance(output, dict):
            inner = list(cast("dict[str, Any]", output).values())
            inner = [each for each in inner if not isinstance(each, str) or each.startswith(_SCHEMES)]
        if isinstance(inner, list):
            for each in cast("list[Any]", inner):
                yield from addresses_in(each, depth + 1)


def _clamped(told: EngineOutput) -> Clamped:
    return tuple(
        (what[:_CLAMPED_CHARS], asked[:_CLAMPED_CHARS], played[:_CLAMPED_CHARS])
        for what, asked, played in (each for each in told.clamped[:_MOST_CLAMPED] if len(each) == 3)
    )


def _understood(told: EngineOutput) -> Understood | None:
    """The strongest few of each kind, cut short; None where nothing was told."""
    strongest = sorted(told.genres, key=lambda name: -told.genres[name])
    lists = [
        tuple(name[:_UNDERSTOOD_CHARS] for name in names[:_MOST_UNDERSTOOD] if name.strip())
        for names in (strongest, told.instruments, told.moods)
    ]
    if not any(lists):
        return None
    genres, instruments, moods = lists
    tempo_from = told.tempo_from[:_UNDERSTOOD_CHARS] if told.tempo_from else None
    return Understood(genres=genres, instruments=instruments, moods=moods, tempo_from=tempo_from)


def _result(take: EngineTake) -> Result:
    return Result(
        audio=take.audio,
        picture=take.cover or take.spectrogram,
        score=take.score,
        midi=take.midi,
        lrc=take.lrc,
        stems=take.stems or {},
        title=take.title,
        lyrics=take.lyrics,
        duration_s=take.duration_s,
        bpm=take.bpm,
        key=take.key,
        seed=take.seed,
        explained=take.explained,
    )


def _object(value: object) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _number(value: object) -> float | None:
    """A finite number, also where it came as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
