"""The desk for the pot: how it is filled, and credits that come beside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import discord

from bot.errors import InvalidOption
from bot.library.house import House
from bot.money.policy import MoneySettings, PotPolicy
from bot.ui.answers import locale_of
from bot.ui.cards.pot import SWITCHES, setting_of, values_of
from bot.ui.cards.prices import number, of_server
from bot.ui.desks.giving import tell_all
from bot.ui.desks.here import home_of
from bot.ui.desks.people import require_manager
from bot.ui.desks.pot_panel import PotPanel
from bot.ui.desks.presses import Handler
from bot.ui.desks.public_words import give_for
from bot.ui.forms.blanks import Blank, BlankForms, Filled, Questions
from bot.ui.money_typed import clock_of, read_minute, read_whole, read_worth, read_zone
from bot.ui.words import say

_OF_POT: Final = frozenset(PotPolicy.model_fields)
_LENGTHS: Final = {"amount": 12, "reset_time": 5, "zone": 60, "ask_above": 12, "worth": 20}
"""The fields of the form, with the characters that each takes."""


class PotDesk:
    """Shows the panel, and changes what is chosen or typed. Everything raises ``NotAllowed`` (``pot``)."""

    def __init__(self, house: House, panel: PotPanel, forms: BlankForms) -> None:
        self._house = house
        self._treasury = house.treasury
        self._panel = panel
        self._forms = forms

    def handlers(self) -> dict[str, Handler]:
        """Which buttons and menus end here."""
        return {"pot": self.chosen, "pot-form": self.form_wanted}

    async def show(self, interaction: discord.Interaction) -> None:
        """``/pot show``."""
        require_manager(interaction, "pot")
        await self._panel.show(interaction)

    async def chosen(self, interaction: discord.Interaction, subject: str, value: str) -> None:
        """Something was chosen from a menu of the panel."""
        require_manager(interaction, "pot")
        name = setting_of(subject)
        if name is None or value not in values_of(name):
            raise InvalidOption("period", "unknown_value")
        await self.set(interaction, {name: value == "on" if name in SWITCHES else value})

    async def form_wanted(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """Ask for what is typed."""
        require_manager(interaction, "pot")
        money, locale = await self._panel.money(interaction), locale_of(interaction)
        await self._forms.ask(interaction, questions(money, self._filled_in, locale))

    async def _filled_in(self, interaction: discord.Interaction, typed: dict[str, str]) -> None:
        """The form was sent."""
        await self.set(interaction, read(typed))

    async def options(self, interaction: discord.Interaction, options: Mapping[str, Any]) -> None:
        """``/pot set``: as :meth:`set`, what is given.

        ``options`` have the names of settings, with time and zone as they were typed; None says nothing of
        one, and a worth of 0 that there is none.
        """
        require_manager(interaction, "pot")
        values = {name: value for name, value in options.items() if value is not None}
        typed = {name: values.pop(name) for name in ("reset_time", "zone") if name in values}
        values |= read(typed)
        if values.get("credit_value") == 0:
            values["credit_value"] = None
        await self.set(interaction, values)

    async def set(self, interaction: discord.Interaction, values: Mapping[str, Any]) -> None:
        """As :meth:`change`, and show how everything stands."""
        await self.change(interaction, values)
        await self._panel.show(interaction)

    async def change(self, interaction: discord.Interaction, values: Mapping[str, Any]) -> None:
        """Change what is given, all of it or nothing.

        Args:
            interaction: Whose it is.
            values: By the names of the fields of ``MoneySettings`` and ``PotPolicy``.

        Raises:
            InvalidOption: One of them cannot be had.
        """
        require_manager(interaction, "pot")
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        of_pot = {name: value for name, value in values.items() if name in _OF_POT}
        async with self._house.choices.together(guild_id):
            if of_pot:
                await self._treasury.set_pot(guild_id, of_pot, actor_id=actor_id)
            for name in values.keys() - of_pot.keys():
                await self._treasury.set_money(guild_id, name, values[name], actor_id=actor_id)

    async def top_up(self, interaction: discord.Interaction, amount: int, reason: str) -> None:
        """``/pot top-up``: more credits, which stay until they are used."""
        require_manager(interaction, "pot")
        guild_id, locale = str(interaction.guild_id), locale_of(interaction)
        state = await self._treasury.top_up(
            guild_id, amount, actor_id=str(interaction.user.id), reason=reason, key=str(interaction.id)
        )
        price = of_server(amount, await self._panel.money(interaction), locale)
        note = say("pot.topped_up", locale, price=price, left=number(state.left))
        await self._panel.show(interaction, note)

    async def sponsor(self, interaction: discord.Interaction, amount: int, reason: str) -> None:
        """``/pot sponsor``: credits for this channel alone; everybody in it is told, and nobody called."""
        require_manager(interaction, "pot")
        await give_for(interaction, self._house, self._forms, reason, partial(self._sponsor, amount))

    async def _sponsor(self, amount: int, interaction: discord.Interaction, reason: str) -> None:
        require_manager(interaction, "pot")
        await self._treasury.sponsor(
            str(interaction.guild_id),
            home_of(interaction),
            amount,
            actor_id=str(interaction.user.id),
            reason=reason,
            key=str(interaction.id),
        )
        await tell_all(interaction, self._house.choices, "pot.sponsored", amount, reason)


def questions(money: MoneySettings, filled: Filled, locale: str) -> Questions:
    """The form of the pot, as everything stands."""
    value = money.credit_value
    stands = {
        "amount": str(money.pot.amount),
        "reset_time": clock_of(money.pot.reset_minute),
        "zone": money.pot.zone,
        "ask_above": str(money.ask_above),
        "worth": "" if value is None else f"{value:g} {money.currency}",
    }
    blanks = [
        Blank(
            name=name,
            label=say(f"modal.pot.{name}.label", locale),
            stands=stands[name],
            longest=longest,
            required=name != "worth",
        )
        for name, longest in _LENGTHS.items()
    ]
    return Questions(title=say("modal.pot.title", locale), blanks=blanks, filled=filled)


def read(typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed of the form, by the names of the settings. Raises ``InvalidOption``."""
    values: dict[str, Any] = {
        name: read_whole(name, typed[name]) for name in ("amount", "ask_above") if name in typed
    }
    if "reset_time" in typed:
        values["reset_minute"] = read_minute(typed["reset_time"])
    if "zone" in typed:
        values["zone"] = read_zone(typed["zone"])
    if "worth" in typed:
        worth = read_worth(typed["worth"])
        values["credit_value"], values["currency"] = worth or (None, "")
    return values
