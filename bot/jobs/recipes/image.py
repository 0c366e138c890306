"""A picture, made by one of the image models of the predictions endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, Self

from pydantic import Field

from bot.errors import InvalidOption
from bot.jobs.options import words
from bot.jobs.recipes.base import Base, check_seed
from bot.jobs.recipes.source import TakeSource, UploadSource
from bot.protocol.image_models import IMAGE_MODELS, ImageField, ImageInput, ImageModel, ImageValue, validated

KEPT_BACK: Final = frozenset({"num_outputs", "disable_safety_checker", "intermediate_output"})
"""Inputs that members are not offered: each order is one picture with one price, and hosts look at what comes
out."""
_ANY_PICTURE: Final = "data:image/png;base64,"
_YES: Final = frozenset({"true", "yes", "on", "1"})
_NO: Final = frozenset({"false", "no", "off", "0"})


class Image(Base):
    """The parameters of one picture. Build it with :meth:`checked`, which raises ``InvalidOption``."""

    kind: Literal["image"] = "image"
    model: str
    """As the table of image models names it."""
    inputs: dict[str, ImageValue] = Field(default_factory=dict[str, ImageValue])
    """By the model's own names, checked against its table; without pictures and seed."""
    pictures: dict[str, UploadSource] = Field(default_factory=dict[str, UploadSource])
    """Files that a member brought, by the input that they go to."""
    cover_of: TakeSource | None = None
    """The take whose cover it is to be."""

    @property
    def words(self) -> str:
        """What was typed, or the model's name where nothing was."""
        field = words_field(self.model)
        typed = None if field is None else self.inputs.get(field)
        return str(typed or self.model.rpartition("/")[2])

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was typed, and the names of files that were brought."""
        typed = (value for value in self.inputs.values() if isinstance(value, str) and value)
        return (*typed, *(picture.name for picture in self.pictures.values())) or (self.words,)

    @property
    def made_of(self) -> TakeSource | UploadSource | None:
        """The take whose cover it is, or what was brought."""
        return self.cover_of or next(iter(self.pictures.values()), None)

    @classmethod
    def checked(
        cls,
        model: str,
        *,
        prompt: str | None = None,
        more: str | None = None,
        pictures: Mapping[str, UploadSource] | None = None,
        seed: int | None = None,
        cover_of: TakeSource | None = None,
    ) -> Self:
        """A picture as a member asked for it.

        Args:
            model: By its name in the table.
            prompt: For the model's first field of free text.
            more: Other inputs as ``name=value; name=value``.
            pictures: Files by the names of picture inputs.
            seed: The same seed paints the same, where the model takes one.
            cover_of: The take that gets it as its cover.

        Raises:
            InvalidOption: names the first option that cannot be used and why.
        """
        known = IMAGE_MODELS.get(model)
        if known is None:
            raise InvalidOption("model", "unknown_choice", choices=", ".join(IMAGE_MODELS))
        check_seed(seed)
        inputs: dict[str, ImageValue] = {**typed_inputs(known, more or "")}
        field = words_field(model)
        told = words("prompt", prompt, required=False)
        if told is not None:
            if field is None:
                raise InvalidOption("prompt", "no_words", model=model)
            inputs[field] = told
        if seed is not None:
            if not known.takes_seed:
                raise InvalidOption("seed", "no_seed", model=model)
            inputs["seed"] = seed
        brought = pictures or {}
        wish = ImageInput(model=model, inputs={**inputs, **dict.fromkeys(brought, _ANY_PICTURE)})
        fine = _named(known, wish).inputs
        own_seed = fine.pop("seed", None)
        return cls(
            model=model,
            inputs={name: value for name, value in fine.items() if name not in brought},
            pictures=dict(brought),
            seed=int(own_seed) if isinstance(own_seed, int | float) else None,
            cover_of=cover_of,
        )


def _named(model: ImageModel, wish: ImageInput) -> ImageInput:
    """The wish as the model takes it; what is missing is called as members see it."""
    try:
        return validated(wish)
    except InvalidOption as error:
        if error.option == words_field(model.name) and error.problem in ("missing", "empty"):
            raise InvalidOption("prompt", "missing", model=model.name) from None
        seen = picture_options(model.name).get(error.option)
        if seen is not None and error.problem in ("missing", "needed"):
            facts = {**error.facts, "option": seen}
            facts.pop("problem", None)
            facts.pop("option", None)
            raise InvalidOption(seen, error.problem, **facts) from None
        raise


def words_field(model: str) -> str | None:
    """The input of a model that takes what a member wants to see: its first free text."""
    known = IMAGE_MODELS.get(model)
    if known is None:
        return None
    free = (name for name, each in known.inputs.items() if each.type in ("string", "words"))
    return next((name for name in free if not known.inputs[name].choices), None)


def picture_options(model: str) -> dict[str, str]:
    """A model's picture inputs and the option by which members give each: the second one is a mask."""
    known = IMAGE_MODELS.get(model)
    return {} if known is None else dict(zip(known.pictures, ("picture", "mask"), strict=False))


def offered_fields(model: str) -> dict[str, ImageField]:
    """Inputs that are given as ``name=value``: all but words, pictures and what is kept back."""
    known = IMAGE_MODELS.get(model)
    if known is None:
        return {}
    others = {words_field(model), "seed", *known.pictures, *KEPT_BACK}
    return {name: each for name, each in known.inputs.items() if name not in others}


def typed_inputs(model: ImageModel, text: str) -> dict[str, ImageValue]:
    """``name=value; name=value`` as inputs in their types.

    Raises:
        InvalidOption: no such form, an input that the model does not have, or a value of another type.
    """
    offered = offered_fields(model.name)
    inputs: dict[str, ImageValue] = {}
    for entry in filter(None, (part.strip() for part in text.replace("\n", ";").split(";"))):
        name, equals, value = (part.strip() for part in entry.partition("="))
        if not equals:
            raise InvalidOption("more", "not_named", entry=entry[:50])
        if name not in offered:
            raise InvalidOption(name[:50], "unknown_input", model=model.name, choices=", ".join(offered))
        inputs[name] = _typed(name, offered[name], value)
    return inputs


def _typed(name: str, field: ImageField, value: str) -> ImageValue:
    match field.type:
        case "boolean":
            if value.lower() in _YES | _NO:
                return value.lower() in _YES
            raise InvalidOption(name, "not_a_switch")
        case "integer" | "number":
            try:
                return float(value) if "." in value or field.type == "number" else int(value)
            except ValueError:
                raise InvalidOption(name, "not_a_number") from None
        case _:
            return words(name, value, required=False) or ""
