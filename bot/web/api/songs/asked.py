"""From the bytes of a songs call to what ``riffcord/engine`` is asked, or a refusal that names the field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from bot.protocol.engine import STRENGTHS, EngineInput
from bot.protocol.problems import InvalidField
from bot.protocol.songs import TIMES, Fault, Generate, GenerateFromTopic, Morph
from bot.web.api.problems import Refusal

Record = TypeVar("Record", bound=BaseModel)

_OURS = {"prompt_a": "tag", "quality": "model"}
"""The engine's name of a field -> the dialect's."""


def parsed(record: type[Record], body: bytes) -> Record:
    """The call's record. Raises :class:`Refusal` 400."""

    def not_finite(text: str) -> NoReturn:
        raise ValueError(text)

    try:
        value: object = json.loads(body.decode(), parse_constant=not_finite)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair could be read but never told
    except (ValueError, RecursionError):
        raise Refusal(400, "Malformed JSON", "The body is not a JSON document.") from None
    try:
        return record.model_validate(value)
    except ValidationError as error:
        raise wrong(
            (".".join(map(str, each["loc"])) or "body", each["msg"]) for each in error.errors()
        ) from None


def wrong(faults: Iterable[Fault]) -> Refusal:
    """400 that names the fields."""
    told = [InvalidField(field=field, type="invalid", description=why) for field, why in faults]
    return Refusal(400, "Invalid request", told[0].description if told else "", invalid=told)


def check(faults: list[Fault]) -> None:
    """Refuse where something is wrong."""
    if faults:
        raise wrong(faults)


def song_of(asked: Generate) -> dict[str, Any]:
    """The engine's input for a new song; both takes share it but for ``take``."""
    sung = {} if asked.instrumental else _told(lyrics=asked.lyrics)
    return _checked(
        {
            **_told(prompt_a=asked.tag, title=asked.title),
            **sung,
            "instrumental": asked.instrumental,
            "quality": asked.model,
        }
    )


def song_about(asked: GenerateFromTopic) -> dict[str, Any]:
    """The engine's input for a song about a topic."""
    return _checked({"topic": asked.topic, "instrumental": asked.instrumental, "quality": asked.model})


def morph_of(asked: Generate, morph: Morph) -> dict[str, Any]:
    """The engine's input for a morph, its source left out."""
    strengths = {name: getattr(morph, name) for name in (*STRENGTHS, *TIMES)}
    sung = {} if asked.instrumental else _told(lyrics=asked.lyrics)
    return _checked(
        {
            "transform": morph.transform,
            **_told(prompt_a=asked.tag, title=asked.title),
            **sung,
            **{name: value for name, value in strengths.items() if value is not None},
            **({"duration": morph.duration} if morph.duration else {}),
            "quality": asked.model,
        },
        without=("score",),
    )


def _told(**texts: str) -> dict[str, str]:
    """Those that say something."""
    return {name: text for name, text in texts.items() if text.strip()}


def _checked(inputs: dict[str, Any], *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The inputs with what every song has, once the engine's own record agrees."""
    whole = {**inputs, "format": "m4a", "cover": True}
    try:
        contradictions = EngineInput.model_validate(whole).contradictions()
    except ValidationError as error:
        raise wrong(
            (_OURS.get(str(each["loc"][0]), str(each["loc"][0])), each["msg"]) for each in error.errors()
        ) from None
    check([(_OURS.get(name, name), why) for name, why in contradictions if name not in without])
    return whole
