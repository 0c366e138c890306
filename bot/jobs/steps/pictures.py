"""Pictures that a member brought, put into what an image model is asked for at the moment it is asked."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

from bot.jobs.recipes import Image, Recipe
from bot.jobs.tools import Tools
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput


async def with_pictures(
    wanted: EngineInput | ImageInput, recipe: Recipe, tools: Tools
) -> EngineInput | ImageInput:
    """The same with each file as a ``data:`` address. Raises ``NotFound`` where one is gone."""
    if not isinstance(wanted, ImageInput) or not isinstance(recipe, Image) or not recipe.pictures:
        return wanted
    inputs = dict(wanted.inputs)
    for name, brought in recipe.pictures.items():
        inputs[name] = await asyncio.to_thread(_address, await tools.blobs.path(brought.key))
    return wanted.model_copy(update={"inputs": inputs})


def _address(file: Path) -> str:
    kind = "image/png" if file.suffix == ".png" else "image/jpeg"
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
