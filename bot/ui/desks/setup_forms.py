"""The desk for what is typed on the pages of ``/setup``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import discord

from bot.library.house import House
from bot.money.policy import Price
from bot.safety.policy import RuleSettings
from bot.ui.answers import locale_of
from bot.ui.cards.quota import kind_in_words
from bot.ui.cards.setup_facts import PRICED
from bot.ui.desks.pot import PotDesk, questions, read
from bot.ui.desks.presses import Handler
from bot.ui.desks.setup_panel import SetupPanel, require_right
from bot.ui.forms.blanks import Blank, BlankForms, Filled, Questions
from bot.ui.money_typed import read_whole
from bot.ui.words import say

_NUMBERS: Final = (
    "newcomer_account_days",
    "newcomer_member_days",
    "hold_above",
    "trust_after",
    "hold_hours",
)
"""Rules that are numbers."""


class SetupForms:
    """Opens forms, and changes what was filled in. Everything raises ``NotAllowed`` (``setup``)."""

    def __init__(self, house: House, panel: SetupPanel, pot: PotDesk, forms: BlankForms) -> None:
        self._setup = house.setup
        self._choices = house.choices
        self._panel = panel
        self._pot = pot
        self._forms = forms

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"setup-form": self.wanted}

    async def wanted(self, interaction: discord.Interaction, name: str, _: str) -> None:
        """Ask for what is typed."""
        require_right(interaction)
        locale = locale_of(interaction)
        guild = (await self._setup.layout(str(interaction.guild_id))).guild
        match name:
            case "pot":
                form = questions(guild.money, self._of_pot, locale)
            case "prices":
                host = guild.host or self._panel.default_host
                form = _prices_form(guild.money.prices, host, partial(self._prices, host), locale)
            case "appeals":
                form = _appeals_form(guild.rules, self._appeals, locale)
            case _:
                form = _rules_form(guild.rules, self._rules, locale)
        await self._forms.ask(interaction, form)

    async def _of_pot(self, interaction: discord.Interaction, typed: dict[str, str]) -> None:
        """The pot's form was sent."""
        await self._pot.change(interaction, read(typed))
        await self._panel.show(interaction, "pot")

    async def _prices(self, host: str, interaction: discord.Interaction, typed: dict[str, str]) -> None:
        """Prices at a host; those left empty are as whoever runs the bot says."""
        require_right(interaction)
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        wanted = {kind: read_whole(kind, typed[kind]) if typed[kind] else None for kind in PRICED}
        async with self._choices.together(guild_id):
            prices = (await self._choices.of(guild_id, "")).guild.money.prices
            stands = {each.of: each.credits for each in prices}
            for kind, amount in wanted.items():
                if amount != stands.get((host, kind, None)):
                    await self._setup.price(guild_id, host, kind, amount, actor_id=actor_id)
        await self._panel.show(interaction, "prices")

    async def _rules(self, interaction: discord.Interaction, typed: dict[str, str]) -> None:
        """Numbers; those left empty are as they are without a decision."""
        require_right(interaction)
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        numbers = {name: _read(name, typed[name]) if typed[name] else None for name in _NUMBERS}
        async with self._choices.together(guild_id):
            for name, told in numbers.items():
                value = RuleSettings.model_fields[name].default if told is None else told
                await self._setup.set_rule(guild_id, name, value, actor_id=actor_id)
        await self._panel.show(interaction, "newcomers")

    async def _appeals(self, interaction: discord.Interaction, typed: dict[str, str]) -> None:
        require_right(interaction)
        guild_id, actor_id = str(interaction.guild_id), str(interaction.user.id)
        await self._setup.set_rule(guild_id, "appeals", typed["text"], actor_id=actor_id)
        await self._panel.show(interaction, "newcomers")


def _read(name: str, typed: str) -> int:
    """A rule that is a number, between the least and the most that its record says."""
    told = RuleSettings.model_fields[name].metadata
    low: int = next(each.ge for each in told if hasattr(each, "ge"))
    high: int = next(each.le for each in told if hasattr(each, "le"))
    return read_whole(name, typed, low=low, high=high)


def _prices_form(prices: Sequence[Price], host: str, filled: Filled, locale: str) -> Questions:
    stands = {each.kind: str(each.credits) for each in prices if (each.host, each.model) == (host, None)}
    hint = say("modal.setup_prices.hint", locale)
    blanks = [
        Blank(
            name=kind, label=kind_in_words(kind, locale), hint=hint, stands=stands.get(kind, ""), longest=12
        )
        for kind in PRICED
    ]
    return Questions(title=say("modal.setup_prices.title", locale), blanks=blanks, filled=filled)


def _rules_form(rules: RuleSettings, filled: Filled, locale: str) -> Questions:
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
    return Questions(title=say("modal.setup_rules.title", locale), blanks=blanks, filled=filled)


def _appeals_form(rules: RuleSettings, filled: Filled, locale: str) -> Questions:
    label = say("modal.setup_appeals.text.label", locale)
    blank = Blank(name="text", label=label, stands=rules.appeals, longest=500, is_long=True)
    return Questions(title=say("modal.setup_appeals.title", locale), blanks=[blank], filled=filled)
