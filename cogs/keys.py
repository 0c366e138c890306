"""``/key``: keys of music hosts that members and servers bring along."""

from __future__ import annotations

from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.keys.records import OwnerKind
from bot.ui.desks.keys import KeyDesk
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.text import plain
from bot.ui.words import say

_WHOSE = [
    app_commands.Choice(name=say("key.whose.user"), value="user"),
    app_commands.Choice(name=say("key.whose.guild"), value="guild"),
]
_TOLD = {name: say(f"command.key.{name}") for name in ("host", "whose")}


class KeyCog(commands.GroupCog, group_name="key", group_description=say("command.key")):
    """The command group."""

    def __init__(self, desk: KeyDesk) -> None:
        self._desk = desk

    @app_commands.command(name="add", description=say("command.key.add"))
    @app_commands.describe(**_TOLD)
    @app_commands.choices(whose=_WHOSE)
    async def add(self, interaction: discord.Interaction, host: str, whose: str = "user") -> None:
        """Ask for a key."""
        await self._desk.add(interaction, host, cast("OwnerKind", whose))

    @app_commands.command(name="remove", description=say("command.key.remove"))
    @app_commands.describe(**_TOLD)
    @app_commands.choices(whose=_WHOSE)
    async def remove(self, interaction: discord.Interaction, host: str, whose: str = "user") -> None:
        """Forget one."""
        await self._desk.remove(interaction, host, cast("OwnerKind", whose))

    @app_commands.command(name="use", description=say("command.key.use"))
    @app_commands.describe(**_TOLD, in_use=say("command.key.in_use"))
    @app_commands.choices(whose=_WHOSE)
    async def use(
        self, interaction: discord.Interaction, host: str, in_use: bool, whose: str = "user"
    ) -> None:
        """Switch one."""
        await self._desk.use(interaction, host, cast("OwnerKind", whose), in_use=in_use)

    @app_commands.command(name="show", description=say("command.key.show"))
    async def show(self, interaction: discord.Interaction) -> None:
        """Which there are."""
        await self._desk.show(interaction)

    @add.autocomplete("host")
    @remove.autocomplete("host")
    @use.autocomplete("host")
    async def hosts(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Those that keys can be brought for."""
        fitting = [host for host in self._desk.hosts if typed.strip().lower() in host]
        return [app_commands.Choice(name=plain(host), value=host) for host in fitting[:CHOICES_MOST]]
