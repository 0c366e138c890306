"""Pictures by one of the image models that hosts of the predictions dialect have."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

ImageValue = str | int | float | bool


class ImageInput(BaseModel):
    """Which model, and its inputs by the model's own names. Pictures are https or ``data:`` addresses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9.-]+$")
    inputs: dict[str, ImageValue] = Field(default_factory=dict[str, ImageValue])
