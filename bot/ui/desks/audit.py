"""The desk for the trail: moderators look into it, and take it with them."""

from __future__ import annotations

import asyncio
import dataclasses
import io
from datetime import timedelta
from typing import Final, Literal

import discord

from bot.errors import NotAllowed
from bot.library.house import House
from bot.moderation.deeds import Sought
from bot.moderation.trail import Page
from bot.moderation.trail_files import as_csv, as_json
from bot.ui.answers import locale_of, show_panel
from bot.ui.cards.audit import audit_panel, kind_name
from bot.ui.cards.values import is_snowflake
from bot.ui.desks.here import names_in
from bot.ui.desks.people import is_moderator
from bot.ui.desks.presses import Handler
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.exporting import SAFE_BYTES
from bot.ui.words import say

FileKind = Literal["csv", "json"]
_WRITERS: Final = {"csv": as_csv, "json": as_json}


class AuditDesk:
    """Shows pages, and hands over files."""

    def __init__(self, house: House) -> None:
        self._trail = house.trail
        self._choices = house.choices

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {
            "audit-on": self.turned,
            "audit-top": self.turned,
            "audit-csv": self.csv_wanted,
            "audit-json": self.json_wanted,
        }

    async def show(
        self, interaction: discord.Interaction, sought: Sought, *, days: int | None, file: FileKind | None
    ) -> None:
        """``/mod audit``: the newest that fits, or all of it as a file.

        Raises:
            NotAllowed: ``audit``: no moderator here.
        """
        await self._require_right(interaction)
        if days is not None:
            since = interaction.created_at - timedelta(days=days)
            sought = dataclasses.replace(sought, since=since)
        if file is not None:
            await self._hand_over(interaction, sought, file)
            return
        page = await self._trail.search(sought, user_id=str(interaction.user.id))
        await self._panel(interaction, page)

    async def turned(self, interaction: discord.Interaction, search_id: str, before: str) -> None:
        """The page of what came before, or the newest again."""
        await self._require_right(interaction)
        page = await self._trail.turn(
            search_id,
            int(before) if before.isdecimal() else None,
            guild_id=str(interaction.guild_id),
            user_id=str(interaction.user.id),
        )
        await self._panel(interaction, page)

    async def csv_wanted(self, interaction: discord.Interaction, search_id: str, _: str) -> None:
        """All that fits, as a table."""
        await self._file_wanted(interaction, search_id, "csv")

    async def json_wanted(self, interaction: discord.Interaction, search_id: str, _: str) -> None:
        """All that fits, for a program."""
        await self._file_wanted(interaction, search_id, "json")

    async def suggest(self, interaction: discord.Interaction, name: str, typed: str) -> list[tuple[str, str]]:
        """What could be looked for while somebody types: names with values; nothing for others."""
        await self._require_right(interaction)
        locale = locale_of(interaction)
        known = await self._trail.known(str(interaction.guild_id), name)
        named = [(_choice(interaction, name, value, locale), value) for value in known]
        wanted = typed.strip().casefold()
        fitting = [each for each in named if wanted in " ".join(each).casefold()]
        return fitting[:CHOICES_MOST]

    async def _require_right(self, interaction: discord.Interaction) -> None:
        if not await is_moderator(interaction, self._choices):
            raise NotAllowed("audit")

    async def _file_wanted(self, interaction: discord.Interaction, search_id: str, kind: FileKind) -> None:
        await self._require_right(interaction)
        guild_id, user_id = str(interaction.guild_id), str(interaction.user.id)
        await self._hand_over(interaction, await self._trail.sought(search_id, guild_id, user_id), kind)

    async def _hand_over(self, interaction: discord.Interaction, sought: Sought, kind: FileKind) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        locale = locale_of(interaction)
        limit_bytes = min(SAFE_BYTES, interaction.filesize_limit)
        noted, is_cut = await self._trail.everything(sought), False
        content = await asyncio.to_thread(_WRITERS[kind], noted)
        while len(content) > limit_bytes:
            noted, is_cut = noted[len(noted) // 2 :], True
            content = await asyncio.to_thread(_WRITERS[kind], noted)
        if not noted:
            await interaction.followup.send(say("audit.none", locale), ephemeral=True)
            return
        told = say("audit.done.cut" if is_cut else "audit.done", locale, count=len(noted))
        file = discord.File(io.BytesIO(content), filename=f"riffcord-audit.{kind}")
        await interaction.followup.send(told, file=file, ephemeral=True)

    async def _panel(self, interaction: discord.Interaction, page: Page) -> None:
        panel = audit_panel(page, names_in(interaction), locale_of(interaction))
        await show_panel(interaction, view=panel)


def _choice(interaction: discord.Interaction, name: str, value: str, locale: str) -> str:
    if name == "action":
        return kind_name(value, locale)
    guild = interaction.guild
    if guild is not None and is_snowflake(value):
        found = guild.get_channel_or_thread(int(value)) or guild.get_role(int(value))
        return value if found is None else f"{found.name} ({value})"
    return value
