"""What was typed as a request, and what is wrong with it in words of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from bot.errors import InvalidOption
from bot.protocol.engine import EngineInput

_OPTIONS = {
    "prompt_a": "TAGS",
    "num_inference_steps": "--steps",
    "seed_image_id": "--seed-image",
    "duration": "--length-s",
    "score": "SOURCE",
    "audio": "SOURCE",
    "source": "SOURCE",
}
_PLAIN_WORDS = {
    "should be less than or equal to": "must be at most",
    "should be greater than or equal to": "must be at least",
    "should be less than": "must be less than",
    "should be greater than": "must be more than",
    "String should have at most": "must have at most",
    "should be a valid": "must be a",
}


def wanted(given: Mapping[str, Any]) -> EngineInput:
    """What was asked for as a request; options that were not given (None) are left out.

    Raises:
        InvalidOption: an option has a value that it cannot have.
    """
    try:
        return EngineInput.model_validate(without_none(given))
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "source"
        raise InvalidOption(option_of(field), "told", told=plainly(first["msg"])) from None


def refuse_contradictions(asked: EngineInput) -> None:
    """Tell at once what our own engine would refuse: a private one need not be started for that.

    Raises:
        InvalidOption: options that do not go together.
    """
    for field, told in asked.contradictions():
        raise InvalidOption(option_of(field), "told", told=plainly(told))


def without_none(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in given.items() if value is not None}


def option_of(field: str) -> str:
    """The option that a field of the API is given by."""
    return _OPTIONS.get(field) or "--" + field.removeprefix("normalized_").replace("_", "-")


def plainly(told: str) -> str:
    """What is wrong, without the words of the library that checks."""
    text = told.removeprefix("Input ").removeprefix("Value error, ").rstrip(".")
    for ours, plain in _PLAIN_WORDS.items():
        text = text.replace(ours, plain)
    return text
