"""From an order to a call of the songs dialect: the path, and exactly the fields that belong there. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import InvalidInput
from bot.protocol.engine import STRENGTHS, EngineInput, Quality, Transform, Voice
from bot.protocol.songs import (
    GENERATE_PATH,
    TAKES,
    TOPIC_PATH,
    Fault,
    Generate,
    GenerateFromTopic,
    Morph,
)

Record = TypeVar("Record", bound=BaseModel)

DEFAULT_MODEL: Final[Quality] = "FUZZ-1.1"
_NEUTRAL: Final = 0.5
_VARIATION: Final = "normalized_variation_strength"
_WITHOUT_VARIATION: Final[frozenset[Transform]] = frozenset({"cover", "swap_vocals", "swap_sound"})
"""These are sent a null for it."""
_TIMES: Final = ("crop_end_at", "replace_start_at", "replace_end_at")
_FOREIGN: Final = ("like", "stems")
"""These would make something else of the music; what else is ours alone changes less than that."""
_VOICES: Final[dict[Voice, str]] = {
    "female": "female vocals",
    "male": "male vocals",
    "child": "child vocals",
    "choir": "choir vocals",
}
_ANY_STYLE: Final = "song"
"""A tag where there is no word of style: clients of this API never leave it empty."""
_UNTITLED: Final = "Untitled"
_LONGEST_TITLE, _LONGEST_TOPIC = 80, 500
_MARK: Final = re.compile(r"^\s*\[[^\]]*\]\s*$")
_OURS: Final = {"tag": "prompt_a", "model": "quality"}
"""The dialect's name of a field -> ours, by which people know it."""

Call = tuple[str, dict[str, Any]]
"""A path and its JSON body."""


def call_for(host: str, wanted: EngineInput, *, riff_id: str | None, upload_id: str | None) -> Call:
    """The call that makes what is wanted; a riff becomes an instrumental.

    Of a morph's two ids one names its source.

    Raises:
        InvalidInput: the dialect does not have what is wanted; it names the field.
    """
    _refuse(host, [(name, "is not known to this host") for name in _FOREIGN if getattr(wanted, name)])
    if wanted.transform is not None:
        morph = _morph(host, wanted, wanted.transform, riff_id, upload_id)
        return GENERATE_PATH, {**_song(host, wanted, instrumental=False), "morph": morph}
    instrumental = wanted.kind == "riff" or bool(wanted.instrumental)
    if (wanted.topic or "").strip():
        return TOPIC_PATH, _about(host, wanted, instrumental)
    return GENERATE_PATH, _song(host, wanted, instrumental=instrumental)


def _song(host: str, wanted: EngineInput, *, instrumental: bool) -> dict[str, Any]:
    def made() -> Generate:
        return Generate(
            model=wanted.quality or DEFAULT_MODEL,
            lyrics="" if instrumental else wanted.lyrics or "",
            tag=_style(wanted) or _ANY_STYLE,
            title=_title(wanted),
            instrumental=instrumental,
        )

    return _built(host, made).model_dump(exclude_unset=True)


def _about(host: str, wanted: EngineInput, instrumental: bool) -> dict[str, Any]:
    """There is no field for the style here, so it goes with the theme."""
    style = _style(wanted)
    topic = ", ".join(filter(None, ((wanted.topic or "").strip(), style)))[:_LONGEST_TOPIC]

    def made() -> GenerateFromTopic:
        return GenerateFromTopic(
            model=wanted.quality or DEFAULT_MODEL, topic=topic, instrumental=instrumental
        )

    return _built(host, made).model_dump(exclude_unset=True)


def _morph(
    host: str, wanted: EngineInput, transform: Transform, riff_id: str | None, upload_id: str | None
) -> dict[str, Any]:
    takes = TAKES[transform]
    for name in (*STRENGTHS, *_TIMES):
        if name not in takes and getattr(wanted, name) is not None:
            raise InvalidInput(host, f"{name} is no field of {transform}", field=name)
    given: dict[str, Any] = {"riff_id": riff_id} if riff_id is not None else {"audio_upload_id": upload_id}
    given["transform"] = transform
    for name in STRENGTHS:
        asked = getattr(wanted, name)
        if name == _VARIATION and transform in _WITHOUT_VARIATION:
            given[name] = asked
        elif name in takes:
            given[name] = _NEUTRAL if asked is None else asked
    given |= {name: getattr(wanted, name) for name in _TIMES if getattr(wanted, name) is not None}
    given["duration"] = wanted.asked_length_s or 0
    morph = _built(host, lambda: Morph(**given))
    _refuse(host, morph.faults())
    return morph.model_dump(exclude_unset=True)


def _built(host: str, make: Callable[[], Record]) -> Record:
    try:
        return make()
    except ValidationError as error:
        _refuse(host, [(str(each["loc"][0]), each["msg"]) for each in error.errors()])
        raise


def _refuse(host: str, faults: list[Fault]) -> None:
    for name, why in faults:
        raise InvalidInput(host, f"{name}: {why}", field=_OURS.get(name, name))


def _style(wanted: EngineInput) -> str:
    """Words of style; the default prompt of riffs is none."""
    prompts: list[str | None] = [wanted.prompt_a] if "prompt_a" in wanted.model_fields_set else []
    if wanted.kind == "riff":
        prompts = [wanted.prompt_a, wanted.prompt_b]
    voice = None if wanted.voice is None else _VOICES[wanted.voice]
    return ", ".join(text.strip() for text in (*prompts, voice) if text and text.strip())


def _title(wanted: EngineInput) -> str:
    """The title, or the first words that could be one: it may not be empty."""
    told = (wanted.title or "").strip()
    if told:
        return told
    sung = (line for line in (wanted.lyrics or "").splitlines() if line.strip() and not _MARK.match(line))
    first = next(sung, "").strip() or (wanted.topic or "").strip() or _style(wanted)
    return first[:_LONGEST_TITLE].strip() or _UNTITLED
