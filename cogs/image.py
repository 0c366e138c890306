"""``/image``: a picture, or a short film, by one of the image models."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.options import SEED_MAX
from bot.protocol.image_models import IMAGE_MODELS
from bot.ui.cards.choices import Choices
from bot.ui.cards.image_choices import suggest_more
from bot.ui.desks.images import ImageDesk
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.words import say

_MODELS = [app_commands.Choice(name=name, value=name) for name in IMAGE_MODELS]
_DESCRIBED = {
    option: say(f"command.image.{option}")
    for option in ("prompt", "model", "picture", "mask", "more", "seed")
}


class ImageCog(commands.Cog):
    """The command and its suggestions."""

    def __init__(self, desk: ImageDesk) -> None:
        self._desk = desk

    @app_commands.command(name="image", description=say("command.image"))
    @app_commands.describe(**_DESCRIBED)
    @app_commands.choices(model=_MODELS)
    async def image(
        self,
        interaction: discord.Interaction,
        prompt: str | None = None,
        model: str | None = None,
        picture: discord.Attachment | None = None,
        mask: discord.Attachment | None = None,
        more: str | None = None,
        seed: app_commands.Range[int, 0, SEED_MAX] | None = None,
    ) -> None:
        """Order a picture."""
        await self._desk.order(
            interaction, model=model, prompt=prompt, picture=picture, mask=mask, more=more, seed=seed
        )

    @image.autocomplete("more")
    async def inputs(self, interaction: discord.Interaction, typed: str) -> Choices:
        """What else the chosen model takes."""
        model: str | None = getattr(interaction.namespace, "model", None)
        found = suggest_more(model, typed)[:CHOICES_MOST]
        return [app_commands.Choice(name=shown, value=whole) for shown, whole in found]
