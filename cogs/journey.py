"""``/journey``: from one sound to another, step by step."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.options import SEED_MAX
from bot.jobs.recipes import Journey
from bot.jobs.recipes.journey import STEPS_LEAST, STEPS_MOST
from bot.ui.cards.choices import SEED_IMAGES, Choices, prompt_choices
from bot.ui.desks.counter import Counter
from bot.ui.words import say

_OPTIONS = ("prompt", "prompt_b", "steps", "denoising", "seed_image", "seed")


class JourneyCog(commands.Cog):
    """The command and its suggestions."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    @app_commands.command(name="journey", description=say("command.journey"))
    @app_commands.describe(**{option: say(f"command.journey.{option}") for option in _OPTIONS})
    @app_commands.choices(seed_image=SEED_IMAGES)
    async def journey(
        self,
        interaction: discord.Interaction,
        prompt: str,
        prompt_b: str,
        steps: app_commands.Range[int, STEPS_LEAST, STEPS_MOST] | None = None,
        denoising: app_commands.Range[float, 0, 1] | None = None,
        seed_image: str | None = None,
        seed: app_commands.Range[int, 0, SEED_MAX] | None = None,
    ) -> None:
        """Order a journey, after its price was seen where it has one."""
        recipe = Journey.checked(
            prompt=prompt,
            prompt_b=prompt_b,
            steps=steps,
            denoising=denoising,
            seed_image=seed_image,
            seed=seed,
        )
        await self._counter.place(interaction, recipe)

    @journey.autocomplete("prompt")
    @journey.autocomplete("prompt_b")
    async def prompts(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Good prompts that fit what was typed so far, which itself comes first."""
        return prompt_choices(typed)
