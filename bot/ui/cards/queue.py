"""``/mod queue``: what waits for the moderators of a server, as one of them sees it."""

from __future__ import annotations

from collections import Counter
from typing import Final

import discord

from bot.moderation.approvals import Queue, Queued
from bot.moderation.records import HOLD, REPORT, Notice
from bot.ui import text
from bot.ui.buttons import ActionMenu
from bot.ui.cards.panels import Panel, new_box, panel_of, row
from bot.ui.discord_limits import OPTIONS_MOST, PANEL_CHARS
from bot.ui.words import counted, exists, say

_TEXT_CHARS: Final = PANEL_CHARS - 100


def queue_panel(queue: Queue, locale: str) -> Panel:
    """A line for each, and a menu to look at one."""
    box = new_box()
    box.add_item(discord.ui.TextDisplay(_told(queue, locale)))
    reports = [_report_option(notice, locale) for notice in queue.reports]
    holds = [_hold_option(waiting, locale) for waiting in queue.holds]
    holds = holds[: max(OPTIONS_MOST // 2, OPTIONS_MOST - len(reports))]  # neither hides the other
    if options := [*holds, *reports][:OPTIONS_MOST]:
        box.add_item(row(ActionMenu("queue", "any", options, locale)))
    if members := _member_options(queue, locale):
        box.add_item(row(ActionMenu("queue-all", "any", members, locale)))
    return panel_of(box)


def _member_options(queue: Queue, locale: str) -> list[discord.SelectOption]:
    """Whose orders wait, with how many."""
    counts = Counter(waiting.hold.user_id for waiting in queue.holds)
    names = {each.hold.user_id: each.job.order.user_name for each in queue.holds if each.job is not None}
    return [
        discord.SelectOption(
            label=text.plain(
                say("mod.queue.all.choice", locale, name=text.plain(names.get(who, "?"), 60), count=count)
            ),
            value=who,
        )
        for who, count in counts.most_common(OPTIONS_MOST)
    ]


def _told(queue: Queue, locale: str) -> str:
    holds = counted("mod.queue.holds", len(queue.holds), locale)
    reports = counted("mod.queue.reports", len(queue.reports), locale)
    lines = [say("mod.queue", locale, holds=holds, reports=reports)]
    if not queue.holds and not queue.reports:
        lines = [say("mod.queue.none", locale)]
    trouble = f"mod.queue.trouble.{queue.trouble}"
    if queue.trouble is not None and exists(trouble):
        lines.append(say(trouble, locale))
    for line in [
        *(_hold_line(waiting, locale) for waiting in queue.holds),
        *(_report_line(notice, locale) for notice in queue.reports),
    ]:
        if sum(len(each) + 1 for each in lines) + len(line) > _TEXT_CHARS:
            break
        lines.append(line)
    return "\n".join(lines)


def _hold_line(waiting: Queued, locale: str) -> str:
    hold = waiting.hold
    return say(
        "mod.queue.hold",
        locale,
        age=text.moment(hold.held_at),
        member=f"<@{hold.user_id}>",
        words=text.shown(_words(waiting), 60),
        whys=", ".join(say(f"hold.why.{why}", locale) for why in hold.reasons),
    )


def _report_line(notice: Notice, locale: str) -> str:
    age, author = text.moment(notice.created_at), f"<@{notice.facts['author']}>"
    return say("mod.queue.report", locale, age=age, author=author)


def _hold_option(waiting: Queued, locale: str) -> discord.SelectOption:
    name = "?" if waiting.job is None else waiting.job.order.user_name
    label = say(
        "mod.queue.hold.choice", locale, name=text.plain(name, 30), words=text.plain(_words(waiting), 60)
    )
    return discord.SelectOption(label=text.plain(label), value=f"{HOLD}:{waiting.hold.job_id}")


def _report_option(notice: Notice, locale: str) -> discord.SelectOption:
    reasons = [str(each["reason"]) for each in notice.facts["by"] if each["reason"]]
    words = text.plain(reasons[0], 60) if reasons else "–"
    label = say("mod.queue.report.choice", locale, words=words)
    return discord.SelectOption(label=text.plain(label), value=f"{REPORT}:{notice.id}")


def _words(waiting: Queued) -> str:
    """What it is looked at for, or what it is called."""
    if waiting.passages and (first := waiting.passages[0]).met:
        return f"{first.before[-20:]}{first.met}{first.after[:20]}"
    return "–" if waiting.job is None else waiting.job.order.recipe.words
