"""The panel of ``/pot``: how the pot, its shares and its prices stand, to be changed there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.jobs.pricing import HostPrices
from bot.moderation.references import Reference
from bot.money.policy import PERIODS, MoneySettings
from bot.treasury.records import PotState
from bot.ui import text
from bot.ui.buttons import ActionButton, ActionMenu
from bot.ui.cards.gone import gone_lines
from bot.ui.cards.panels import Panel, new_box, panel_of, row
from bot.ui.cards.pot_lists import costs_told, price_option, share_option, shares_told
from bot.ui.cards.prices import credits_in_words, number, of_server, worth
from bot.ui.cards.quota import carried_in_words
from bot.ui.discord_limits import OPTIONS_MOST
from bot.ui.money_typed import clock_of
from bot.ui.words import say

KINDS: Final = ("riff", "song", "morph", "image", "parts", "journey")
"""What can have a price and a share of its own."""
SWITCHES: Final = ("carry_over", "hard_stop", "use_shown", "gifts")
OF_PANEL: Final = ("period", *SWITCHES)
"""What a menu of the panel changes."""
_GONE_MOST: Final = 3
"""A message has room for so many more parts."""


def pot_panel(
    money: MoneySettings,
    state: PotState,
    locale: str,
    *,
    costs: Sequence[HostPrices] = (),
    note: str = "",
    gone: Sequence[Reference] = (),
) -> Panel:
    """Everything at a glance; choosing changes it at once.

    ``costs`` are what things cost at each host; ``note`` says what was just done; ``gone`` are roles and
    channels with a share that are deleted.
    """
    box = new_box()
    if note:
        box.add_item(discord.ui.TextDisplay(note))
        box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(_pot_told(money, state, locale)))
    for name in OF_PANEL:
        box.add_item(row(ActionMenu("pot", name.replace("_", ""), menu_options(name, money, locale), locale)))
    box.add_item(row(ActionButton("pot-form", "any", locale)))
    box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(shares_told(money, locale)))
    if money.shares:
        options = [share_option(each, locale) for each in money.shares[:OPTIONS_MOST]]
        box.add_item(row(ActionMenu("share-forget", "any", options, locale)))
    gone_lines(box, gone, locale, back_to="pot", most=_GONE_MOST)
    box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(costs_told(costs, money, locale)))
    if money.prices:
        options = [price_option(each, locale) for each in money.prices[:OPTIONS_MOST]]
        box.add_item(row(ActionMenu("price-forget", "any", options, locale)))
    return panel_of(box)


def setting_of(subject: str) -> str | None:
    """The setting that a menu's id names; None where there is none of that name."""
    return next((name for name in OF_PANEL if name.replace("_", "") == subject), None)


def values_of(name: str) -> tuple[str, ...]:
    """What a setting may be, as its menu has it."""
    return PERIODS if name == "period" else ("on", "off")


def menu_options(name: str, money: MoneySettings, locale: str) -> list[discord.SelectOption]:
    """What a menu offers, with what stands."""
    record = money if name in type(money).model_fields else money.pot
    value = getattr(record, name)
    stands = value if isinstance(value, str) else "on" if value else "off"
    return [
        discord.SelectOption(
            label=text.plain(say(f"pot.menu.{name}.{each}", locale)), value=each, default=each == stands
        )
        for each in values_of(name)
    ]


def _pot_told(money: MoneySettings, state: PotState, locale: str) -> str:
    pot = money.pot
    lines = [
        say("pot.title", locale),
        say(
            "pot.filled",
            locale,
            amount=number(pot.amount),
            period=say(f"pot.period.{pot.period}", locale),
            time=clock_of(pot.reset_minute),
            zone=text.shown(pot.zone, 60),
            relative=text.moment(state.refills_at),
            date=text.moment(state.refills_at, "f"),
        ),
        say("pot.stands", locale, left=number(state.left), used=number(state.used)),
        *carried_in_words(state, locale),
        say("pot.ask_above", locale, price=of_server(money.ask_above, money, locale))
        if money.ask_above
        else say("pot.ask_always", locale),
    ]
    if (value := worth(money.credit_value, money.currency)) is not None:
        lines.append(say("pot.value", locale, value=value))
    if money.gifts and money.gift_most is not None:
        lines.append(say("pot.gift_most", locale, price=credits_in_words(money.gift_most, locale)))
    return "\n".join(lines)
