"""Pictures by one of the image models that hosts of the predictions dialect have.

What each model takes stands in ``image_models.toml``. Which version of a model is asked for can be changed
by configuration, since versions age; the inputs are those of the version that the table was written for.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.errors import InvalidOption
from bot.protocol.predictions import RIFFUSION_MODEL, RIFFUSION_VERSION

ImageValue = str | int | float | bool

MOST_TEXT = 2_000
"""Characters of a text input."""
MOST_PICTURE_MB = 10
MOST_PICTURE_TEXT = MOST_PICTURE_MB * 2**20 * 4 // 3 + 100
"""Characters of a picture's ``data:`` address; hosts ask for addresses of their own above that."""

_VERSION = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*/[a-z0-9][a-z0-9._-]*")
_PICTURE = re.compile(r"https?://[^\s/]+|data:(image/[a-z0-9.+-]+|application/octet-stream)[;,]", re.I)
_LARGEST = 2**31 - 1


class ImageInput(BaseModel):
    """Which model, and its inputs by the model's own names. Pictures are https or ``data:`` addresses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9.-]+$")
    inputs: dict[str, ImageValue] = Field(default_factory=dict[str, ImageValue])


class ImageField(BaseModel):
    """One input of a model; the words are explained in the table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["string", "words", "integer", "number", "boolean", "picture"]
    required: bool = False
    default: ImageValue | None = None
    low: float | None = None
    high: float | None = None
    step: int | None = None
    choices: tuple[str | int, ...] = ()
    needs: str | None = None


class ImageModel(BaseModel):
    """One model: what it is called, what it takes, and what comes out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    output: Literal["list", "one", "last"]
    media: tuple[str, ...]
    """File suffixes, the usual one first."""
    inputs: dict[str, ImageField]

    @model_validator(mode="after")
    def _holds_together(self) -> ImageModel:
        if not _VERSION.fullmatch(self.version) or not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name}: not a model and its version")
        for name, each in self.inputs.items():
            if each.default is not None and _checked(name, each, each.default) != each.default:
                raise ValueError(f"{self.name}: the default of {name}")
            if each.needs is not None and each.needs not in self.inputs:
                raise ValueError(f"{self.name}: {name} needs what is not there")
        return self

    @property
    def pictures(self) -> tuple[str, ...]:
        """The inputs that are pictures."""
        return tuple(name for name, each in self.inputs.items() if each.type == "picture")

    @property
    def required(self) -> tuple[str, ...]:
        """The inputs without which it is not asked."""
        return tuple(name for name, each in self.inputs.items() if each.required)

    @property
    def takes_seed(self) -> bool:
        """Whether chance can be fixed; the same seed is echoed in the prediction's input."""
        return "seed" in self.inputs


def _table() -> dict[str, ImageModel]:
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    models = [ImageModel.model_validate(each) for each in told["model"]]
    return {model.name: model for model in models}


def validated(wish: ImageInput) -> ImageInput:
    """The wish as the model takes it: numbers in their type, names in their spelling, nothing added.

    Raises:
        InvalidOption: names the input that cannot be used and what would be allowed.
    """
    model = IMAGE_MODELS.get(wish.model)
    if model is None:
        raise InvalidOption("model", "unknown_choice", choices=_told(IMAGE_MODELS))
    for name in wish.inputs:
        if name not in model.inputs:
            raise InvalidOption(name, "unknown_input", model=model.name, choices=_told(model.inputs))
    for name in model.required:
        if name not in wish.inputs:
            raise InvalidOption(name, "missing", model=model.name)
    inputs = {name: _checked(name, model.inputs[name], value) for name, value in wish.inputs.items()}
    for name in inputs:
        needed = model.inputs[name].needs
        if needed is not None and needed not in inputs:
            raise InvalidOption(needed, "needed", other=name)
    return ImageInput(model=wish.model, inputs=inputs)


def _checked(name: str, field: ImageField, value: ImageValue) -> ImageValue:
    match field.type:
        case "boolean":
            if not isinstance(value, bool):
                raise InvalidOption(name, "not_a_switch")
            return value
        case "integer" | "number":
            return _number(name, field, value)
        case "picture":
            return _picture(name, value)
        case _:
            return _text(name, field, value)


def _number(name: str, field: ImageField, value: ImageValue) -> ImageValue:
    if isinstance(value, bool | str) or (isinstance(value, float) and not math.isfinite(value)):
        raise InvalidOption(name, "not_a_number")
    if field.type == "integer":
        if value != int(value):
            raise InvalidOption(name, "not_whole")
        value = int(value)
    if field.choices and value not in field.choices:
        raise InvalidOption(name, "unknown_choice", choices=_told(field.choices))
    low = 0 if field.low is None else field.low
    high = _LARGEST if field.high is None else field.high
    if not low <= value <= high:
        raise InvalidOption(name, "out_of_range", low=low, high=high)
    if field.step is not None and value % field.step:
        raise InvalidOption(name, "off_step", step=field.step)
    return value


def _text(name: str, field: ImageField, value: ImageValue) -> str:
    if not isinstance(value, str):
        raise InvalidOption(name, "not_text")
    if field.type == "words":
        value = ",".join(word.strip() for word in value.split(",") if word.strip())
    if len(value) > MOST_TEXT:
        raise InvalidOption(name, "too_long", limit=MOST_TEXT, length=len(value))
    if field.required and not value.strip():
        raise InvalidOption(name, "empty")
    if field.choices and value not in field.choices:
        raise InvalidOption(name, "unknown_choice", choices=_told(field.choices))
    return value


def _picture(name: str, value: ImageValue) -> str:
    if not isinstance(value, str) or not _PICTURE.match(value):
        raise InvalidOption(name, "not_a_picture")
    if len(value) > MOST_PICTURE_TEXT:
        raise InvalidOption(name, "picture_too_large", limit=MOST_PICTURE_MB)
    return value


def _told(choices: Iterable[str | int]) -> str:
    return ", ".join(map(str, choices))


IMAGE_MODELS: Final[Mapping[str, ImageModel]] = MappingProxyType(_table())
"""The models that pictures can be had of, by name."""

VERSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {RIFFUSION_MODEL: RIFFUSION_VERSION, **{name: model.version for name, model in IMAGE_MODELS.items()}}
)
"""Model -> the version that is asked for, unless configuration says otherwise."""


def versions_of(text: str) -> dict[str, str]:
    """The shipped versions, changed by ``owner/name=version, ...`` as configuration writes it.

    Raises:
        ValueError: an entry is not of that form, or a version is not 64 hexadecimal digits.
    """
    changed = dict(VERSIONS)
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, version = (part.strip() for part in entry.partition("="))
        if not _NAME.fullmatch(name) or not _VERSION.fullmatch(version):
            raise ValueError("must be owner/name=version with 64 hexadecimal digits, comma-separated")
        changed[name] = version
    return changed
