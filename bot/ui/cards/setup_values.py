"""The pages of ``/setup`` about music, the pot, prices and keys."""

from __future__ import annotations

from typing import Any

import discord

from bot.jobs.preferences import Settings
from bot.ui import text
from bot.ui.buttons import ActionButton, ActionMenu
from bot.ui.cards.panels import Box, row, say_lines
from bot.ui.cards.pot import menu_options as pot_options
from bot.ui.cards.pot_lists import costs_told
from bot.ui.cards.prices import number
from bot.ui.cards.settings import menu_options as settings_options
from bot.ui.cards.setup_facts import OF_POT, OF_SETTINGS, Facts
from bot.ui.discord_limits import BUTTON_CHARS, OPTIONS_MOST
from bot.ui.money_typed import clock_of
from bot.ui.words import say


def form(name: str, locale: str) -> Any:
    """The way to what is typed."""
    button = ActionButton("setup-form", name, locale)
    button.item.label = text.plain(say(f"setup.form.{name}", locale), BUTTON_CHARS)
    return row(button)


def music(box: Box, facts: Facts, locale: str) -> None:
    """How music is made."""
    settings = Settings(guild=facts.layout.guild)
    for name in OF_SETTINGS:
        options = settings_options(name, settings, facts.hosts, locale)
        box.add_item(row(ActionMenu("setup-set", name, options, locale)))


def pot(box: Box, facts: Facts, locale: str) -> None:
    """How the pot is filled."""
    money = facts.layout.guild.money
    told = say(
        "setup.pot",
        locale,
        amount=number(money.pot.amount),
        period=say(f"setup.period.{money.pot.period}", locale),
        time=clock_of(money.pot.reset_minute),
        zone=text.shown(money.pot.zone, 60),
        ask=number(money.ask_above),
    )
    say_lines(box, [told])
    for name in OF_POT:
        options = pot_options(name, money, locale)
        box.add_item(row(ActionMenu("setup-set", name.replace("_", ""), options, locale)))
    box.add_item(form("pot", locale))


def prices(box: Box, facts: Facts, locale: str) -> None:
    """What things cost."""
    say_lines(box, [costs_told(facts.costs, facts.layout.guild.money, locale)])
    box.add_item(form("prices", locale))


def keys(box: Box, facts: Facts, locale: str) -> None:
    """Whose hosts the server has a key for."""
    if facts.key_hosts is None:
        say_lines(box, [say("setup.key.impossible", locale)])
        return
    hosts = text.shown(", ".join(facts.keys), 300)
    say_lines(box, [say("setup.key.some" if facts.keys else "setup.key.none", locale, hosts=hosts)])
    shown = facts.key_hosts[:OPTIONS_MOST]
    options = [discord.SelectOption(label=text.plain(each), value=each) for each in shown]
    if options:
        box.add_item(row(ActionMenu("setup-key", "any", options, locale)))
