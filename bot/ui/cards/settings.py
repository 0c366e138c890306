"""The panel of ``/settings``: a select for each setting, as it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, cast

import discord

from bot.jobs.preferences import DELIVERIES, FORMATS, LANGUAGES, REMIXES, Settings
from bot.moderation.deeds import Deed
from bot.ui import text
from bot.ui.buttons import ActionButton, ActionMenu
from bot.ui.cards.panels import Panel, new_box, panel_of, row
from bot.ui.cards.values import called_in, differing, value_in_words
from bot.ui.discord_limits import OPTIONS_MOST
from bot.ui.words import exists, say

OF_GUILD: Final = ("language", "format", "host", "remix", "picture")
OF_CHANNEL: Final = ("delivery", "voice", "video")
FIELDS: Final[dict[str, str]] = {"voice": "voice_message"}
"""Where a menu's name is not the setting's."""
_MENU_OF: Final = {field: name for name, field in FIELDS.items()}
_SWITCH: Final = ("on", "off")


def settings_panel(settings: Settings, hosts: Sequence[str], changes: Sequence[Deed], locale: str) -> Panel:
    """Everything at a glance; choosing changes it at once."""
    box = new_box()
    box.add_item(discord.ui.TextDisplay(say("settings.of_server", locale)))
    for name in OF_GUILD:
        box.add_item(row(ActionMenu("set", name, menu_options(name, settings, hosts, locale), locale)))
    box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(say("settings.of_channel", locale)))
    for name in OF_CHANNEL:
        box.add_item(row(ActionMenu("set", name, menu_options(name, settings, hosts, locale), locale)))
    box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(_presets_told(settings, locale)))
    box.add_item(row(ActionButton("preset", "new", locale)))
    if settings.guild.presets:
        options = [
            discord.SelectOption(
                label=text.plain(each.name), value=str(place), description=text.plain(each.prompt)
            )
            for place, each in enumerate(settings.guild.presets)
        ]
        box.add_item(row(ActionMenu("preset-remove", "any", options, locale)))
    if changes:
        box.add_item(discord.ui.Separator())
        told = "\n".join(_change_told(change, locale) for change in changes)
        box.add_item(discord.ui.TextDisplay(told))
    return panel_of(box)


def value_of(settings: Settings, name: str) -> str:
    """What a setting stands at, as its menu has it."""
    record = settings.channel if name in OF_CHANNEL else settings.guild
    value = getattr(record, FIELDS.get(name, name))
    if isinstance(value, bool):
        return "on" if value else "off"
    return "default" if value is None else str(value)


def values_of(name: str, hosts: Sequence[str]) -> tuple[str, ...]:
    """What a setting may be, as its menu has it."""
    match name:
        case "language":
            return ("default", *LANGUAGES)
        case "format":
            return FORMATS
        case "host":
            return ("default", *sorted(hosts)[: OPTIONS_MOST - 1])
        case "remix":
            return REMIXES
        case "delivery":
            return DELIVERIES
        case _:
            return _SWITCH


def menu_options(
    name: str, settings: Settings, hosts: Sequence[str], locale: str
) -> list[discord.SelectOption]:
    """What a menu offers, with what stands."""
    stands = value_of(settings, name)
    return [
        discord.SelectOption(label=option_label(name, value, locale), value=value, default=value == stands)
        for value in values_of(name, hosts)
    ]


def option_label(name: str, value: str, locale: str) -> str:
    """A setting and a value of it in words."""
    if name == "host" and value != "default":
        return text.plain(say("settings.host.named", locale, host=value))
    return text.plain(say(_option_key(name, value), locale))


def _option_key(name: str, value: str) -> str:
    return f"settings.{name}.{value.lower().replace('-', '_')}"


def _presets_told(settings: Settings, locale: str) -> str:
    presets = settings.guild.presets
    if not presets:
        return say("settings.presets.none", locale)
    names = ", ".join(text.shown(each.name, 40) for each in presets)
    return say("settings.presets", locale, names=names)


def _change_told(change: Deed, locale: str) -> str:
    before, after = differing(change.before, change.after)
    return say(
        "settings.change",
        locale,
        at=text.moment(change.at),
        who=f"<@{change.actor_id}>",
        name=setting_name(change.subject or "", locale),
        before=_value_told(change.subject or "", before, locale),
        after=_value_told(change.subject or "", after, locale),
    )


def setting_name(name: str, locale: str) -> str:
    """What a setting is called; one without a word of its own as it is kept."""
    key = f"settings.name.{name}"
    return say(key, locale) if exists(key) else text.shown(name, 60)


def _value_told(name: str, value: Any, locale: str) -> str:
    """As its menu has it, without the setting's own name before it; of presets how many."""
    if isinstance(value, list):
        return str(len(cast("list[Any]", value)))
    if isinstance(value, bool):
        value = "on" if value else "off"
    menu, chosen = _MENU_OF.get(name, name), "default" if value is None else str(value)
    if menu != "host" and not exists(_option_key(menu, chosen)):
        return value_in_words(value, locale, called_in(name))  # it is not chosen from a menu of this panel
    label = option_label(menu, chosen, locale)
    return text.shown(re.split("[:：]", label, maxsplit=1)[-1].strip(), 40)
