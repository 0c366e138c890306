"""``/library``: the music that this server made."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.library.search import Asked
from bot.ui.answers import locale_of, suggestions
from bot.ui.cards.library import shelved_choice
from bot.ui.desks.deleting import DeleteDesk
from bot.ui.desks.library import LibraryDesk
from bot.ui.naming import key_typed
from bot.ui.words import say

Choices = list[app_commands.Choice[str]]
_SEARCHED = ("words", "style", "tempo_from", "tempo_to", "key")


class LibraryCog(commands.GroupCog, group_name="library", group_description=say("command.library")):
    """The command group."""

    def __init__(self, desk: LibraryDesk, deleting: DeleteDesk) -> None:
        self._desk = desk
        self._deleting = deleting

    @app_commands.command(name="mine", description=say("command.library.mine"))
    async def mine(self, interaction: discord.Interaction) -> None:
        """What this member made."""
        await self._desk.show(interaction, "mine")

    @app_commands.command(name="channel", description=say("command.library.channel"))
    async def channel(self, interaction: discord.Interaction) -> None:
        """What was made in this channel."""
        await self._desk.show(interaction, "channel")

    @app_commands.command(name="favourites", description=say("command.library.favourites"))
    async def favourites(self, interaction: discord.Interaction) -> None:
        """What this member likes."""
        await self._desk.show(interaction, "favourites")

    @app_commands.command(name="search", description=say("command.library.search"))
    @app_commands.describe(**{name: say(f"command.library.search.{name}") for name in _SEARCHED})
    async def search(
        self,
        interaction: discord.Interaction,
        words: app_commands.Range[str, 1, 100] | None = None,
        style: app_commands.Range[str, 1, 50] | None = None,
        tempo_from: app_commands.Range[float, 20, 400] | None = None,
        tempo_to: app_commands.Range[float, 20, 400] | None = None,
        key: app_commands.Range[str, 1, 30] | None = None,
    ) -> None:
        """What fits."""
        asked = Asked.checked(
            words=words,
            style=style,
            tempo_from=tempo_from,
            tempo_to=tempo_to,
            key=None if key is None else key_typed(key, locale_of(interaction)),
        )
        await self._desk.search(interaction, asked)

    @app_commands.command(name="play", description=say("command.library.play"))
    @app_commands.describe(take=say("command.library.play.take"))
    async def play(self, interaction: discord.Interaction, take: str) -> None:
        """Post it again."""
        await self._desk.play(interaction, take)

    @app_commands.command(name="rename", description=say("command.library.rename"))
    @app_commands.describe(take=say("command.library.rename.take"), title=say("command.library.rename.title"))
    async def rename(
        self, interaction: discord.Interaction, take: str, title: app_commands.Range[str, 0, 100] = ""
    ) -> None:
        """Call it by another name."""
        await self._desk.rename(interaction, await self._desk.named(interaction, take), title)

    @app_commands.command(name="delete", description=say("command.library.delete"))
    @app_commands.describe(take=say("command.library.delete.take"))
    async def delete(self, interaction: discord.Interaction, take: str) -> None:
        """Forget it, if they are sure."""
        await self._deleting.ask_about(interaction, await self._desk.named(interaction, take))

    @app_commands.command(name="export", description=say("command.library.export"))
    @app_commands.describe(what=say("command.library.export.what"))
    @app_commands.choices(
        what=[
            app_commands.Choice(name=say(f"library.export.{shelf}"), value=shelf)
            for shelf in ("mine", "channel")
        ]
    )
    async def export(
        self, interaction: discord.Interaction, what: Literal["mine", "channel"] = "mine"
    ) -> None:
        """Files and recipes in an archive."""
        await self._desk.export(interaction, what)

    @play.autocomplete("take")
    async def played(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Takes that this member may see."""
        return await suggestions(interaction, self._fitting(interaction, typed))

    @rename.autocomplete("take")
    @delete.autocomplete("take")
    async def changed(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Takes that this member may change."""
        return await suggestions(interaction, self._fitting(interaction, typed, own=True))

    async def _fitting(self, interaction: discord.Interaction, typed: str, *, own: bool = False) -> Choices:
        locale = locale_of(interaction)
        found = await self._desk.fitting(interaction, typed, own=own)
        return [app_commands.Choice(name=shelved_choice(take, locale), value=take.id) for take in found]
