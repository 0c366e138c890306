"""A journey: from one prompt to another in steps that are joined into one track."""

from __future__ import annotations

from typing import Any, Final, Literal, Self

from bot.errors import InvalidOption
from bot.jobs.options import between, words
from bot.jobs.recipes.base import Base, check_seed
from bot.jobs.recipes.riff import Riff, checked_seed_image

STEPS_LEAST: Final = 3
STEPS_MOST: Final = 12
STEPS_USUAL: Final = 6
JOINED_LEAST: Final = 2
"""Fewer steps than this are no way from one place to another."""


class Journey(Base):
    """Each step is a riff of its own with ``alpha`` rising from 0 to 1."""

    kind: Literal["journey"] = "journey"
    prompt: str
    prompt_b: str
    steps: int
    denoising: float = 0.75
    seed_image: str = "vibes"
    left_out: tuple[int, ...] = ()
    """Of a kept journey: which steps, from 0, could not be made."""

    @property
    def words(self) -> str:
        """From where to where."""
        return f"{self.prompt} → {self.prompt_b}"

    @property
    def texts(self) -> tuple[str, ...]:
        """Both prompts."""
        return (self.prompt, self.prompt_b)

    def seeded(self, seed: int | None) -> Self:
        """The same with another seed; it is not known yet what can be made of it."""
        return self.model_copy(update={"seed": seed, "left_out": ()})

    def riff(self, step: int, ground: str = "") -> Riff:
        """What one step is, from 0; ``ground`` goes with both prompts."""
        return Riff(
            prompt=self.prompt + ground,
            prompt_b=self.prompt_b + ground,
            alpha=round(step / (self.steps - 1), 4),
            denoising=self.denoising,
            seed_image=self.seed_image,
            seed=self.seed,
        )

    @classmethod
    def checked(
        cls,
        *,
        prompt: str,
        prompt_b: str,
        steps: int | None = None,
        denoising: float | None = None,
        seed_image: str | None = None,
        seed: int | None = None,
    ) -> Self:
        """A journey as a person typed it; ``None`` takes what is usual.

        Raises:
            InvalidOption: names the first option that cannot be used and why.
        """
        if steps is not None and not STEPS_LEAST <= steps <= STEPS_MOST:
            raise InvalidOption("steps", "out_of_range", low=STEPS_LEAST, high=STEPS_MOST)
        check_seed(seed)
        given: dict[str, Any] = {
            "prompt": words("prompt", prompt, required=True),
            "prompt_b": words("prompt_b", prompt_b, required=True),
            "steps": STEPS_USUAL if steps is None else steps,
            "denoising": None if denoising is None else between("denoising", denoising, 0, 1),
            "seed_image": None if seed_image is None else checked_seed_image(seed_image),
            "seed": seed,
        }
        return cls(**{name: value for name, value in given.items() if value is not None})


def ground_of(bpm: float | None, key: str | None) -> str:
    """Words that hold the other steps to the tempo and the key of one that is made; none where unknown."""
    told = [None if bpm is None else f"{round(bpm, 3):g} bpm", None if key is None else f"in {key}"]
    return "".join(f", {each}" for each in told if each is not None)
