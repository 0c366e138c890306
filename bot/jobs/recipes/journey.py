"""A journey: from one prompt to another in steps that are joined into one track."""

from __future__ import annotations

from typing import Literal

from bot.jobs.recipes.base import Base

STEPS_LEAST = 3
STEPS_MOST = 12


class Journey(Base):
    """Each step is a riff of its own with ``alpha`` rising from 0 to 1."""

    kind: Literal["journey"] = "journey"
    prompt: str
    prompt_b: str
    steps: int
    denoising: float = 0.75
    seed_image: str = "vibes"

    @property
    def words(self) -> str:
        """From where to where."""
        return f"{self.prompt} → {self.prompt_b}"

    @property
    def texts(self) -> tuple[str, ...]:
        """Both prompts."""
        return (self.prompt, self.prompt_b)
