"""What calls take, as the OpenAPI document has it: the records' own schemas, and which fields go together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel

from bot.protocol.engine import STRENGTHS, EngineInput, Transform
from bot.protocol.songs import TIMES, Generate, GenerateFromTopic, UploadByAddress
from bot.web.api.accept import MODELS, Model
from bot.web.api.call import JSON, Schema
from bot.web.api.openapi_parts import BLANK, NULL, PART_NAMES, REF, WORDS, needing, ref
from bot.web.api.openapi_songs import song_body

TAKEN: Final[tuple[type[BaseModel], ...]] = (
    *(model.input for model in MODELS.values()),
    *(Generate, GenerateFromTopic, UploadByAddress),
)
"""The records that bodies are made of."""

_NOT_TRUE: Final[Schema] = {"enum": [False, None]}
_MUSIC: Final[Schema] = {"type": ["object", "string"]}
_PORT: Final = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_WEB_ADDRESS: Final = (
    rf"^https?://([^\s/?#@]+@)?([^\s/?#@:\[\]]+|\[[0-9a-fA-F:.]+\])(:({_PORT}))?([/?#]\S*)?$"
)
"""A name or a number of a host, with a port, a path and a query or without."""
_EVENTS: Final = ("start", "output", "logs", "completed")

_OF_RIFFS: Final = ("prompt_b", "alpha", "denoising", "seed_image_id", "num_inference_steps", "bars", "like")
_OF_MORPHS: Final = ("transform", "score", "audio", *STRENGTHS, *TIMES)
_TEXTS: Final = ("lyrics", "title", "topic")


def body(kind: str) -> Schema:
    """The contents of the body that :attr:`bot.web.api.call.Call.body` names."""
    match kind:
        case "file":
            return _file()
        case "song" | "topic" | "audio":
            return song_body(kind)
        case _:
            needed = kind == "create"
            ways: list[Schema] = [{"$ref": REF + name} for name in _creates(version_needed=needed)]
            return {JSON: {"schema": {"anyOf": ways}}}


def _file() -> Schema:
    text = {"type": "string"}
    properties = {
        "content": {"type": "string", "contentMediaType": "application/octet-stream"},
        "filename": {**text, "maxLength": 255},
        "type": {**text, "pattern": "^[a-z]{1,20}/[a-z0-9.+-]{1,40}$"},
        "metadata": {"type": "object"},
    }
    schema = {"type": "object", "properties": properties, "required": ["content"], **PART_NAMES}
    return {"multipart/form-data": {"schema": schema, "encoding": {"metadata": {"contentType": JSON}}}}


def creates() -> Schema:
    """The bodies of all that can be created, by the names that :func:`body` has for them."""
    return {**_creates(version_needed=True), **_creates(version_needed=False)}


def _creates(*, version_needed: bool) -> Schema:
    tail = "" if version_needed else "OfModel"
    found: Schema = {}
    for model in MODELS.values():
        takes = ref(model.input)
        kinds: dict[str, Schema] = {f"Create{model.input.__name__}": {}}
        if model.input is EngineInput:
            kinds = {"CreateRiff": _riff(), "CreateSong": _song(), "CreateMorph": _morph()}
        for name, rules in kinds.items():
            whole = {"allOf": [takes, rules]} if rules else takes
            found[name + tail] = _create_of(model, whole, version_needed)
    return found


def _create_of(model: Model, takes: Schema, version_needed: bool) -> Schema:
    told = "|".join(_EVENTS)
    properties: Schema = {
        "version": {"enum": [model.version, f"{model.name}:{model.version}", model.name]},
        "input": takes,
        "webhook": {
            "anyOf": [
                {
                    "type": "string",
                    "pattern": _WEB_ADDRESS,
                },
                NULL,
            ],
            "description": "Any http or https address; a public one, unless the server is told otherwise",
        },
        "webhook_events_filter": {
            "anyOf": [
                {"type": "array", "items": {"enum": list(_EVENTS)}},
                {"type": "string", "pattern": f"^(({told})(,({told}))*)?$"},
                NULL,
            ]
        },
        "stream": {"enum": [True, False, "true", "false", None]},
    }
    required = ["input", "version"] if version_needed else ["input"]
    return {"type": "object", "properties": properties, "required": required}


def _left(record: type[BaseModel], names: Iterable[str]) -> Schema:
    """Fields that are not filled in."""
    defaults = {name: record.model_fields[name].default for name in names}
    return {name: NULL if default is None else {"const": default} for name, default in defaults.items()}


def _either(*ways: Schema) -> Schema:
    """Properties one way or another; a field is required where it must be there."""
    return {"anyOf": [needing(way) for way in ways]}


def _rules(title: str, properties: Schema, *rules: Schema) -> Schema:
    both = [_either({"takes": NULL}, {"take": NULL}), *rules]
    return {"title": title, "properties": properties, "allOf": both}


def _length(**bound: float) -> Schema:
    return {"anyOf": [NULL, {"type": "number", **bound}]}


def _riff() -> Schema:
    to_others = _left(EngineInput, (*_OF_MORPHS, "instrumental", "voice", "quality", "duration"))
    texts = dict.fromkeys(_TEXTS, BLANK)
    beside: Schema = {"like": _MUSIC, "like_as": {"enum": ["beside", "layer", None]}}
    return _rules(
        "A riff",
        {**to_others, **texts, "length_s": _length(maximum=60)},
        _either({"bars": NULL}, {"length_s": NULL}),
        _either(
            {"like": NULL, "like_as": NULL},
            {**beside, "bars": NULL, "length_s": NULL},
            {"like": _MUSIC, "like_as": {"const": "continue"}},
        ),
    )


def _song() -> Schema:
    to_others = _left(EngineInput, (*_OF_RIFFS, "like_as", *_OF_MORPHS))
    return _rules(
        "A song",
        {**to_others, "length_s": _length(minimum=10)},
        _either({"length_s": NULL}, {"duration": NULL}),
        _either(
            {"lyrics": WORDS, "topic": BLANK, "instrumental": _NOT_TRUE},
            {"topic": WORDS, "lyrics": BLANK},
            {"title": WORDS, "lyrics": BLANK},
            {"instrumental": {"type": "boolean"}, "lyrics": BLANK},
        ),
        _either({"voice": NULL}, {"instrumental": _NOT_TRUE}),
    )


def _morph() -> Schema:
    to_others = _left(EngineInput, (*_OF_RIFFS, "like_as", "instrumental"))
    seconds: Schema = {"type": "number"}
    others: list[Transform] = ["cover", "swap_vocals", "swap_sound"]
    return _rules(
        "A morph",
        {**to_others, "topic": BLANK, "length_s": _length(minimum=10)},
        _either({"length_s": NULL}, {"duration": NULL}),
        _either(
            {"score": _MUSIC, "audio": NULL},
            {"audio": {"type": "string"}, "score": NULL, "stems": {"const": False}},
        ),
        _either(
            {"transform": {"enum": others}, **dict.fromkeys(TIMES, NULL)},
            {"transform": {"const": "extend"}, **dict.fromkeys(TIMES[1:], NULL)},
            {"transform": {"const": "inpaint"}, "crop_end_at": NULL, **dict.fromkeys(TIMES[1:], seconds)},
        ),
    )
