"""What a model container takes, by its own description, and what of an order it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import InvalidInput
from bot.protocol.engine import EngineInput
from bot.protocol.predictions import RiffusionInput
from bot.providers.inline import as_address
from bot.providers.sources import content_of_source, media_type_of, score_of

_HINTS: Final = frozenset(
    {"seed", "length_s", "reference", "format", "explain", "takes", "take", "cover", "quality"}
)
"""An order can do without these: the length is brought about here, the rest changes no more than details."""


class _InputSchema(BaseModel):
    model_config = ConfigDict(extra="ignore")

    properties: dict[str, Any]
    required: list[str] = Field(default_factory=list[str])


class _Schemas(BaseModel):
    model_config = ConfigDict(extra="ignore")

    input: _InputSchema = Field(alias="Input")


class _Components(BaseModel):
    model_config = ConfigDict(extra="ignore")

    schemas: _Schemas


class CogDocument(BaseModel):
    """``/openapi.json`` of a container, as far as we look at it."""

    model_config = ConfigDict(extra="ignore")

    components: _Components


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """The names of a model's inputs."""

    names: frozenset[str]
    required: frozenset[str] = frozenset()

    @classmethod
    def told_by(cls, document: object) -> Self | None:
        """As a container's document has it; None for one that does not describe any input."""
        try:
            schema = CogDocument.model_validate(document).components.schemas.input
        except ValidationError:
            return None
        return cls(names=frozenset(schema.properties), required=frozenset(schema.required))


THE_SIX: Final = Takes(names=frozenset(RiffusionInput.model_fields))
"""``riffusion/riffusion``, which is what containers are taken for that do not describe themselves."""


def inputs_for(
    host: str, wanted: EngineInput, takes: Takes, *, reference: str, brought: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs of a riff, song or morph; ``brought`` are those of its source.

    Raises:
        InvalidInput: the order cannot do without an input that the model does not have, or the model
            without one that the order does not have; it names that.
    """
    asked = wanted.model_dump(mode="json", exclude_none=True)
    defaults = {name: field.default for name, field in EngineInput.model_fields.items()}
    told = {
        name: value
        for name, value in asked.items()
        if name in THE_SIX.names or (name in wanted.model_fields_set and value != defaults[name])
    }
    told = {**told, "reference": reference, **brought}
    needed = [name for name, value in told.items() if name not in _HINTS and value != defaults[name]]
    if "prompt" in takes.names and "prompt_a" not in takes.names:
        told["prompt"] = told.pop("prompt_a")
        needed = [name for name in needed if name != "prompt_a"]
    return _fitting(host, told, takes, needed)


async def brought_by(host: str, file: Path) -> dict[str, Any]:
    """The input that a source is: a score (``.json``) as an object, else the recording inline.

    Raises:
        InvalidInput: it cannot be read.
    """
    content = await content_of_source(host, file)
    if file.suffix == ".json":
        return {"score": score_of(host, content)}
    # A container names the file by its type, and models go by the name.
    return {"audio": as_address(content, media_type_of(file))}


def picture_inputs(host: str, inputs: Mapping[str, Any], takes: Takes) -> dict[str, Any]:
    """The inputs of a picture, each of which was asked for. Raises as :func:`inputs_for`."""
    return _fitting(host, inputs, takes, inputs)


def _fitting(host: str, told: Mapping[str, Any], takes: Takes, needed: Iterable[str]) -> dict[str, Any]:
    for name in needed:
        if name not in takes.names:
            raise InvalidInput(host, f"the container's model has no input {name}", field=name)
    for name in sorted(takes.required - told.keys()):
        raise InvalidInput(host, f"the container's model needs {name}", field=name)
    return {name: value for name, value in told.items() if name in takes.names}
