"""The desk for help: what this person may do here, read from the commands themselves; and who we are."""

from __future__ import annotations

import asyncio
from importlib import metadata
from typing import Any, Final, cast

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Where
from discord.app_commands import locale_str

from bot.library.house import House
from bot.ui import text
from bot.ui.answers import locale_of
from bot.ui.buttons import ActionMenu, View
from bot.ui.cards.common import BRAND
from bot.ui.desks.presses import Handler
from bot.ui.discord_errors import INVITED
from bot.ui.discord_limits import CHOICE_CHARS, OPTIONS_MOST
from bot.ui.translator import key_of
from bot.ui.words import say

_CHECKED_WITHIN_S: Final = 5.0
_SHOWN_MOST: Final = 3_900
Command = app_commands.Command[Any, ..., Any] | app_commands.Group


class HelpDesk:
    """Shows commands and facts."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> dict[str, Handler]:
        """Which menus end here."""
        return {"help": self.chosen}

    async def overview(self, interaction: discord.Interaction) -> None:
        """Every command that this person may use here, with a menu to read more."""
        locale = locale_of(interaction)
        usable = commands_for(interaction)
        lines = [f"**/{each.name}** · {_described(each, locale)}" for each in usable]
        if not any(each.name == "image" for each in _commands(interaction)):
            lines.append("")
            lines.append(say("help.no_image", locale))
        intro = say("help.intro" if interaction.guild_id else "help.intro.private", locale)
        body = "\n".join([intro, "", *lines])[:_SHOWN_MOST]
        card = discord.Embed(title=say("help.title", locale), description=body, colour=BRAND)
        await interaction.response.send_message(embed=card, view=_menu(usable, locale), ephemeral=True)

    async def chosen(self, interaction: discord.Interaction, _: str, name: str) -> None:
        """One command with all that it takes."""
        locale = locale_of(interaction)
        usable = commands_for(interaction)
        command = next((each for each in usable if each.name == name), None)
        if command is None:  # it went, or the right to it
            await interaction.response.edit_message(view=_menu(usable, locale))
            return
        body = "\n\n".join(explained(each, locale) for each in _leaves(command))[:_SHOWN_MOST]
        card = discord.Embed(title=f"/{command.name}", description=body, colour=BRAND)
        await interaction.response.edit_message(embed=card, view=_menu(usable, locale))

    async def about(self, interaction: discord.Interaction) -> None:
        """Version, licence, and which hosts answer now."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        locale = locale_of(interaction)
        client_id = interaction.application_id
        invite = discord.utils.oauth_url(
            client_id, permissions=INVITED, scopes=("bot", "applications.commands")
        )
        names = sorted(self._house.hosts)
        states = await asyncio.gather(*(self._state_of(name) for name in names))
        hosts = [
            f"{text.shown(name, 60)} · {say(f'about.host.{state}', locale)}"
            for name, state in zip(names, states, strict=True)
        ]
        facts = [
            say("about.what", locale),
            say("about.version", locale, version=version()),
            say("about.licence", locale),
            "\n".join([say("about.hosts", locale), *hosts]),
            say("about.links", locale, invite=invite),
        ]
        card = discord.Embed(title="Riffcord", description="\n\n".join(facts), colour=BRAND)
        await interaction.edit_original_response(embed=card)

    async def _state_of(self, name: str) -> str:
        if name in self._house.keys.only:
            return "own_keys"
        try:
            async with asyncio.timeout(_CHECKED_WITHIN_S):
                return (await self._house.hosts[name].check()).state
        except TimeoutError:
            return "silent"


def version() -> str:
    """Of the installed package."""
    try:
        return metadata.version("riffcord")
    except metadata.PackageNotFoundError:
        return "?"


def _commands(interaction: discord.Interaction) -> list[Command]:
    tree: app_commands.CommandTree[Any] = cast("Any", interaction.client).tree
    every = tree.get_commands(type=discord.AppCommandType.chat_input)
    return sorted(every, key=lambda command: command.name)


def commands_for(interaction: discord.Interaction) -> list[Command]:
    """The commands that this person may use where they ask, as the commands themselves say."""
    return [each for each in _commands(interaction) if _may_use(each, interaction)]


def _may_use(command: Command, interaction: discord.Interaction) -> bool:
    if interaction.guild_id is None:
        contexts = command.allowed_contexts
        return contexts is not None and bool(contexts.dm_channel)
    needed = command.default_permissions
    return needed is None or needed <= interaction.permissions


def _leaves(command: Command) -> list[app_commands.Command[Any, ..., Any]]:
    if isinstance(command, app_commands.Command):
        return [command]
    return [leaf for child in command.commands for leaf in _leaves(child)]


def explained(command: app_commands.Command[Any, ..., Any], locale: str) -> str:
    """What a command does and takes, as Discord shows it in that language."""
    lines = [f"**/{command.qualified_name}**", _described(command, locale)]
    for option in command.parameters:
        mark = "" if option.required else f" {say('help.optional', locale)}"
        said = _said(str(option.description), Where.parameter_description, option, locale)
        lines.append(f"- `{option.display_name}`{mark} · {said}")
    return "\n".join(lines)


def _described(command: Command, locale: str) -> str:
    is_group = isinstance(command, app_commands.Group)
    where = Where.group_description if is_group else Where.command_description
    return _said(command.description, where, command, locale)


def _said(english: str, where: Where, data: Any, locale: str) -> str:
    """A description in the reader's language, the same that Discord is told."""
    key = key_of(locale_str(english), app_commands.TranslationContext(location=where, data=data))
    return english if key is None else say(key, locale)


def _menu(usable: list[Command], locale: str) -> View:
    options = [
        discord.SelectOption(
            label=f"/{each.name}",
            value=each.name,
            description=text.plain(_described(each, locale), CHOICE_CHARS),
        )
        for each in usable[:OPTIONS_MOST]
    ]
    return View(timeout=None).add_item(ActionMenu("help", "topics", options, locale))
