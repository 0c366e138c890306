"""Deeds on Discord: a page of the trail, and each deed in a line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, cast

import discord

from bot.moderation.deeds import REFUSED, SET, THE_BOT, Deed
from bot.moderation.trail import Page
from bot.ui import text
from bot.ui.buttons import ActionButton
from bot.ui.cards.common import BRAND
from bot.ui.cards.settings import setting_name
from bot.ui.words import exists, say

Named = Callable[[str], str]
"""An id of Discord's as the server calls it: a member, channel or role as its mention."""

_PAGE_MAX: Final = 3_600
"""Of the 4,000 characters that all texts of a message may have."""
_VALUE_CHARS: Final = 60
_REASON_CHARS: Final = 200


def audit_panel(page: Page, named: Named, locale: str) -> discord.ui.LayoutView:
    """A page of the trail, for the person alone who asked."""
    box = discord.ui.Container[discord.ui.LayoutView](accent_colour=BRAND)
    box.add_item(discord.ui.TextDisplay(say("audit.title", locale)))
    lines, shown = [deed_line(each.deed, named, locale) for each in page.deeds], ""
    for line in lines:
        if len(shown) + len(line) > _PAGE_MAX:
            break
        shown += ("\n" if shown else "") + line
    box.add_item(discord.ui.TextDisplay(shown or say("audit.none", locale)))
    row = discord.ui.ActionRow[discord.ui.LayoutView]()
    if not page.is_newest:
        row.add_item(_button("audit-top", page.search_id, locale))
    if page.older is not None:
        row.add_item(_button("audit-on", page.search_id, locale, more=str(page.older)))
    if page.deeds:
        for action in ("audit-csv", "audit-json"):
            row.add_item(_button(action, page.search_id, locale))
    if row.children:
        box.add_item(row)
    return discord.ui.LayoutView(timeout=None).add_item(box)


def _button(action: str, subject: str, locale: str, *, more: str = "") -> Any:
    return ActionButton(action, subject, locale, more=more)


def deed_line(deed: Deed, named: Named, locale: str) -> str:
    """Who did what when, where and why, from what to what."""
    who = say("audit.bot", locale) if deed.actor_id == THE_BOT else named(deed.actor_id)
    at = f"<t:{int(deed.at.timestamp())}:R>"
    line = say("audit.line", locale, at=at, who=who, deed=_told(deed, named, locale))
    if deed.channel_id is not None:
        line += " " + say("audit.where", locale, channel=named(deed.channel_id))
    if deed.before is not None or deed.after is not None:
        before, after = value_in_words(deed.before, locale), value_in_words(deed.after, locale)
        line += ": " + say("audit.change", locale, before=before, after=after)
    if deed.reason:
        line += "\n-# " + say("audit.why", locale, reason=_reason(deed, locale))
    return line


def _reason(deed: Deed, locale: str) -> str:
    """As it was typed; of what was refused the sentence that was said."""
    key = f"error.not_allowed.{deed.reason}"
    if deed.action == REFUSED and exists(key):
        return say(key, locale)
    return text.shown(deed.reason or "", _REASON_CHARS)


def _told(deed: Deed, named: Named, locale: str) -> str:
    subject = _subject(deed, named, locale)
    key = f"audit.action.{deed.action}"
    if exists(key):
        return say(key, locale, subject=subject)
    key = "audit.action.on" if deed.subject else "audit.action"
    return say(key, locale, action=text.shown(kind_name(deed.action, locale), 40), subject=subject)


def _subject(deed: Deed, named: Named, locale: str) -> str:
    if not deed.subject:
        return "–"
    if deed.action == SET:
        return setting_name(deed.subject, locale)
    return named(deed.subject) if is_snowflake(deed.subject) else text.shown(deed.subject, 60)


def is_snowflake(told: str) -> bool:
    """Whether it could be an id of Discord's (https://discord.com/developers/docs/reference#snowflakes)."""
    return told.isascii() and told.isdecimal() and 15 <= len(told) <= 20


def kind_name(action: str, locale: str) -> str:
    """What deeds of a kind are called where one is chosen."""
    key = f"audit.kind.{action}"
    return say(key, locale) if exists(key) else action.replace("_", " ")


def value_in_words(value: Any, locale: str) -> str:
    """A value of a setting, short."""
    if value is None:
        return say("audit.nothing", locale)
    if isinstance(value, list):
        count = len(cast("list[Any]", value))
        return say("audit.count.one" if count == 1 else "audit.count", locale, count=count)
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.shown(told, _VALUE_CHARS)
