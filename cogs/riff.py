"""``/riff``: a few words become a loop."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.options import SEED_MAX
from bot.jobs.recipes.riff import LENGTH_MAX_S
from bot.ui.answers import suggestions
from bot.ui.cards.choices import SEED_IMAGES, Choices, prompt_choices
from bot.ui.desks.riffs import RiffDesk
from bot.ui.forms.riff import RiffTyped
from bot.ui.text import plain
from bot.ui.words import say

_DESCRIBED = {
    option: say(f"command.riff.{option}")
    for option in (
        "prompt",
        "preset",
        "prompt_b",
        "alpha",
        "denoising",
        "seed_image",
        "steps",
        "seed",
        "length_s",
        "more",
    )
}


class RiffCog(commands.Cog):
    """The command and its suggestions."""

    def __init__(self, desk: RiffDesk) -> None:
        self._desk = desk

    # Bounds of numbers are told to Discord, which then keeps what was typed; the recipe checks them again.
    @app_commands.command(name="riff", description=say("command.riff"))
    @app_commands.describe(**_DESCRIBED)
    @app_commands.choices(seed_image=SEED_IMAGES)
    async def riff(
        self,
        interaction: discord.Interaction,
        prompt: str,
        preset: app_commands.Range[str, 1, 100] | None = None,
        prompt_b: str | None = None,
        alpha: app_commands.Range[float, 0, 1] | None = None,
        denoising: app_commands.Range[float, 0, 1] | None = None,
        seed_image: str | None = None,
        steps: app_commands.Range[int, 1] | None = None,
        seed: app_commands.Range[int, 0, SEED_MAX] | None = None,
        length_s: app_commands.Range[float, 1.0, LENGTH_MAX_S] | None = None,
        more: bool = False,
    ) -> None:
        """Order a riff, or ask for more of it in the form."""
        typed = RiffTyped(
            prompt=prompt,
            preset=preset,
            prompt_b=prompt_b,
            alpha=alpha,
            denoising=denoising,
            seed_image=seed_image,
            steps=steps,
            seed=seed,
            length_s=length_s,
        )
        await self._desk.order(interaction, typed, more=more)

    @riff.autocomplete("preset")
    async def presets(self, interaction: discord.Interaction, typed: str) -> Choices:
        """This server's presets and ours."""
        return await suggestions(interaction, self._presets(interaction, typed))

    async def _presets(self, interaction: discord.Interaction, typed: str) -> Choices:
        return [
            app_commands.Choice(name=plain(f"{each.name} · {each.prompt}"), value=each.name)
            for each in await self._desk.presets(interaction, typed)
        ]

    @riff.autocomplete("prompt")
    @riff.autocomplete("prompt_b")
    async def prompts(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Good prompts that fit what was typed so far, which itself comes first."""
        return prompt_choices(typed)
