"""The desk of ``/setup``: pages that change at once what is chosen on them.

Everything a page needs stands in the ids of its buttons and in what the server decided, so that several
administrators work on it at once, and after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import discord

from bot.errors import InvalidOption
from bot.library.house import House
from bot.safety.policy import RuleSettings
from bot.ui.answers import answer, locale_of
from bot.ui.cards.gone import reference_of
from bot.ui.cards.setup import PAGE_OF, PAGES, name_of
from bot.ui.cards.setup_facts import OF_POT, OF_SETTINGS
from bot.ui.cards.setup_plan import rules_told
from bot.ui.desks.keys import KeyDesk
from bot.ui.desks.pot import PotDesk
from bot.ui.desks.presses import Handler
from bot.ui.desks.settings import SettingsDesk
from bot.ui.desks.setup_facts import known_in
from bot.ui.desks.setup_panel import SetupPanel, require_right
from bot.ui.discord_limits import OPTIONS_MOST

_OF_RULES: Final = {
    "music_channels": "music_channel_ids",
    "moderators_channel": "moderators_channel_id",
    "moderator_roles": "moderator_role_ids",
    "newcomer_role": "newcomer_role_id",
}
"""Menus of channels and roles that decide a rule."""
_OF_CHANNELS: Final = {
    "approval": ("approval", True),
    "strict": ("strictness", "strict"),
    "off": ("strictness", "off"),
}
"""Menus of channels that give each of them a setting."""
_NOTHING_WAITS: Final = -1
"""What somebody types as the price above which orders wait, where none is to wait for its price."""


class SetupDesk:
    """Shows pages, and changes what is chosen. Everything raises ``NotAllowed`` (``setup``)."""

    def __init__(
        self, house: House, panel: SetupPanel, settings: SettingsDesk, pot: PotDesk, keys: KeyDesk
    ) -> None:
        self._house = house
        self._setup = house.setup
        self._panel = panel
        self._settings = settings
        self._pot = pot
        self._keys = keys

    def handlers(self) -> dict[str, Handler]:
        """Which buttons and menus end here."""
        return {
            "setup-back": self.turned,
            "setup-next": self.turned,
            "setup-page": self.jumped,
            "setup-set": self.chosen,
            "setup-pick": self.picked,
            "setup-key": self.key_wanted,
            "setup-gone": self.removed,
        }

    # pages

    async def show(self, interaction: discord.Interaction, page: str = "start") -> None:
        """``/setup start``, or the panel that was pressed in with another page."""
        await self._panel.show(interaction, page)

    async def turned(self, interaction: discord.Interaction, page: str, _: str) -> None:
        """Back or on."""
        await self.show(interaction, page if page in PAGES else PAGES[0])

    async def jumped(self, interaction: discord.Interaction, _: str, page: str) -> None:
        """To any page."""
        await self.turned(interaction, page, "")

    # what is chosen

    async def chosen(self, interaction: discord.Interaction, subject: str, value: str) -> None:
        """Something was chosen from a menu that ``/settings`` or ``/pot`` has as well."""
        require_right(interaction)
        name = name_of(subject)
        if name in OF_SETTINGS:
            await self._settings.change(interaction, name, value)
        elif name in OF_POT:
            await self._pot.change(interaction, {name: value if name == "period" else value == "on"})
        else:
            raise InvalidOption("setting", "unknown_setting")
        await self.show(interaction, PAGE_OF[name])

    async def picked(self, interaction: discord.Interaction, subject: str, chosen: str) -> None:
        """Channels or roles were chosen; those that are not of this server count as not chosen.

        What stood and the menu did not show, because it shows no more at once, stays.
        """
        require_right(interaction)
        name = name_of(subject)
        known, ids = known_in(interaction, self._house), [each for each in chosen.split(",") if each]
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        if name in _OF_CHANNELS:
            field, value = _OF_CHANNELS[name]
            of_here = [each for each in ids if each in known.channel_ids]
            stands = (await self._setup.layout(guild_id)).those(field, value)
            not_shown = [each for each in stands if each in known.channel_ids][OPTIONS_MOST:]
            among = known.channel_ids - set(not_shown)
            await self._setup.set_channels(guild_id, field, value, of_here, actor_id=actor_id, among=among)
        elif name in _OF_RULES:
            rule = _OF_RULES[name]
            there = known.role_ids if "role" in name else known.channel_ids
            of_here = [each for each in ids if each in there]
            value = tuple(of_here) if rule.endswith("_ids") else next(iter(of_here), None)
            await self._setup.set_rule(guild_id, rule, value, actor_id=actor_id)
        else:
            raise InvalidOption("setting", "unknown_setting")
        await self.show(interaction, PAGE_OF[name])

    # by command

    async def rules(
        self,
        interaction: discord.Interaction,
        options: Mapping[str, str | int | None],
        named: Mapping[str, discord.abc.Snowflake | None],
    ) -> None:
        """``/setup rules``: change what is given, all of it or nothing, and show the page that has it.

        Args:
            interaction: Not answered yet.
            options: By the names of ``RuleSettings``; None says nothing of one.
            named: A channel and roles; a role, or the channel, that stands is taken back.

        Raises:
            InvalidOption: One of them cannot be had.
        """
        require_right(interaction)
        values: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        if values.get("hold_above") == _NOTHING_WAITS:
            values["hold_above"] = None
        ids = {name: str(each.id) for name, each in named.items() if each is not None}
        known = known_in(interaction, self._house)
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        async with self._house.choices.together(guild_id):
            stands = (await self._house.choices.of(guild_id, "")).guild.rules
            for name, told in ids.items():
                if told not in known.role_ids | known.channel_ids:
                    raise InvalidOption(name, "unknown_value")
                values |= _switched_rule(stands, name, told)
            for name, value in values.items():
                await self._setup.set_rule(guild_id, name, value, actor_id=actor_id)
        await self.show(interaction, "moderators" if ids.keys() - {"newcomer_role"} else "newcomers")
        changes = [(name, getattr(stands, name), value) for name, value in values.items()]
        await answer(interaction, rules_told(changes, locale_of(interaction)))

    async def channel(
        self, interaction: discord.Interaction, channel_id: str, *, music: bool | None, approval: bool | None
    ) -> None:
        """``/setup channel``: whether music may be made there, and whether every order there waits."""
        require_right(interaction)
        guild_id, actor_id, choices = (
            str(interaction.guild_id),
            str(interaction.user.id),
            self._house.choices,
        )
        async with choices.together(guild_id):
            if approval is not None:
                await choices.set_for_channel(guild_id, channel_id, "approval", approval, actor_id=actor_id)
            ids = (await choices.of(guild_id, "")).guild.rules.music_channel_ids
            if music is not None and music != (channel_id in ids):
                switched = _switched(ids, channel_id)
                await self._setup.set_rule(guild_id, "music_channel_ids", switched, actor_id=actor_id)
        await self.show(interaction, "newcomers" if music is None else "channels")

    async def removed(self, interaction: discord.Interaction, subject: str, back_to: str) -> None:
        """What was deleted is taken out of the settings."""
        require_right(interaction)
        gone = reference_of(subject)
        if gone is not None:
            await self._setup.remove(str(interaction.guild_id), gone, actor_id=str(interaction.user.id))
        if back_to == "pot":
            await self._pot.show(interaction)
        else:
            await self.show(interaction, "check")

    async def key_wanted(self, interaction: discord.Interaction, _: str, host: str) -> None:
        """Ask for the server's key at a host."""
        require_right(interaction)
        await self._keys.add(interaction, host, "guild")

    # coming and going

    async def came(self, guild_id: str, *, here: bool) -> None:
        """The bot was invited to a server, or sent away."""
        await self._house.presence.came(guild_id, here=here)

    async def only_in(self, guild_ids: Collection[str], *, mine: Callable[[str], bool]) -> None:
        """These are the servers, of those that are ``mine`` to know, in which the bot is."""
        await self._house.presence.only_in(guild_ids, mine=mine)


def _switched_rule(rules: RuleSettings, name: str, told: str) -> dict[str, Any]:
    """What becomes of the rule that an option decides, where a channel or role is named."""
    if name == "moderator_role":
        return {"moderator_role_ids": _switched(rules.moderator_role_ids, told)}
    rule = _OF_RULES[name]
    return {rule: None if getattr(rules, rule) == told else told}


def _switched(ids: tuple[str, ...], told: str) -> tuple[str, ...]:
    """The ids with this one, or without it where it is among them."""
    return tuple(each for each in ids if each != told) if told in ids else (*ids, told)
