"""The desk for settings: what whoever manages a server decides for the server and for one channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import discord

from bot.errors import InvalidOption
from bot.jobs.preferences import Preset
from bot.library.house import House
from bot.ui.answers import locale_of, show_panel
from bot.ui.buttons import number_in
from bot.ui.cards.settings import FIELDS, OF_CHANNEL, settings_panel, values_of
from bot.ui.desks.here import home_of, settings_here
from bot.ui.desks.people import require_manager
from bot.ui.desks.presses import Handler
from bot.ui.forms.preset import PresetModal

_CHANGES_SHOWN: Final = 3


class SettingsDesk:
    """Shows the panel, and changes what is chosen."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._choices = house.choices

    def handlers(self) -> dict[str, Handler]:
        """Which buttons and menus end here."""
        return {"set": self.chosen, "preset": self.preset_wanted, "preset-remove": self.preset_removed}

    async def show(
        self,
        interaction: discord.Interaction,
        options: Mapping[str, str | bool | None],
        *,
        preset: str | None = None,
        preset_prompt: str | None = None,
    ) -> None:
        """``/settings``: change what was given, all of it or nothing; show this person how everything stands.

        Args:
            interaction: Not answered yet.
            options: Settings by the names of their menus, with values as those have them or switched; None
                says nothing of one.
            preset: The name of a preset: to be kept with ``preset_prompt``, or without one forgotten.
            preset_prompt: The words that it is for.

        Raises:
            NotAllowed: ``settings``: somebody who may not manage the server.
            InvalidOption: One of them cannot be had.
        """
        require_manager(interaction, "settings")
        given = {name: value for name, value in options.items() if value is not None}
        if given or preset is not None or preset_prompt is not None:
            async with self._choices.together(str(interaction.guild_id)):
                if preset_prompt is not None:
                    await self._put_preset(interaction, preset or "", preset_prompt)
                elif preset is not None:
                    await self._remove_preset(interaction, preset)
                for name, value in given.items():
                    chosen = value if isinstance(value, str) else "on" if value else "off"
                    await self.change(interaction, name, chosen)
        await self._panel(interaction)

    async def _put_preset(self, interaction: discord.Interaction, name: str, prompt: str) -> None:
        preset = Preset.checked(name, prompt)
        await self._choices.put_preset(str(interaction.guild_id), preset, actor_id=str(interaction.user.id))

    async def _remove_preset(self, interaction: discord.Interaction, name: str) -> None:
        settings = await settings_here(interaction, self._choices)
        if settings.guild.preset(name) is None:
            raise InvalidOption("preset", "unknown_preset")
        await self._choices.remove_preset(str(interaction.guild_id), name, actor_id=str(interaction.user.id))

    async def chosen(self, interaction: discord.Interaction, name: str, value: str) -> None:
        """Something was chosen from a menu of the panel."""
        await self.change(interaction, name, value)
        await self._panel(interaction)

    async def preset_wanted(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """Ask for a new preset."""
        require_manager(interaction, "settings")
        await interaction.response.send_modal(PresetModal(self, locale_of(interaction)))

    async def preset_kept(self, interaction: discord.Interaction, name: str, prompt: str) -> None:
        """The modal was sent."""
        require_manager(interaction, "settings")
        await self._put_preset(interaction, name, prompt)
        await self._panel(interaction)

    async def preset_removed(self, interaction: discord.Interaction, _: str, place: str) -> None:
        """One was chosen to be forgotten; the panel may be older than what stands."""
        require_manager(interaction, "settings")
        presets = (await settings_here(interaction, self._choices)).guild.presets
        number = number_in(place)
        if number is not None and number < len(presets):
            await self._choices.remove_preset(
                str(interaction.guild_id), presets[number].name, actor_id=str(interaction.user.id)
            )
        await self._panel(interaction)

    async def presets(self, interaction: discord.Interaction, typed: str) -> list[Preset]:
        """The server's presets whose name or prompt has what was typed."""
        wanted = typed.strip().casefold()
        every = (await settings_here(interaction, self._choices)).guild.presets
        return [each for each in every if wanted in f"{each.name} {each.prompt}".casefold()]

    def hosts(self) -> list[str]:
        """Where music can be made."""
        return sorted(self._house.hosts)

    async def change(self, interaction: discord.Interaction, name: str, chosen: str) -> None:
        """Change one setting to what its menu calls it. Raises as :meth:`show`."""
        require_manager(interaction, "settings")
        hosts = self.hosts()
        if name == "host" and chosen not in ("default", *hosts):
            raise InvalidOption("host", "unknown_host", choices=", ".join(hosts))
        if chosen not in ("default", *hosts) and chosen not in values_of(name, hosts):
            raise InvalidOption(name, "unknown_value")
        value: Any = {"on": True, "off": False, "default": None}.get(chosen, chosen)
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        field = FIELDS.get(name, name)
        if name in OF_CHANNEL:
            await self._choices.set_for_channel(
                guild_id, home_of(interaction), field, value, actor_id=actor_id
            )
        else:
            await self._choices.set_for_guild(guild_id, field, value, actor_id=actor_id)

    async def _panel(self, interaction: discord.Interaction) -> None:
        settings = await settings_here(interaction, self._choices)
        changes = await self._choices.log_of(str(interaction.guild_id), _CHANGES_SHOWN)
        panel = settings_panel(settings, self.hosts(), changes, locale_of(interaction))
        await show_panel(interaction, view=panel)
