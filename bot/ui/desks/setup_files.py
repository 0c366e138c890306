"""The desk for settings as a file: taken along, and brought again."""

from __future__ import annotations

import io

import discord

from bot.errors import InvalidOption
from bot.library.house import House
from bot.moderation.setup_file import FILE_MOST_BYTES
from bot.ui.answers import answer, locale_of
from bot.ui.attachments import content_of
from bot.ui.cards.setup_plan import plan_panel
from bot.ui.desks.here import names_in
from bot.ui.desks.presses import Handler
from bot.ui.desks.setup_facts import known_in
from bot.ui.desks.setup_panel import require_right
from bot.ui.mentions import NOBODY
from bot.ui.words import counted, say


class SetupFiles:
    """Hands them over and takes them. Everything raises ``NotAllowed`` (``setup``)."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._carrying = house.carrying

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"setup-export": self.export_wanted, "setup-apply": self.applied, "setup-drop": self.dropped}

    async def export_wanted(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """As :meth:`export`, from the panel."""
        await self.export(interaction)

    async def export(self, interaction: discord.Interaction) -> None:
        """``/setup export``: everything, to this person alone."""
        require_right(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)  # the rules may be thousands
        content = await self._carrying.export(str(interaction.guild_id))
        file = discord.File(io.BytesIO(content), filename="riffcord-setup.json")
        await answer(interaction, say("setup.exported", locale_of(interaction)), file=file)

    async def import_(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """``/setup import``: show what a file would change.

        Raises:
            InvalidOption: It is none of ours, or too large.
        """
        require_right(interaction)
        if file.size > FILE_MOST_BYTES:
            raise InvalidOption("file", "setup_file_too_large", limit=FILE_MOST_BYTES // 1024)
        await interaction.response.defer(ephemeral=True, thinking=True)
        content = await content_of(file)
        plan = await self._carrying.plan(content, known_in(interaction, self._house))
        user_id, guild_id = str(interaction.user.id), str(interaction.guild_id)
        key = await self._carrying.keep(content, guild_id=guild_id, user_id=user_id)
        panel = plan_panel(plan, key, names_in(interaction), locale_of(interaction))
        await interaction.followup.send(view=panel, ephemeral=True, allowed_mentions=NOBODY)

    async def applied(self, interaction: discord.Interaction, key: str, _: str) -> None:
        """They want what they were shown."""
        require_right(interaction)
        known = known_in(interaction, self._house)
        await interaction.response.defer()
        plan = await self._carrying.apply(key, known, user_id=str(interaction.user.id))
        await self._close(interaction, counted("setup.applied", plan.count, locale_of(interaction)))

    async def dropped(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """They do not."""
        await interaction.response.defer()
        await self._close(interaction, say("setup.left_alone", locale_of(interaction)))

    async def _close(self, interaction: discord.Interaction, told: str) -> None:
        view = discord.ui.LayoutView(timeout=None).add_item(discord.ui.TextDisplay(told))
        await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)
