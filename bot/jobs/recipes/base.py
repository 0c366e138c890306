"""What all recipes have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

from pydantic import BaseModel, ConfigDict

from bot.errors import InvalidOption
from bot.jobs.options import SEED_MAX
from bot.jobs.recipes.source import TakeSource, UploadSource


class Base(BaseModel, ABC):
    """Frozen, and nothing in it that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int | None = None
    """The same seed makes the same music again, where the host takes one."""

    @property
    @abstractmethod
    def words(self) -> str:
        """What it is called where one line of text stands for it."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that a person wrote, for those who judge words."""
        return (self.words,)

    @property
    def made_of(self) -> TakeSource | UploadSource | None:
        """What travels to the host besides the words; None where it is made of words alone."""
        return None

    @property
    def asked_length_s(self) -> float | None:
        """How long the music is to be; None leaves it as it comes."""
        return None

    def seeded(self, seed: int | None) -> Self:
        """The same with another seed; None lets the host draw one."""
        return self.model_copy(update={"seed": seed})


def check_seed(seed: int | None) -> None:
    """Raises ``InvalidOption`` for a seed that is out of bounds."""
    if seed is not None and not 0 <= seed <= SEED_MAX:
        raise InvalidOption("seed", "out_of_range", low=0, high=SEED_MAX)
