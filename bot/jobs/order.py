"""What a member asked for: frozen, validated, and all that is needed to do it again."""

from __future__ import annotations

import math
import unicodedata
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field

from bot.errors import InvalidOption
from bot.protocol.predictions import SeedImageId
from bot.safety.screen import is_visible

PROMPT_MAX = 500
STEPS_MAX = 150
"""The API has no upper bound; without one a single member could hold a host for an hour."""
LENGTH_MAX_S = 60.0
SEED_MAX = 2**53 - 1
"""The largest integer that survives JSON and Discord's integer option."""

_SEED_IMAGES: tuple[str, ...] = get_args(SeedImageId)


def _text(option: str, value: str | None, *, required: bool) -> str | None:
    """The text without control characters and outer blanks; right-to-left marks and emoji stay."""
    kept = "".join(c for c in value or "" if unicodedata.category(c) not in ("Cc", "Cs") or c in "\n\t")
    clean = " ".join(kept.split())
    if not is_visible(clean):
        if required:
            raise InvalidOption(option, "empty")
        return None
    if len(clean) > PROMPT_MAX:
        raise InvalidOption(option, "too_long", limit=PROMPT_MAX, length=len(clean))
    return clean


def _between(option: str, value: float, low: float, high: float) -> float:
    if not math.isfinite(value):
        raise InvalidOption(option, "not_a_number")
    if not low <= value <= high:
        raise InvalidOption(option, "out_of_range", low=low, high=high)
    return value


def _seed_image(value: str) -> str:
    wanted = value.strip().lower()
    if wanted == "mask_gradient_top_fifth_75":
        wanted = "mask_graident_top_fifth_75"
    if wanted not in _SEED_IMAGES:
        raise InvalidOption("seed_image", "unknown_seed_image", choices=", ".join(_SEED_IMAGES))
    return wanted


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
        if seed is not None and not 0 <= seed <= SEED_MAX:
            raise InvalidOption("seed", "out_of_range", low=0, high=SEED_MAX)
        given: dict[str, Any] = {
            "prompt": _text("prompt", prompt, required=True),
            "prompt_b": _text("prompt_b", prompt_b, required=False),
            "alpha": None if alpha is None else _between("alpha", alpha, 0, 1),
            "denoising": None if denoising is None else _between("denoising", denoising, 0, 1),
            "seed_image": None if seed_image is None else _seed_image(seed_image),
            "steps": None if steps is None else min(steps, STEPS_MAX),
            "seed": seed,
            "length_s": None if length_s is None else _between("length_s", length_s, 1, LENGTH_MAX_S),
        }
        return cls(**{name: value for name, value in given.items() if value is not None})


class Order(BaseModel):
    """One accepted wish: what, for whom, where. Ids are Discord's, as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["riff"] = "riff"
    host: str
    riff: RiffOptions
    guild_id: str
    channel_id: str
    user_id: str
    user_name: str = Field(max_length=100)
    locale: str = "en"
    parent_take_id: str | None = None
    """The take this one was re-rolled or varied from."""
    parent_user_name: str | None = Field(default=None, max_length=100)
    """Who made that take: the card gives credit even after the take is deleted."""
