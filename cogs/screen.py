"""``/screen``: words that a server does not want."""

from __future__ import annotations

from typing import Final, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.safety.policy import Strictness
from bot.safety.words import ACTIONS, KINDS, PATTERN_MAX, Action, Kind
from bot.ui.answers import locale_of, suggestions
from bot.ui.cards.screen import rule_choice
from bot.ui.desks.screen import ScreenDesk
from bot.ui.desks.screen_files import ScreenFiles
from bot.ui.words import say

Choices = list[app_commands.Choice[str]]


def _choices(name: str, *values: str) -> Choices:
    return [app_commands.Choice(name=say(f"screen.{name}.{value}"), value=value) for value in values]


_ACTIONS: Final = _choices("action", *ACTIONS)


@app_commands.default_permissions(manage_guild=True)
class ScreenCog(commands.GroupCog, group_name="screen", group_description=say("command.screen")):
    """The command group."""

    def __init__(self, desk: ScreenDesk, files: ScreenFiles) -> None:
        self._desk = desk
        self._files = files

    @app_commands.command(name="add", description=say("command.screen.add"))
    @app_commands.describe(
        **{
            name: say(f"command.screen.add.{name}")
            for name in ("rule", "kind", "action", "spare_adult_channels")
        }
    )
    @app_commands.choices(kind=_choices("kind", *KINDS), action=_ACTIONS)
    async def add(
        self,
        interaction: discord.Interaction,
        rule: app_commands.Range[str, 1, PATTERN_MAX] | None = None,
        kind: str = "word",
        action: str = "refuse",
        spare_adult_channels: bool = False,
    ) -> None:
        """A rule, or a form for many."""
        await self._desk.add(
            interaction, rule, cast("Kind", kind), cast("Action", action), spares=spare_adult_channels
        )

    @app_commands.command(name="remove", description=say("command.screen.remove"))
    @app_commands.describe(rule=say("command.screen.remove.rule"))
    async def remove(self, interaction: discord.Interaction, rule: app_commands.Range[str, 1, 300]) -> None:
        """One of them."""
        await self._desk.remove(interaction, rule)

    @app_commands.command(name="list", description=say("command.screen.list"))
    async def list_(self, interaction: discord.Interaction) -> None:
        """All of them."""
        await self._desk.list(interaction)

    @app_commands.command(name="test", description=say("command.screen.test"))
    @app_commands.describe(rule=say("command.screen.test.rule"))
    async def test(
        self, interaction: discord.Interaction, rule: app_commands.Range[str, 1, 300] | None = None
    ) -> None:
        """What they would do."""
        await self._desk.test(interaction, rule)

    @app_commands.command(name="import", description=say("command.screen.import"))
    @app_commands.describe(
        **{name: say(f"command.screen.import.{name}") for name in ("source", "file", "action")}
    )
    @app_commands.choices(source=_choices("source", "file", "automod"), action=_ACTIONS)
    async def import_(
        self,
        interaction: discord.Interaction,
        source: str,
        file: discord.Attachment | None = None,
        action: str = "refuse",
    ) -> None:
        """Of a file, or of AutoMod."""
        await self._files.bring(interaction, source, file, cast("Action", action))

    @app_commands.command(name="strictness", description=say("command.screen.strictness"))
    @app_commands.describe(level=say("command.screen.strictness.level"))
    @app_commands.choices(level=_choices("strictness", "off", "normal", "strict"))
    async def strictness(self, interaction: discord.Interaction, level: str) -> None:
        """How closely this channel is looked at."""
        await self._desk.set_strictness(interaction, cast("Strictness", level))

    @remove.autocomplete("rule")
    @test.autocomplete("rule")
    async def rules(self, interaction: discord.Interaction, typed: str) -> Choices:
        """The rules that there are."""
        return await suggestions(interaction, self._fitting(interaction, typed))

    async def _fitting(self, interaction: discord.Interaction, typed: str) -> Choices:
        locale = locale_of(interaction)
        found = await self._desk.suggest(interaction, typed)
        return [app_commands.Choice(name=rule_choice(each, locale), value=str(each.id)) for each in found]
