"""The panel of ``/setup``: one page at a time, each with what it decides and the way to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import discord

from bot.ui import text
from bot.ui.buttons import ActionButton, ActionMenu
from bot.ui.cards import setup_places, setup_values
from bot.ui.cards.panels import Box, Panel, new_box, panel_of, row
from bot.ui.cards.setup_facts import OF_POT, OF_SETTINGS, Facts
from bot.ui.words import say

_BUILDERS: Final[dict[str, Callable[[Box, Facts, str], None]]] = {
    "start": setup_places.start,
    "channels": setup_places.music_channels,
    "moderators": setup_places.moderators,
    "music": setup_values.music,
    "pot": setup_values.pot,
    "prices": setup_values.prices,
    "newcomers": setup_places.newcomers,
    "screen": setup_places.screen,
    "keys": setup_values.keys,
    "check": setup_places.check,
}
PAGES: Final = tuple(_BUILDERS)
PAGE_OF: Final[dict[str, str]] = {
    **dict.fromkeys(OF_SETTINGS, "music"),
    **dict.fromkeys(OF_POT, "pot"),
    "music_channels": "channels",
    "moderators_channel": "moderators",
    "moderator_roles": "moderators",
    "newcomer_role": "newcomers",
    "approval": "newcomers",
    "strict": "screen",
    "off": "screen",
    "rules": "newcomers",
    "appeals": "newcomers",
    "prices": "prices",
}
"""On which page something is decided."""


def setup_panel(page: str, facts: Facts, locale: str) -> Panel:
    """A page, with the way to the others."""
    box = new_box()
    place = PAGES.index(page)
    title = say(
        "setup.step", locale, number=place + 1, count=len(PAGES), page=say(f"setup.page.{page}", locale)
    )
    about = say(f"setup.about.{page}", locale, host=text.shown(facts.host, 60))
    box.add_item(discord.ui.TextDisplay(f"{title}\n{about}"))
    _BUILDERS[page](box, facts, locale)
    box.add_item(discord.ui.Separator())
    options = [
        discord.SelectOption(
            label=f"{number}. {say(f'setup.page.{each}', locale)}", value=each, default=each == page
        )
        for number, each in enumerate(PAGES, 1)
    ]
    box.add_item(row(ActionMenu("setup-page", "any", options, locale)))
    ways: list[Any] = []
    if place:
        ways.append(ActionButton("setup-back", PAGES[place - 1], locale))
    if place + 1 < len(PAGES):
        ways.append(ActionButton("setup-next", PAGES[place + 1], locale))
    if page == "check":
        ways.append(ActionButton("setup-export", "any", locale))
    box.add_item(row(*ways))
    return panel_of(box)


def name_of(subject: str) -> str | None:
    """What a menu's id names; None where there is nothing of that name."""
    return next((name for name in PAGE_OF if name.replace("_", "") == subject), None)
