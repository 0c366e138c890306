"""What a member asked for: frozen, validated, and all that is needed to do it again."""

from __future__ import annotations

from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.errors import InvalidOption
from bot.jobs.morph import MorphOptions
from bot.jobs.options import SEED_MAX, between, words
from bot.protocol.predictions import SeedImageId

STEPS_MAX = 150
"""The API has no upper bound; without one a single member could hold a host for an hour."""
LENGTH_MAX_S = 60.0

_SEED_IMAGES: tuple[str, ...] = get_args(SeedImageId)


def _seed_image(value: str) -> str:
    wanted = value.strip().lower()
    if wanted == "mask_gradient_top_fifth_75":
        wanted = "mask_graident_top_fifth_75"
    if wanted not in _SEED_IMAGES:
        raise InvalidOption("seed_image", "unknown_seed_image", choices=", ".join(_SEED_IMAGES))
    return wanted


def _check_seed(seed: int | None) -> None:
    if seed is not None and not 0 <= seed <= SEED_MAX:
        raise InvalidOption("seed", "out_of_range", low=0, high=SEED_MAX)


class RiffOptions(BaseModel):
    """The parameters of one riff. Build it with :meth:`checked`, which raises ``InvalidOption``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    prompt_b: str | None = None
    alpha: float = 0.5
    denoising: float = 0.75
    seed_image: str = "vibes"
    steps: int = 50
    seed: int | None = None
    length_s: float | None = None

    @classmethod
    def checked(
        cls,
        *,
        prompt: str,
        prompt_b: str | None = None,
        alpha: float | None = None,
        denoising: float | None = None,
        seed_image: str | None = None,
        steps: int | None = None,
        seed: int | None = None,
        length_s: float | None = None,
    ) -> Self:
        """Options as a person typed them; ``None`` takes the model's default.

        Raises:
            InvalidOption: names the first option that cannot be used and why.
        """
        if steps is not None and steps < 1:
            raise InvalidOption("steps", "out_of_range", low=1, high=STEPS_MAX)
        _check_seed(seed)
        given: dict[str, Any] = {
            "prompt": words("prompt", prompt, required=True),
            "prompt_b": words("prompt_b", prompt_b, required=False),
            "alpha": None if alpha is None else between("alpha", alpha, 0, 1),
            "denoising": None if denoising is None else between("denoising", denoising, 0, 1),
            "seed_image": None if seed_image is None else _seed_image(seed_image),
            "steps": None if steps is None else min(steps, STEPS_MAX),
            "seed": seed,
            "length_s": None if length_s is None else between("length_s", length_s, 1, LENGTH_MAX_S),
        }
        return cls(**{name: value for name, value in given.items() if value is not None})

    @classmethod
    def of_morph(cls, tags: str, seed: int | None = None) -> Self:
        """The words and the seed of a morph. Raises ``InvalidOption``."""
        _check_seed(seed)
        return cls(prompt=words("tags", tags, required=True) or "", seed=seed)


class Order(BaseModel):
    """One accepted wish: what, for whom, where. Ids are Discord's, as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["riff", "morph"] = "riff"
    host: str
    riff: RiffOptions
    """Of a morph only the words and the seed count."""
    morph: MorphOptions | None = None
    """With ``kind`` morph."""
    guild_id: str
    channel_id: str
    user_id: str
    user_name: str = Field(max_length=100)
    locale: str = "en"
    parent_take_id: str | None = None
    """The take this one was re-rolled, varied or otherwise made from."""
    parent_user_name: str | None = Field(default=None, max_length=100)
    """Who made that take: the card gives credit even after the take is deleted."""

    @model_validator(mode="after")
    def _kind_fits(self) -> Self:
        if (self.kind == "morph") != (self.morph is not None):
            raise ValueError("a morph says what it is made from, anything else does not")
        return self
