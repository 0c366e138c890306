"""A riff: a short loop from a few words."""

from __future__ import annotations

from typing import Any, Literal, Self, get_args

from bot.errors import InvalidOption
from bot.jobs.options import between, words
from bot.jobs.recipes.base import Base, check_seed
from bot.jobs.recipes.source import TakeSource
from bot.protocol.engine import LikeAs
from bot.protocol.predictions import SeedImageId

STEPS_MAX = 150
"""The API has no upper bound; without one a single member could hold a host for an hour."""
LENGTH_MAX_S = 60.0

_SEED_IMAGES: tuple[str, ...] = get_args(SeedImageId)


def checked_seed_image(value: str) -> str:
    """The name of a seed picture as the API has it. Raises ``InvalidOption``."""
    wanted = value.strip().lower()
    if wanted == "mask_gradient_top_fifth_75":
        wanted = "mask_graident_top_fifth_75"
    if wanted not in _SEED_IMAGES:
        raise InvalidOption("seed_image", "unknown_seed_image", choices=", ".join(_SEED_IMAGES))
    return wanted


class Riff(Base):
    """The parameters of one riff. Build it with :meth:`checked`, which raises ``InvalidOption``."""

    kind: Literal["riff"] = "riff"
    prompt: str
    prompt_b: str | None = None
    alpha: float = 0.5
    denoising: float = 0.75
    seed_image: str = "vibes"
    steps: int = 50
    length_s: float | None = None
    like: TakeSource | None = None
    """Music whose tempo, key and chords it takes over."""
    like_as: LikeAs | None = None

    @property
    def words(self) -> str:
        """The prompt."""
        return self.prompt

    @property
    def texts(self) -> tuple[str, ...]:
        """Both prompts."""
        return (self.prompt,) if self.prompt_b is None else (self.prompt, self.prompt_b)

    @property
    def made_of(self) -> TakeSource | None:
        """The music it is to fit."""
        return self.like

    @property
    def asked_length_s(self) -> float | None:
        """As typed; a riff beside other music is as long as that."""
        return self.length_s if self.like is None else None

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
        """A riff as a person typed it; ``None`` takes the model's default.

        Raises:
            InvalidOption: names the first option that cannot be used and why.
        """
        if steps is not None and steps < 1:
            raise InvalidOption("steps", "out_of_range", low=1, high=STEPS_MAX)
        check_seed(seed)
        given: dict[str, Any] = {
            "prompt": words("prompt", prompt, required=True),
            "prompt_b": words("prompt_b", prompt_b, required=False),
            "alpha": None if alpha is None else between("alpha", alpha, 0, 1),
            "denoising": None if denoising is None else between("denoising", denoising, 0, 1),
            "seed_image": None if seed_image is None else checked_seed_image(seed_image),
            "steps": None if steps is None else min(steps, STEPS_MAX),
            "seed": seed,
            "length_s": None if length_s is None else between("length_s", length_s, 1, LENGTH_MAX_S),
        }
        return cls(**{name: value for name, value in given.items() if value is not None})
