"""Deeds on Discord: a page of the trail, and each deed in a line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
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
_TELLING: Final = ("muted_until", "slow_mode_s")
"""Facts of a member that the name of the deed does not tell; all of them are in the files."""


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
    before, after = _told_values(deed)
    if before is not None or after is not None:
        called = _called(deed, named)
        before, after = (value_in_words(each, locale, called) for each in (before, after))
        line += ": " + say("audit.change", locale, before=before, after=after)
    if deed.reason:
        line += "\n-# " + say("audit.why", locale, reason=_reason(deed, locale))
    return line


def _called(deed: Deed, named: Named) -> Named:
    """How ids among its values are shown: a setting's name tells what it is of, also of what is gone."""
    if deed.action == SET and deed.subject is not None:
        if "channel" in deed.subject:
            return lambda told: f"<#{told}>"
        if "role" in deed.subject:
            return lambda told: f"<@&{told}>"
    return named


def _told_values(deed: Deed) -> tuple[Any, Any]:
    """What it was and is, as far as the sentence does not say it: of several facts those that changed."""
    before, after = deed.before, deed.after
    if not isinstance(before, dict) and not isinstance(after, dict):
        return before, after
    was, became = _facts(deed.before), _facts(deed.after)
    if deed.action == SET:
        changed = [name for name in (was | became) if was.get(name) != became.get(name)]
        return {name: was.get(name) for name in changed}, {name: became.get(name) for name in changed}
    telling = [name for name in _TELLING if was.get(name) != became.get(name)]
    return next(((was.get(name), became.get(name)) for name in telling), (None, None))


def _facts(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


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


def value_in_words(value: Any, locale: str, named: Named | None = None) -> str:
    """A value of a setting, short; ids as ``named`` calls them, times as the reader's clock shows them."""
    if value is None or value == "":
        return say("audit.nothing", locale)
    if isinstance(value, list):
        count = len(cast("list[Any]", value))
        return say("audit.count.one" if count == 1 else "audit.count", locale, count=count)
    if isinstance(value, dict):
        facts = cast("dict[str, Any]", value).items()
        return ", ".join(
            f"{text.shown(str(name).replace('_', ' '), 40)} {value_in_words(each, locale, named)}"
            for name, each in facts
        )
    if not isinstance(value, str):
        return text.shown(json.dumps(value, ensure_ascii=False), _VALUE_CHARS)
    if named is not None and is_snowflake(value):
        return named(value)
    at = _moment(value)
    return text.shown(value, _VALUE_CHARS) if at is None else f"<t:{int(at.timestamp())}:f>"


def _moment(told: str) -> datetime | None:
    """The time that it is, with its zone; None for any other text."""
    if "T" not in told:
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return None if at.tzinfo is None else at
