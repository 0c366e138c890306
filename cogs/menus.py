"""The menus of messages: *Riff on this*, *Morph this*, *Recipe*, *Report*."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.desks.menus import MenuDesk
from bot.ui.desks.morphs import MorphDesk
from bot.ui.desks.reports import ReportDesk
from bot.ui.words import say

Act = Callable[[discord.Interaction, discord.Message], Awaitable[None]]


class MenusCog(commands.Cog):
    """Puts them into the tree, and takes them out with itself."""

    def __init__(
        self, tree: app_commands.CommandTree[Any], desk: MenuDesk, morphs: MorphDesk, reports: ReportDesk
    ) -> None:
        self._tree = tree
        self._menus = [_menu(say("menu.riff_on_this"), desk.riff_on)]
        if morphs.offered:
            self._menus.append(_menu(say("menu.morph_this"), desk.morph))
        self._menus.append(_menu(say("menu.recipe"), desk.recipe))
        self._menus.append(_menu(say("menu.report"), reports.of_message))

    async def cog_load(self) -> None:
        """Add them."""
        for menu in self._menus:
            self._tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Remove them."""
        for menu in self._menus:
            self._tree.remove_command(menu.name, type=menu.type)


def _menu(name: str, act: Act) -> app_commands.ContextMenu:
    async def called(interaction: discord.Interaction, message: discord.Message) -> None:
        await act(interaction, message)

    return app_commands.ContextMenu(name=name, callback=called)
