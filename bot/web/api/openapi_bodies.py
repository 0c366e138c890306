"""What calls take, as the OpenAPI document has it: the records' own schemas, and which fields go together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel

from bot.protocol.engine import STRENGTHS, EngineInput, Transform
from bot.protocol.songs import TAKES, Generate, GenerateFromTopic, Morph, UploadByAddress
from bot.web.api.accept import MODELS, Model
from bot.web.api.call import JSON, Schema

REF: Final = "#/components/schemas/"
TAKEN: Final[tuple[type[BaseModel], ...]] = (
    *(model.input for model in MODELS.values()),
    *(Generate, GenerateFromTopic, UploadByAddress),
)
"""The records that bodies are made of."""

_NULL: Final[Schema] = {"type": "null"}
_WORDS: Final[Schema] = {"type": "string", "pattern": r"\S"}
_BLANK: Final[Schema] = {"anyOf": [_NULL, {"type": "string", "pattern": r"^\s*$"}]}
_NOT_TRUE: Final[Schema] = {"enum": [False, None]}
_MUSIC: Final[Schema] = {"type": ["object", "string"]}
_PART_NAMES: Final[Schema] = {"propertyNames": {"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"}}
"""A name of a part that can stand in its head; parts that nobody knows are ignored."""
_PORT: Final = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_WEB_ADDRESS: Final = (
    rf"^https?://([^\s/?#@]+@)?([^\s/?#@:\[\]]+|\[[0-9a-fA-F:.]+\])(:({_PORT}))?([/?#]\S*)?$"
)
"""A name or a number of a host, with a port, a path and a query or without."""
_EVENTS: Final = ("start", "output", "logs", "completed")

_OF_RIFFS: Final = ("prompt_b", "alpha", "denoising", "seed_image_id", "num_inference_steps", "bars", "like")
_TIMES: Final = ("crop_end_at", "replace_start_at", "replace_end_at")
_OF_MORPHS: Final = ("transform", "score", "audio", *STRENGTHS, *_TIMES)
_MISPLACED: Final[Schema] = dict.fromkeys(Morph.model_fields, _NULL)
"""A morph's fields beside it."""
_TEXTS: Final = ("lyrics", "title", "topic")


def body(kind: str) -> Schema:
    """The contents of the body that :attr:`bot.web.api.call.Call.body` names."""
    match kind:
        case "file":
            return _file()
        case "song":
            return {JSON: {"schema": {"anyOf": [_plain_song(), *(_morph_of(each) for each in TAKES)]}}}
        case "topic":
            said: Schema = {"properties": {"topic": _WORDS}}
            return {JSON: {"schema": {"allOf": [_ref(GenerateFromTopic), said]}}}
        case "audio":
            form: Schema = {
                "type": "object",
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                "required": ["file"],
                **_PART_NAMES,
            }
            named: Schema = {"properties": {"url": {"pattern": "^(https://|data:[^,]{1,200},)"}}}
            return {
                JSON: {"schema": {"allOf": [_ref(UploadByAddress), named]}},
                "multipart/form-data": {"schema": form},
            }
        case _:
            needed = kind == "create"
            ways: list[Schema] = [{"$ref": REF + name} for name in _creates(version_needed=needed)]
            return {JSON: {"schema": {"anyOf": ways}}}


def _ref(record: type[BaseModel]) -> Schema:
    return {"$ref": REF + record.__name__}


def _file() -> Schema:
    text = {"type": "string"}
    properties = {
        "content": {"type": "string", "contentMediaType": "application/octet-stream"},
        "filename": {**text, "maxLength": 255},
        "type": {**text, "pattern": "^[a-z]{1,20}/[a-z0-9.+-]{1,40}$"},
        "metadata": {"type": "object"},
    }
    schema = {"type": "object", "properties": properties, "required": ["content"], **_PART_NAMES}
    return {"multipart/form-data": {"schema": schema, "encoding": {"metadata": {"contentType": JSON}}}}


def creates() -> Schema:
    """The bodies of all that can be created, by the names that :func:`body` has for them."""
    return {**_creates(version_needed=True), **_creates(version_needed=False)}


def _creates(*, version_needed: bool) -> Schema:
    tail = "" if version_needed else "OfModel"
    found: Schema = {}
    for model in MODELS.values():
        takes = _ref(model.input)
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
                _NULL,
            ],
            "description": "Any http or https address; a public one, unless the server is told otherwise",
        },
        "webhook_events_filter": {
            "anyOf": [
                {"type": "array", "items": {"enum": list(_EVENTS)}},
                {"type": "string", "pattern": f"^(({told})(,({told}))*)?$"},
                _NULL,
            ]
        },
        "stream": {"enum": [True, False, "true", "false", None]},
    }
    required = ["input", "version"] if version_needed else ["input"]
    return {"type": "object", "properties": properties, "required": required}


def _left(record: type[BaseModel], names: Iterable[str]) -> Schema:
    """Fields that are not filled in."""
    defaults = {name: record.model_fields[name].default for name in names}
    return {name: _NULL if default is None else {"const": default} for name, default in defaults.items()}


def _either(*ways: Schema) -> Schema:
    """Properties one way or another; a field is required where it must be there."""
    return {"anyOf": [_needing(way) for way in ways]}


