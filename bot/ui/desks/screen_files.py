"""The desk for rules that are brought or taken along: of a file, or of the server's AutoMod."""

from __future__ import annotations

import asyncio
import io

import discord

from bot.errors import InvalidOption
from bot.library.house import House
from bot.moderation.screen_files import FILE_MAX_BYTES, read_file, written_file
from bot.safety.words import Action, Rule
from bot.ui.answers import answer, locale_of
from bot.ui.attachments import content_of
from bot.ui.desks.people import require_manager
from bot.ui.desks.presses import Handler
from bot.ui.desks.screen import ScreenDesk
from bot.ui.words import say


class ScreenFiles:
    """Brings them, and hands them over. Everything raises ``NotAllowed`` (``screen``)."""

    def __init__(self, house: House, desk: ScreenDesk) -> None:
        self._rules = house.screen_rules
        self._desk = desk

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"screen-file": self.file_wanted}

    async def file_wanted(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """All rules, to take along."""
        require_manager(interaction, "screen")
        await interaction.response.defer(ephemeral=True, thinking=True)  # they may be thousands
        content = written_file(await self._rules.all(str(interaction.guild_id)))
        file = discord.File(io.BytesIO(content), filename="riffcord-rules.csv")
        await answer(interaction, say("screen.file", locale_of(interaction)), file=file)

    async def bring(
        self,
        interaction: discord.Interaction,
        source: str,
        file: discord.Attachment | None,
        action: Action,
    ) -> None:
        """``/screen import``: of ``automod``, or of the file.

        Raises:
            InvalidOption: There is no file, or it is too large or none of rules.
        """
        require_manager(interaction, "screen")
        if source == "automod":
            await self._bring_automod(interaction, action)
        elif file is None:
            raise InvalidOption("file", "no_rules_file")
        else:
            await self._bring_file(interaction, file, action)

    async def _bring_file(
        self, interaction: discord.Interaction, file: discord.Attachment, action: Action
    ) -> None:
        if file.size > FILE_MAX_BYTES:
            raise InvalidOption("file", "rules_file_too_large", limit_mb=FILE_MAX_BYTES // 1_000_000)
        await interaction.response.defer(ephemeral=True, thinking=True)
        content = await content_of(file)
        await self._desk.keep(interaction, await asyncio.to_thread(read_file, content, action=action), "file")

    async def _bring_automod(self, interaction: discord.Interaction, action: Action) -> None:
        """The words of the server's AutoMod, with those that it allows.

        Where the bot may not read them, it says so; nothing else needs that permission.
        """
        locale, guild = locale_of(interaction), interaction.guild
        await interaction.response.defer(ephemeral=True, thinking=True)
        if guild is None or not interaction.app_permissions.manage_guild:
            await answer(interaction, say("screen.automod.forbidden", locale))
            return
        try:
            found = await guild.fetch_automod_rules()
        except discord.Forbidden:
            await answer(interaction, say("screen.automod.forbidden", locale))
            return
        wanted = [rule for each in found if each.enabled for rule in rules_of_automod(each.trigger, action)]
        if not wanted:
            await answer(interaction, say("screen.automod.none", locale))
            return
        await self._desk.keep(interaction, wanted, "automod")


def rules_of_automod(trigger: discord.AutoModTrigger, action: Action) -> list[Rule]:
    """What one rule of AutoMod looks for; its stars mean what ours do.

    https://discord.com/developers/docs/resources/auto-moderation ("Keyword Matching Strategies")
    """
    if trigger.type is not discord.AutoModRuleTriggerType.keyword:
        return []
    words = [Rule(id=0, kind="word", text=each, action=action) for each in trigger.keyword_filter]
    patterns = [Rule(id=0, kind="pattern", text=each, action=action) for each in trigger.regex_patterns]
    return [*words, *patterns, *(Rule(id=0, kind="allow", text=each) for each in trigger.allow_list)]
