"""What a file of settings would change, before it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import discord

from bot.moderation.setup_plan import Plan, plain
from bot.ui import text
from bot.ui.buttons import ActionButton
from bot.ui.cards.panels import Panel, new_box, panel_of, row
from bot.ui.cards.settings import setting_name
from bot.ui.cards.values import Named, called_in, value_in_words
from bot.ui.words import say

_CHANGES_MOST: Final = 20
_DROPPED_MOST: Final = 10


def plan_panel(plan: Plan, key: str, named: Named, locale: str) -> Panel:
    """Each change, what is left out, and whether it is to be done."""
    box = new_box()
    lines = [say("setup.plan", locale)]
    if plan.rules:
        new, otherwise, gone = map(len, (plan.rules.new, plan.rules.otherwise, plan.rules.gone))
        told = say("setup.plan.rules", locale, new=new, otherwise=otherwise, gone=gone)
        lines.append(f"- {told}")
    for change in plan.changes[:_CHANGES_MOST]:
        where = "setup.plan.change" if change.channel_id is None else "setup.plan.change.channel"
        told = say(
            where,
            locale,
            name=setting_name(change.name, locale),
            channel=named(change.channel_id or ""),
            before=value_in_words(change.before, locale, named),
            after=value_in_words(change.after, locale, named),
        )
        lines.append(f"- {told}")
    lines += _more(len(plan.changes) - _CHANGES_MOST, locale)
    if not plan.count:
        lines.append(say("setup.plan.nothing", locale))
    box.add_item(discord.ui.TextDisplay(text.clip("\n".join(lines), 2_800)))
    if plan.dropped:
        lines = [say("setup.plan.dropped", locale)]
        for each in plan.dropped[:_DROPPED_MOST]:
            lines.append(f"- {say(f'setup.dropped.{each.why}', locale, what=text.shown(each.what, 60))}")
        lines += _more(len(plan.dropped) - _DROPPED_MOST, locale)
        box.add_item(discord.ui.TextDisplay(text.clip("\n".join(lines), 1_000)))
    if plan.count:
        box.add_item(row(*(ActionButton(action, key, locale) for action in ("setup-apply", "setup-drop"))))
    return panel_of(box)


def rules_told(changes: Sequence[tuple[str, Any, Any]], locale: str) -> str:
    """What became of rules that a command named, each with what it was and is; nothing of what stays."""
    lines: list[str] = []
    for name, before, after in changes:
        if before != after:
            named = called_in(name)
            told = {
                "name": setting_name(f"rules.{name}", locale),
                "before": value_in_words(plain(before), locale, named),
                "after": value_in_words(plain(after), locale, named),
            }
            lines.append(say("setup.plan.change", locale, **told))
    return "\n".join(lines) or say("setup.left_alone", locale)


def _more(count: int, locale: str) -> list[str]:
    return [say("setup.plan.more", locale, count=count)] if count > 0 else []
