"""Deeds on Discord: a page of the trail, and each deed in a line."""

from __future__ import annotations

from typing import Any, Final

import discord

from bot.moderation.deeds import HELD, REFUSED, SET, THE_BOT, Deed
from bot.moderation.screen_rules import ADDED, REMOVED
from bot.moderation.screening import SCREENED
from bot.moderation.trail import Page
from bot.ui import text
from bot.ui.buttons import ActionButton
from bot.ui.cards.panels import Panel, new_box, panel_of, row
from bot.ui.cards.settings import setting_name
from bot.ui.cards.values import Named, called_in, differing, facts_in, is_snowflake, value_in_words
from bot.ui.words import exists, say

_PAGE_MAX: Final = 3_600
"""Of the 4,000 characters that all texts of a message may have."""
_REASON_CHARS: Final = 200
_TELLING: Final = ("muted_until", "slow_mode_s")
"""Facts of a member that the name of the deed does not tell; all of them are in the files."""


_PAUSES: Final = {"rules.paused": "server", "paused": "here"}
"""Settings that are told in words of their own."""


def audit_panel(page: Page, named: Named, locale: str) -> Panel:
    """A page of the trail, for the person alone who asked."""
    box = new_box()
    box.add_item(discord.ui.TextDisplay(say("audit.title", locale)))
    lines, shown = [deed_line(each.deed, named, locale) for each in page.deeds], ""
    for line in lines:
        if len(shown) + len(line) > _PAGE_MAX:
            break
        shown += ("\n" if shown else "") + line
    box.add_item(discord.ui.TextDisplay(shown or say("audit.none", locale)))
    buttons: list[ActionButton] = []
    if not page.is_newest:
        buttons.append(ActionButton("audit-top", page.search_id, locale))
    if page.older is not None:
        buttons.append(ActionButton("audit-on", page.search_id, locale, more=str(page.older)))
    if page.deeds:
        buttons += [ActionButton(action, page.search_id, locale) for action in ("audit-csv", "audit-json")]
    if buttons:
        box.add_item(row(*buttons))
    return panel_of(box)


def deed_line(deed: Deed, named: Named, locale: str) -> str:
    """Who did what when, where and why, from what to what."""
    who = say("audit.bot", locale) if deed.actor_id == THE_BOT else named(deed.actor_id)
    at = text.moment(deed.at)
    line = say("audit.line", locale, at=at, who=who, deed=_told(deed, named, locale))
    if deed.channel_id is not None:
        line += " " + say("audit.where", locale, channel=named(deed.channel_id))
    before, after = _told_values(deed) if _pause_key(deed) is None else (None, None)
    if before is not None or after is not None:
        called = called_in(deed.subject, named) if deed.action == SET and deed.subject else named
        before, after = (value_in_words(each, locale, called) for each in (before, after))
        line += ": " + say("audit.change", locale, before=before, after=after)
    if deed.reason and not _is_screened(deed):
        line += "\n-# " + say("audit.why", locale, reason=_reason(deed, locale))
    return line


def _told_values(deed: Deed) -> tuple[Any, Any]:
    """What it was and is, as far as the sentence does not say it: of several facts those that changed."""
    before, after = deed.before, deed.after
    if deed.action == SET or not (isinstance(before, dict) or isinstance(after, dict)):
        return differing(before, after)
    was, became = facts_in(before), facts_in(after)
    telling = [name for name in _TELLING if was.get(name) != became.get(name)]
    return next(((was.get(name), became.get(name)) for name in telling), (None, None))


def _reason(deed: Deed, locale: str) -> str:
    """As it was typed; of what was refused the sentence that was said."""
    key = f"error.not_allowed.{deed.reason}"
    if deed.action == REFUSED and exists(key):
        return say(key, locale)
    return text.shown(deed.reason or "", _REASON_CHARS)


def _is_screened(deed: Deed) -> bool:
    """Whether somebody met a rule for words: which one is all that is told of that."""
    return deed.action == REFUSED and deed.reason == SCREENED


def _told(deed: Deed, named: Named, locale: str) -> str:
    if _is_screened(deed):
        rule = text.shown(str(facts_in(deed.after).get("rule") or deed.subject), _REASON_CHARS)
        return say("audit.screened", locale, rule=rule)
    if deed.action == HELD:
        told = facts_in(deed.after)
        rules = text.shown(", ".join(map(str, told.get("rules") or ())), _REASON_CHARS)
        return say("audit.held", locale, member=named(str(told.get("member"))), rules=rules)
    changed = facts_in(deed.after) or facts_in(deed.before)
    if deed.action in (ADDED, REMOVED) and changed.get("texts"):
        return _rules_told(deed.action, changed, locale)
    subject = _subject(deed, named, locale)
    key = _pause_key(deed) or f"audit.action.{deed.action}"
    if exists(key):
        return say(key, locale, subject=subject)
    key = "audit.action.on" if deed.subject else "audit.action"
    return say(key, locale, action=text.shown(kind_name(deed.action, locale), 40), subject=subject)


def _rules_told(action: str, told: dict[str, Any], locale: str) -> str:
    """Which rules for words came or went, and what those do that came."""
    texts = list(map(str, told["texts"]))
    rules = ", ".join([*texts, *(["…"] if told.get("count", 0) > len(texts) else [])])
    key = f"audit.{action}"
    exact = f"{key}.{told.get('does')}"
    return say(exact if exists(exact) else key, locale, rules=text.shown(rules, _REASON_CHARS))


def _pause_key(deed: Deed) -> str | None:
    """A pause is a setting, and is told as what it does; None for anything else."""
    if deed.action != SET or deed.subject not in _PAUSES:
        return None
    return f"audit.{'paused' if deed.after else 'resumed'}.{_PAUSES[deed.subject]}"


def _subject(deed: Deed, named: Named, locale: str) -> str:
    if not deed.subject:
        return "–"
    if deed.action == SET:
        return setting_name(deed.subject, locale)
    if is_snowflake(deed.subject):
        return named(deed.subject)
    subject, whose = text.shown(deed.subject, 60), facts_in(deed.after).get("member")
    whose = whose or facts_in(deed.before).get("member")
    return say("audit.of", locale, subject=subject, member=named(str(whose))) if whose else subject


def kind_name(action: str, locale: str) -> str:
    """What deeds of a kind are called where one is chosen."""
    key = f"audit.kind.{action}"
    return say(key, locale) if exists(key) else action.replace("_", " ")
