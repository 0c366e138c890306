"""``/morph``: something else of music that stands in this server, or that a member brings."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.options import PROMPT_MAX, SEED_MAX
from bot.jobs.recipes.morph import LYRICS_MAX, TRANSFORMS, Asked
from bot.jobs.recipes.times import parsed_time
from bot.ui.answers import locale_of, suggestions
from bot.ui.cards.choices import Choices, style_choices, take_choices
from bot.ui.desks.morphs import MorphDesk
from bot.ui.words import say

Share = app_commands.Range[float, 0, 1]
Seed = app_commands.Range[int, 0, SEED_MAX]
Tags = app_commands.Range[str, 1, PROMPT_MAX]
Lyrics = app_commands.Range[str, 1, LYRICS_MAX]
Time = app_commands.Range[str, 1, 12]
File = discord.Attachment


def _described(command: str, *options: str) -> dict[str, str]:
    return {option.rstrip("_"): say(f"command.morph.{command}.{option.rstrip('_')}") for option in options}


class MorphCog(commands.GroupCog, group_name="morph", group_description=say("command.morph")):
    """The command group, with only what some host can do."""

    def __init__(self, desk: MorphDesk) -> None:
        self._desk = desk
        group = self.app_command
        for transform in set(TRANSFORMS) - set(desk.offered):
            if isinstance(group, app_commands.Group):
                group.remove_command(transform.replace("_", "-"))

    @app_commands.command(name="cover", description=say("command.morph.cover"))
    @app_commands.describe(
        **_described("cover", "tags", "take", "file", "lyrics", "strength", "weirdness", "seed")
    )
    async def cover(
        self,
        interaction: discord.Interaction,
        tags: Tags,
        take: str | None = None,
        file: File | None = None,
        lyrics: Lyrics | None = None,
        strength: Share | None = None,
        weirdness: Share | None = None,
        seed: Seed | None = None,
    ) -> None:
        """Order a cover."""
        asked = Asked(tags=tags, lyrics=lyrics, strength=strength, weirdness=weirdness, seed=seed)
        await self._desk.order(interaction, "cover", asked, named=take, file=file)

    @app_commands.command(name="extend", description=say("command.morph.extend"))
    @app_commands.describe(
        **_described(
            "extend", "take", "file", "at", "longer", "tags", "lyrics", "strength", "weirdness", "seed"
        )
    )
    async def extend(
        self,
        interaction: discord.Interaction,
        take: str | None = None,
        file: File | None = None,
        at: Time | None = None,
        longer: Time | None = None,
        tags: Tags | None = None,
        lyrics: Lyrics | None = None,
        strength: Share | None = None,
        weirdness: Share | None = None,
        seed: Seed | None = None,
    ) -> None:
        """Show how it would go on."""
        asked = Asked(
            tags=tags,
            lyrics=lyrics,
            strength=strength,
            weirdness=weirdness,
            at_s=parsed_time("at", at),
            longer_s=parsed_time("longer", longer),
            seed=seed,
        )
        await self._desk.order(interaction, "extend", asked, named=take, file=file)

    @app_commands.command(name="inpaint", description=say("command.morph.inpaint"))
    @app_commands.rename(from_="from")
    @app_commands.describe(
        from_=say("command.morph.inpaint.from"),
        **_described("inpaint", "to", "take", "file", "tags", "lyrics", "strength", "weirdness", "seed"),
    )
    async def inpaint(
        self,
        interaction: discord.Interaction,
        from_: Time,
        to: Time,
        take: str | None = None,
        file: File | None = None,
        tags: Tags | None = None,
        lyrics: Lyrics | None = None,
        strength: Share | None = None,
        weirdness: Share | None = None,
        seed: Seed | None = None,
    ) -> None:
        """Show which part would be made anew."""
        asked = Asked(
            tags=tags,
            lyrics=lyrics,
            strength=strength,
            weirdness=weirdness,
            from_s=parsed_time("from", from_),
            to_s=parsed_time("to", to),
            seed=seed,
        )
        await self._desk.order(interaction, "inpaint", asked, named=take, file=file)

    @app_commands.command(name="swap-vocals", description=say("command.morph.swap-vocals"))
    @app_commands.describe(**_described("swap-vocals", "take", "tags", "lyrics", "strength", "seed"))
    async def swap_vocals(
        self,
        interaction: discord.Interaction,
        take: str,
        tags: Tags | None = None,
        lyrics: Lyrics | None = None,
        strength: Share | None = None,
        seed: Seed | None = None,
    ) -> None:
        """Order another voice."""
        asked = Asked(tags=tags, lyrics=lyrics, strength=strength, seed=seed)
        await self._desk.order(interaction, "swap_vocals", asked, named=take, file=None)

    @app_commands.command(name="swap-sound", description=say("command.morph.swap-sound"))
    @app_commands.describe(
        **_described("swap-sound", "tags", "take", "file", "strength", "weirdness", "seed")
    )
    async def swap_sound(
        self,
        interaction: discord.Interaction,
        tags: Tags,
        take: str | None = None,
        file: File | None = None,
        strength: Share | None = None,
        weirdness: Share | None = None,
        seed: Seed | None = None,
    ) -> None:
        """Order other instruments."""
        asked = Asked(tags=tags, strength=strength, weirdness=weirdness, seed=seed)
        await self._desk.order(interaction, "swap_sound", asked, named=take, file=file)

    @cover.autocomplete("take")
    @extend.autocomplete("take")
    @inpaint.autocomplete("take")
    @swap_vocals.autocomplete("take")
    @swap_sound.autocomplete("take")
    async def takes(self, interaction: discord.Interaction, typed: str) -> Choices:
        """The channel's takes, newest first."""
        return await suggestions(interaction, self._fitting(interaction, typed))

    async def _fitting(self, interaction: discord.Interaction, typed: str) -> Choices:
        return take_choices(await self._desk.fitting(interaction, typed), locale_of(interaction))

    @cover.autocomplete("tags")
    @extend.autocomplete("tags")
    @inpaint.autocomplete("tags")
    @swap_vocals.autocomplete("tags")
    @swap_sound.autocomplete("tags")
    async def styles(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Words of style that go on with what was typed so far."""
        return style_choices(typed)
