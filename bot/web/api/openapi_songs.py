"""What the calls of the songs dialect take, as the OpenAPI document has it."""

from __future__ import annotations

from typing import Final

from bot.protocol.engine import STRENGTHS, Transform
from bot.protocol.songs import TAKES, TIMES, Generate, GenerateFromTopic, Morph, UploadByAddress
from bot.web.api.call import JSON, Schema
from bot.web.api.openapi_parts import NULL, PART_NAMES, WORDS, needing, ref

_MISPLACED: Final[Schema] = dict.fromkeys(Morph.model_fields, NULL)
"""A morph's fields beside it."""


def song_body(kind: str) -> Schema:
    """The contents of the bodies ``song``, ``topic`` and ``audio``."""
    match kind:
        case "song":
            return _json({"anyOf": [_plain_song(), *(_morph_of(each) for each in TAKES)]})
        case "topic":
            return _json({"allOf": [ref(GenerateFromTopic), {"properties": {"topic": WORDS}}]})
        case _:
            return _audio()


def _json(schema: Schema) -> Schema:
    return {JSON: {"schema": schema}}


def _audio() -> Schema:
    form: Schema = {
        "type": "object",
        "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
        "required": ["file"],
        **PART_NAMES,
    }
    named: Schema = {"properties": {"url": {"pattern": "^(https://|data:[^,]{1,200},)"}}}
    return {**_json({"allOf": [ref(UploadByAddress), named]}), "multipart/form-data": {"schema": form}}


def _plain_song() -> Schema:
    rules = {"title": "A song", "properties": {**_MISPLACED, "morph": NULL}}
    worded = {"anyOf": [{"properties": {name: WORDS}} for name in ("tag", "lyrics", "title")]}
    return {"allOf": [ref(Generate), rules, worded]}


def _morph_of(transform: Transform) -> Schema:
    """A morph with exactly the fields that its transform takes; null is the same as left out."""
    takes = TAKES[transform]
    fields: Schema = Morph.model_json_schema()["properties"]
    foreign = [name for name in (*STRENGTHS, *TIMES) if name not in takes]
    source: Schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"\S"}
    needed = {"extend": TIMES[:1], "inpaint": TIMES[1:]}.get(transform, ())
    second: Schema = {"type": "number", "minimum": 0, "exclusiveMinimum": 0, "maximum": 600}
    of_song: Schema = {"riff_id": source, "audio_upload_id": NULL}
    of_upload: Schema = {"audio_upload_id": source, "riff_id": NULL}
    morph: Schema = {
        "title": transform,
        "type": "object",
        "properties": {
            **fields,
            "transform": {"const": transform},
            "duration": {"anyOf": [NULL, {"const": 0}, {"type": "number", "minimum": 10, "maximum": 240}]},
            **dict.fromkeys(foreign, NULL),
            **dict.fromkeys(needed, second),
        },
        "required": ["transform", *needed],
        "additionalProperties": False,
    }
    sung: Schema = {"instrumental": {"const": False}}
    ways = [{"properties": {"morph": {"allOf": [morph, needing(of_song)]}}}]
    if transform == "swap_vocals":
        ways[0]["properties"].update(sung)
    else:
        ways.append({"properties": {"morph": {"allOf": [morph, needing(of_upload)]}, **sung}})
    whole: Schema = {
        "title": f"A morph: {transform}",
        "properties": _MISPLACED,
        "required": ["morph"],
        "anyOf": ways,
    }
    return {"allOf": [ref(Generate), whole]}
