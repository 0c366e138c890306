"""The desk of ``/setup``: pages that change at once what is chosen on them, and settings as a file.

Everything a page needs stands in the ids of its buttons and in what the server decided, so that several
administrators work on it at once, and after a restart.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.errors import DiscordDown, InvalidOption, NotAllowed
from bot.library.house import House
from bot.moderation.setup_file import FILE_MOST_BYTES, Known
from bot.safety.policy import RuleSettings
from bot.ui.answers import locale_of, show_panel
from bot.ui.attachments import content_of
from bot.ui.cards.gone import reference_of
from bot.ui.cards.quota import kind_in_words
from bot.ui.cards.setup import PAGE_OF, PAGES, name_of, setup_panel
from bot.ui.cards.setup_facts import MUSIC_KINDS, OF_POT, OF_SETTINGS, PRICED
from bot.ui.cards.setup_plan import plan_panel
from bot.ui.desks.audit import names_in
from bot.ui.desks.keys import KeyDesk
from bot.ui.desks.pot import PotDesk, read, typed_of
from bot.ui.desks.presses import Handler
from bot.ui.desks.settings import SettingsDesk
from bot.ui.desks.setup_facts import facts_in
from bot.ui.discord_limits import OPTIONS_MOST
from bot.ui.forms.pot import PotForm, PotTyped
from bot.ui.forms.setup import Blank, SetupForm, count_of
from bot.ui.mentions import NOBODY
from bot.ui.words import say

_NUMBERS: Final = {
    "newcomer_account_days": (0, 3_650),
    "newcomer_member_days": (0, 3_650),
    "hold_above": (0, 1_000_000_000),
    "trust_after": (0, 1_000),
    "hold_hours": (1, 336),
}
"""Rules that are numbers, with the bounds of ``RuleSettings``."""
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
_PRICE_MOST: Final = 1_000_000_000


class SetupDesk:
    """Shows pages, and changes what is chosen. Everything raises ``NotAllowed`` (``setup``)."""

    def __init__(
        self, house: House, settings: SettingsDesk, pot: PotDesk, keys: KeyDesk, *, default_host: str
    ) -> None:
        self._house = house
        self._setup = house.setup
        self._settings = settings
        self._pot = pot
        self._keys = keys
        self._default_host = default_host

    def handlers(self) -> dict[str, Handler]:
        """Which buttons and menus end here."""
        return {
            "setup-back": self.turned,
            "setup-next": self.turned,
            "setup-page": self.jumped,
            "setup-set": self.chosen,
            "setup-pick": self.picked,
            "setup-form": self.form_wanted,
            "setup-key": self.key_wanted,
            "setup-gone": self.removed,
            "setup-export": self.export_wanted,
            "setup-apply": self.applied,
            "setup-drop": self.dropped,
        }

    # pages

    async def show(self, interaction: discord.Interaction, page: str = "start") -> None:
        """``/setup start``, or the panel that was pressed in with another page."""
        _require_right(interaction)
        facts = await facts_in(interaction, self._house, page, self._default_host)
        await show_panel(interaction, view=setup_panel(page, facts, locale_of(interaction)))

    async def turned(self, interaction: discord.Interaction, page: str, _: str) -> None:
        """Back or on."""
        await self.show(interaction, page if page in PAGES else PAGES[0])

    async def jumped(self, interaction: discord.Interaction, _: str, page: str) -> None:
        """To any page."""
        await self.turned(interaction, page, "")

    # what is chosen

    async def chosen(self, interaction: discord.Interaction, subject: str, value: str) -> None:
        """Something was chosen from a menu that ``/settings`` or ``/pot`` has as well."""
        _require_right(interaction)
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
        _require_right(interaction)
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
        self, interaction: discord.Interaction, values: dict[str, Any], named: dict[str, str]
    ) -> None:
        """``/setup rules``: change what is given, and show the page that has it.

        Args:
            interaction: Not answered yet.
            values: By the names of ``RuleSettings``.
            named: A channel and roles by their ids; a role, or the channel, that stands is taken back.

        Raises:
            InvalidOption: One of them cannot be had.
        """
        _require_right(interaction)
        stands = (await self._setup.layout(str(interaction.guild_id))).guild.rules
        for name, value in values.items():
            await self._set_rule(interaction, name, value)
        known = known_in(interaction, self._house)
        for name, told in named.items():
            if told not in known.role_ids | known.channel_ids:
                raise InvalidOption(name, "unknown_value")
            if name == "moderator_role":
                await self._set_rule(
                    interaction, "moderator_role_ids", switched(stands.moderator_role_ids, told)
                )
            else:
                rule = _OF_RULES[name]
                await self._set_rule(interaction, rule, None if getattr(stands, rule) == told else told)
        await self.show(interaction, "moderators" if named.keys() - {"newcomer_role"} else "newcomers")

    async def channel(
        self, interaction: discord.Interaction, channel_id: str, *, music: bool | None, approval: bool | None
    ) -> None:
        """``/setup channel``: whether music may be made there, and whether every order there waits."""
        _require_right(interaction)
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        if approval is not None:
            await self._house.choices.set_for_channel(
                guild_id, channel_id, "approval", approval, actor_id=actor_id
            )
        ids = (await self._setup.layout(guild_id)).guild.rules.music_channel_ids
        if music is not None and music != (channel_id in ids):
            await self._set_rule(interaction, "music_channel_ids", switched(ids, channel_id))
        await self.show(interaction, "newcomers" if music is None else "channels")

    async def removed(self, interaction: discord.Interaction, subject: str, back_to: str) -> None:
        """What was deleted is taken out of the settings."""
        _require_right(interaction)
        gone = reference_of(subject)
        if gone is not None:
            await self._setup.remove(str(interaction.guild_id), gone, actor_id=str(interaction.user.id))
        if back_to == "pot":
            await self._pot.show(interaction)
        else:
            await self.show(interaction, "check")

    # what is typed

    async def form_wanted(self, interaction: discord.Interaction, name: str, _: str) -> None:
        """Ask for what is typed."""
        _require_right(interaction)
        locale = locale_of(interaction)
        guild = (await self._setup.layout(str(interaction.guild_id))).guild
        match name:
            case "pot":
                form: discord.ui.Modal = PotForm(_PotPage(self), typed_of(guild.money), locale)
            case "prices":
                host = guild.host or self._default_host
                form = _prices_form(guild.money.prices, _PricesPage(self, host), locale)
            case "appeals":
                form = _appeals_form(guild.rules, self.appeals_typed, locale)
            case _:
                form = _rules_form(guild.rules, self.rules_typed, locale)
        await interaction.response.send_modal(form)

    async def pot_typed(self, interaction: discord.Interaction, typed: PotTyped) -> None:
        """The pot's form was sent."""
        await self._pot.change(interaction, read(typed))
        await self.show(interaction, "pot")

    async def prices_typed(self, interaction: discord.Interaction, host: str, typed: dict[str, str]) -> None:
        """Prices at a host were sent; those left empty are as whoever runs the bot says."""
        _require_right(interaction)
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        stands = {each.of: each.credits for each in (await self._setup.layout(guild_id)).guild.money.prices}
        wanted = {kind: count_of("credits", typed[kind], 0, _PRICE_MOST) for kind in PRICED}
        for kind, amount in wanted.items():
            if amount != stands.get((host, kind, None)):
                await self._setup.price(guild_id, host, kind, amount, actor_id=actor_id)
        await self.show(interaction, "prices")

    async def rules_typed(self, interaction: discord.Interaction, typed: dict[str, str]) -> None:
        """Numbers were sent."""
        _require_right(interaction)
        numbers = {name: count_of(name, typed[name], *bounds) for name, bounds in _NUMBERS.items()}
        for name, told in numbers.items():
            value = RuleSettings.model_fields[name].default if told is None else told
            await self._set_rule(interaction, name, value)
        await self.show(interaction, "newcomers")

    async def appeals_typed(self, interaction: discord.Interaction, typed: dict[str, str]) -> None:
        """A text was sent."""
        _require_right(interaction)
        await self._set_rule(interaction, "appeals", typed["text"])
        await self.show(interaction, "newcomers")

    async def _set_rule(self, interaction: discord.Interaction, name: str, value: object) -> None:
        await self._setup.set_rule(str(interaction.guild_id), name, value, actor_id=str(interaction.user.id))

    async def key_wanted(self, interaction: discord.Interaction, _: str, host: str) -> None:
        """Ask for the server's key at a host."""
        _require_right(interaction)
        await self._keys.add(interaction, host, "guild")

    # coming and going

    async def came(self, guild_id: str, *, here: bool) -> None:
        """The bot was invited to a server, or sent away."""
        await self._setup.came(guild_id, here=here)

    async def only_in(self, guild_ids: Collection[str], *, mine: Callable[[str], bool]) -> None:
        """These are the servers, of those that are ``mine`` to know, in which the bot is."""
        await self._setup.only_in(guild_ids, mine=mine)

    # files

    async def export_wanted(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """As :meth:`export`, from the panel."""
        await self.export(interaction)

    async def export(self, interaction: discord.Interaction) -> None:
        """``/setup export``: everything, to this person alone."""
        _require_right(interaction)
        content = await self._setup.export(str(interaction.guild_id))
        file = discord.File(io.BytesIO(content), filename="riffcord-setup.json")
        told = say("setup.exported", locale_of(interaction))
        await interaction.response.send_message(told, file=file, ephemeral=True)

    async def import_(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """``/setup import``: show what a file would change.

        Raises:
            InvalidOption: It is none of ours, or too large.
        """
        _require_right(interaction)
        if file.size > FILE_MOST_BYTES:
            raise InvalidOption("file", "setup_file_too_large", limit=FILE_MOST_BYTES // 1024)
        await interaction.response.defer(ephemeral=True, thinking=True)
        content = await content_of(file)
        plan = await self._setup.plan(content, known_in(interaction, self._house))
        user_id, guild_id = str(interaction.user.id), str(interaction.guild_id)
        key = await self._setup.keep(content, guild_id=guild_id, user_id=user_id)
        panel = plan_panel(plan, key, names_in(interaction), locale_of(interaction))
        await interaction.followup.send(view=panel, ephemeral=True, allowed_mentions=NOBODY)

    async def applied(self, interaction: discord.Interaction, key: str, _: str) -> None:
        """They want what they were shown."""
        _require_right(interaction)
        known = known_in(interaction, self._house)
        await interaction.response.defer()
        plan = await self._setup.apply(key, known, user_id=str(interaction.user.id))
        await self._close(interaction, say("setup.applied", locale_of(interaction), count=len(plan.changes)))

    async def dropped(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """They do not."""
        await interaction.response.defer()
        await self._close(interaction, say("setup.left_alone", locale_of(interaction)))

    async def _close(self, interaction: discord.Interaction, told: str) -> None:
        view = discord.ui.LayoutView(timeout=None).add_item(discord.ui.TextDisplay(told))
        await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)


@dataclass(frozen=True, slots=True)
class _PotPage:
    """Takes the pot's form to the page that it was opened on."""

    desk: SetupDesk

    async def filled_in(self, interaction: discord.Interaction, typed: PotTyped) -> None:
        """The form was sent."""
        await self.desk.pot_typed(interaction, typed)


@dataclass(frozen=True, slots=True)
class _PricesPage:
    """Takes prices to the host that the form was opened for."""

    desk: SetupDesk
    host: str

    async def __call__(self, interaction: discord.Interaction, typed: dict[str, str]) -> None:
        """The form was sent."""
        await self.desk.prices_typed(interaction, self.host, typed)


def _require_right(interaction: discord.Interaction) -> None:
    if not interaction.permissions.manage_guild:
        raise NotAllowed("setup")


def known_in(interaction: discord.Interaction, house: House) -> Known:
    """What this server has, as the gateway told, and where music can be made.

    Raises:
        DiscordDown: It told nothing: there nothing can be judged, and nothing must go.
    """
    guild = interaction.guild
    if guild is None or guild.unavailable:
        raise DiscordDown
    return Known(
        guild_id=str(interaction.guild_id),
        channel_ids=frozenset(str(each.id) for each in guild.channels if each.type in MUSIC_KINDS),
        role_ids=frozenset(str(role.id) for role in guild.roles if not role.is_default()),
        hosts=frozenset(house.hosts),
    )


def switched(ids: tuple[str, ...], told: str) -> tuple[str, ...]:
    """The ids with this one, or without it where it is among them."""
    return tuple(each for each in ids if each != told) if told in ids else (*ids, told)


def _prices_form(prices: Any, filled: _PricesPage, locale: str) -> SetupForm:
    stands = {
        each.kind: str(each.credits) for each in prices if (each.host, each.model) == (filled.host, None)
    }
    hint = say("modal.setup_prices.hint", locale)
    blanks = [
        Blank(
            name=kind, label=kind_in_words(kind, locale), hint=hint, stands=stands.get(kind, ""), longest=12
        )
        for kind in PRICED
    ]
    return SetupForm(say("modal.setup_prices.title", locale), blanks, filled)


def _rules_form(rules: RuleSettings, filled: Any, locale: str) -> SetupForm:
    values = {name: getattr(rules, name) for name in _NUMBERS}
    blanks = [
        Blank(
            name=name,
            label=say(f"modal.setup_rules.{name}.label", locale),
            stands="" if value is None else str(value),
            longest=12,
        )
        for name, value in values.items()
    ]
    return SetupForm(say("modal.setup_rules.title", locale), blanks, filled)


def _appeals_form(rules: RuleSettings, filled: Any, locale: str) -> SetupForm:
    label = say("modal.setup_appeals.text.label", locale)
    blank = Blank(name="text", label=label, stands=rules.appeals, longest=500, is_long=True)
    return SetupForm(say("modal.setup_appeals.title", locale), [blank], filled)
