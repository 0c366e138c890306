"""The desk for privacy: what is kept of a member, handing it over, and deleting it. In private as well."""

from __future__ import annotations

import tempfile
from pathlib import Path

import discord

from bot.errors import NotAllowed
from bot.keys.records import Owner
from bot.library.house import House
from bot.ui.answers import locale_of
from bot.ui.buttons import ActionButton, View
from bot.ui.cards.common import BRAND, TROUBLE
from bot.ui.desks.presses import Handler
from bot.ui.exporting import SAFE_BYTES, send_bundle
from bot.ui.words import say


class PrivacyDesk:
    """Tells, hands over, deletes."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._privacy = house.privacy

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"forget-me": self.delete_confirmed, "keep-me": self.delete_withdrawn}

    async def about(self, interaction: discord.Interaction) -> None:
        """What is kept, in plain words, and how much of it there is of this person."""
        locale = locale_of(interaction)
        user_id = str(interaction.user.id)
        kept = await self._privacy.kept(user_id)
        remix = (await self._house.choices.member(user_id)).remix
        counted = say("privacy.counted", locale, takes=kept.takes, jobs=kept.jobs, likes=kept.likes)
        lines = [say("privacy.kept", locale), counted, say(f"remix.{remix or 'server'}.yours", locale)]
        if await self._house.keys.of(Owner("user", user_id)):
            lines.append(say("privacy.keys", locale))
        lines.append(say("privacy.moderation", locale))
        card = discord.Embed(title=say("privacy.title", locale), description="\n\n".join(lines), colour=BRAND)
        await interaction.response.send_message(embed=card, ephemeral=True)

    async def export(self, interaction: discord.Interaction) -> None:
        """Everything as archives, to this person alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        limit_bytes = min(SAFE_BYTES, interaction.filesize_limit)
        with tempfile.TemporaryDirectory() as folder:
            bundle = await self._privacy.export(
                str(interaction.user.id), Path(folder), limit_bytes=limit_bytes
            )
            await send_bundle(interaction, bundle)

    async def delete(self, interaction: discord.Interaction) -> None:
        """Ask whether all of it is really to go."""
        locale, user_id = locale_of(interaction), str(interaction.user.id)
        kept = await self._privacy.kept(user_id)
        card = discord.Embed(
            title=say("privacy.delete.title", locale),
            description=say("privacy.delete.sure", locale, takes=kept.takes),
            colour=TROUBLE,
        )
        row = View(timeout=None)
        for action in ("forget-me", "keep-me"):
            row.add_item(ActionButton(action, user_id, locale))
        await interaction.response.send_message(embed=card, view=row, ephemeral=True)

    async def delete_confirmed(self, interaction: discord.Interaction, user_id: str, _: str) -> None:
        """They are sure."""
        if user_id != str(interaction.user.id):
            raise NotAllowed("forget")
        locale = locale_of(interaction)
        await interaction.response.edit_message(
            content=say("privacy.delete.begun", locale), embed=None, view=None
        )
        erased = await self._privacy.erase(user_id)
        key = "privacy.delete.done" if not erased.jobs_left else "privacy.delete.rest_later"
        told = say(key, locale, takes=erased.takes, jobs=erased.jobs_left)
        await interaction.edit_original_response(content=told)

    async def delete_withdrawn(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """They are not."""
        told = say("privacy.delete.kept", locale_of(interaction))
        await interaction.response.edit_message(content=told, embed=None, view=None)
