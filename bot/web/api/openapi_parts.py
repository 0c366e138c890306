"""Pieces that the schemas of bodies are put together from."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel

from bot.web.api.call import Schema

REF: Final = "#/components/schemas/"
NULL: Final[Schema] = {"type": "null"}
WORDS: Final[Schema] = {"type": "string", "pattern": r"\S"}
BLANK: Final[Schema] = {"anyOf": [NULL, {"type": "string", "pattern": r"^\s*$"}]}
PART_NAMES: Final[Schema] = {"propertyNames": {"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"}}
"""A name of a part that can stand in its head; parts that nobody knows are ignored."""


def ref(record: type[BaseModel]) -> Schema:
    """A record's own schema, by reference."""
    return {"$ref": REF + record.__name__}


def needing(way: Schema) -> Schema:
    """Properties of which those are required that must have a value."""
    needed = [name for name, schema in way.items() if not _may_be_null(schema)]
    return {"properties": way, **({"required": needed} if needed else {})}


def _may_be_null(schema: Schema) -> bool:
    return (
        schema == NULL
        or NULL in schema.get("anyOf", [])
        or None in schema.get("enum", [])
        or schema == {"const": False}
    )