def _needing(way: Schema) -> Schema:
    needed = [name for name, schema in way.items() if not _may_be_null(schema)]
    return {"properties": way, **({"required": needed} if needed else {})}


def _may_be_null(schema: Schema) -> bool:
    return (
        schema == _NULL
        or _NULL in schema.get("anyOf", [])
        or None in schema.get("enum", [])
        or schema == {"const": False}
    )


def _rules(title: str, properties: Schema, *rules: Schema) -> Schema:
    both = [_either({"takes": _NULL}, {"take": _NULL}), *rules]
    return {"title": title, "properties": properties, "allOf": both}


def _length(**bound: float) -> Schema:
    return {"anyOf": [_NULL, {"type": "number", **bound}]}


def _riff() -> Schema:
    to_others = _left(EngineInput, (*_OF_MORPHS, "instrumental", "voice", "quality", "duration"))
    texts = dict.fromkeys(_TEXTS, _BLANK)
    beside: Schema = {"like": _MUSIC, "like_as": {"enum": ["beside", "layer", None]}}
    return _rules(
        "A riff",
        {**to_others, **texts, "length_s": _length(maximum=60)},
        _either({"bars": _NULL}, {"length_s": _NULL}),
        _either(
            {"like": _NULL, "like_as": _NULL},
            {**beside, "bars": _NULL, "length_s": _NULL},
            {"like": _MUSIC, "like_as": {"const": "continue"}},
        ),
    )


def _song() -> Schema:
    to_others = _left(EngineInput, (*_OF_RIFFS, "like_as", *_OF_MORPHS))
    return _rules(
        "A song",
        {**to_others, "length_s": _length(minimum=10)},
        _either({"length_s": _NULL}, {"duration": _NULL}),
        _either(
            {"lyrics": _WORDS, "topic": _BLANK, "instrumental": _NOT_TRUE},
            {"topic": _WORDS, "lyrics": _BLANK},
            {"title": _WORDS, "lyrics": _BLANK},
            {"instrumental": {"type": "boolean"}, "lyrics": _BLANK},
        ),
        _either({"voice": _NULL}, {"instrumental": _NOT_TRUE}),
    )


def _morph() -> Schema:
    to_others = _left(EngineInput, (*_OF_RIFFS, "like_as", "instrumental"))
    seconds: Schema = {"type": "number"}
    others: list[Transform] = ["cover", "swap_vocals", "swap_sound"]
    return _rules(
        "A morph",
        {**to_others, "topic": _BLANK, "length_s": _length(minimum=10)},
        _either({"length_s": _NULL}, {"duration": _NULL}),
        _either(
            {"score": _MUSIC, "audio": _NULL},
            {"audio": {"type": "string"}, "score": _NULL, "stems": {"const": False}},
        ),
        _either(
            {"transform": {"enum": others}, **dict.fromkeys(_TIMES, _NULL)},
            {"transform": {"const": "extend"}, **dict.fromkeys(_TIMES[1:], _NULL)},
            {"transform": {"const": "inpaint"}, "crop_end_at": _NULL, **dict.fromkeys(_TIMES[1:], seconds)},
        ),
    )


def _plain_song() -> Schema:
    rules = {"title": "A song", "properties": {**_MISPLACED, "morph": _NULL}}
    worded = {"anyOf": [{"properties": {name: _WORDS}} for name in ("tag", "lyrics", "title")]}
    return {"allOf": [_ref(Generate), rules, worded]}


def _morph_of(transform: Transform) -> Schema:
    """A morph with exactly the fields that its transform takes; null is the same as left out."""
    takes = TAKES[transform]
    fields: Schema = Morph.model_json_schema()["properties"]
    foreign = [name for name in (*STRENGTHS, *_TIMES) if name not in takes]
    source: Schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"\S"}
    needed = {"extend": _TIMES[:1], "inpaint": _TIMES[1:]}.get(transform, ())
    second: Schema = {"type": "number", "minimum": 0, "exclusiveMinimum": 0, "maximum": 600}
    of_song: Schema = {"riff_id": source, "audio_upload_id": _NULL}
    of_upload: Schema = {"audio_upload_id": source, "riff_id": _NULL}
    morph: Schema = {
        "title": transform,
        "type": "object",
        "properties": {
            **fields,
            "transform": {"const": transform},
            "duration": {"anyOf": [_NULL, {"const": 0}, {"type": "number", "minimum": 10, "maximum": 240}]},
            **dict.fromkeys(foreign, _NULL),
            **dict.fromkeys(needed, second),
        },
        "required": ["transform", *needed],
        "additionalProperties": False,
    }
    sung: Schema = {"instrumental": {"const": False}}
    ways = [{"properties": {"morph": {"allOf": [morph, _needing(of_song)]}}}]
    if transform == "swap_vocals":
        ways[0]["properties"].update(sung)
    else:
        ways.append({"properties": {"morph": {"allOf": [morph, _needing(of_upload)]}, **sung}})
    whole: Schema = {
        "title": f"A morph: {transform}",
        "properties": _MISPLACED,
        "required": ["morph"],
        "anyOf": ways,
    }
    return {"allOf": [_ref(Generate), whole]}
