"""A picture, made by one of the image models of the predictions endpoint."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bot.jobs.recipes.base import Base
from bot.jobs.recipes.source import TakeSource
from bot.protocol.image_models import ImageValue


class Image(Base):
    """The parameters of one picture."""

    kind: Literal["image"] = "image"
    model: str
    """As the table of image models names it."""
    inputs: dict[str, ImageValue] = Field(default_factory=dict[str, ImageValue])
    """By the model's own names, checked against its table."""
    cover_of: TakeSource | None = None
    """The take whose cover it is to be."""

    @property
    def words(self) -> str:
        """The prompt, or the model's name where it takes none."""
        return str(self.inputs.get("prompt") or self.model)
