"""``/settings``: what whoever manages a server decides for the server and for one channel."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.preferences import DELIVERIES, FORMATS, LANGUAGES, PRESET_NAME_MAX, PRESET_PROMPT_MAX, REMIXES
from bot.ui.answers import suggestions
from bot.ui.desks.settings import SettingsDesk
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.text import plain
from bot.ui.words import say

Choices = list[app_commands.Choice[str]]
_OPTIONS = (
    *("language", "format", "host", "remix", "picture"),
    *("delivery", "voice", "video", "preset", "preset_prompt"),
)


def _choices(name: str, *values: str) -> Choices:
    """Choices as the panel calls them."""
    keys = {value: value.lower().replace("-", "_") for value in values}
    return [
        app_commands.Choice(name=say(f"settings.{name}.{key}"), value=value) for value, key in keys.items()
    ]


class SettingsCog(commands.Cog):
    """The command."""

    def __init__(self, desk: SettingsDesk) -> None:
        self._desk = desk

    @app_commands.command(name="settings", description=say("command.settings"))
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.describe(**{name: say(f"command.settings.{name}") for name in _OPTIONS})
    @app_commands.choices(
        language=_choices("language", "default", *LANGUAGES),
        format=_choices("format", *FORMATS),
        remix=_choices("remix", *REMIXES),
        delivery=_choices("delivery", *DELIVERIES),
    )
    async def settings(
        self,
        interaction: discord.Interaction,
        language: str | None = None,
        format: str | None = None,  # noqa: A002  (the option's name)
        host: str | None = None,
        remix: str | None = None,
        picture: bool | None = None,
        delivery: str | None = None,
        voice: bool | None = None,
        video: bool | None = None,
        preset: app_commands.Range[str, 1, PRESET_NAME_MAX] | None = None,
        preset_prompt: app_commands.Range[str, 1, PRESET_PROMPT_MAX] | None = None,
    ) -> None:
        """Change what is given, and show the panel."""
        options = {
            "language": language,
            "format": format,
            "host": host,
            "remix": remix,
            "delivery": delivery,
            "picture": picture,
            "voice": voice,
            "video": video,
        }
        await self._desk.show(interaction, options, preset=preset, preset_prompt=preset_prompt)

    @settings.autocomplete("host")
    async def hosts(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Where music can be made, and the bot's own choice."""
        named = [("default", say("settings.host.default")), *((host, host) for host in self._desk.hosts())]
        return [
            app_commands.Choice(name=plain(name), value=value)
            for value, name in named
            if typed.lower() in name.lower()
        ][:CHOICES_MOST]

    @settings.autocomplete("preset")
    async def presets(self, interaction: discord.Interaction, typed: str) -> Choices:
        """The presets that there are."""
        return await suggestions(interaction, self._fitting(interaction, typed))

    async def _fitting(self, interaction: discord.Interaction, typed: str) -> Choices:
        found = await self._desk.presets(interaction, typed)
        return [app_commands.Choice(name=plain(each.name), value=each.name) for each in found]
