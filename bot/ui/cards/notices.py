"""What moderators see: an order that waits, a report, and news that only they are told."""

from __future__ import annotations

from typing import Any, Final

import discord

from bot.moderation.approvals import Waiting
from bot.moderation.passages import Passage
from bot.moderation.records import HOLD, REPORT, Notice
from bot.moderation.reports import TOLD_MOST, Report
from bot.ui import text
from bot.ui.buttons import ActionButton
from bot.ui.cards.common import BRAND, PROMPT_CHARS, QUIET, TROUBLE, message_link, title
from bot.ui.cards.panels import Panel, new_box, panel_of, row
from bot.ui.cards.prices import credits_in_words
from bot.ui.discord_limits import PANEL_CHARS
from bot.ui.words import counted, exists, named, say

WORDS_MOST: Final = 600
"""Characters of an order's words on a card: with their escapes a message may have 4,000 in all."""
_PASSAGES_CHARS: Final = 1_200
"""Of the words around what rules met there, with their escapes."""
_COLOURS: Final = {"approved": 0x30A46C, "rejected": TROUBLE, "deleted": TROUBLE}


def hold_panel(waiting: Waiting, locale: str, *, has_left: bool = False) -> Panel:
    """Who wants what, for how much, why it waits, and what is known of them; buttons while it is open."""
    hold = waiting.hold
    lines = [say("hold.title", locale, member=f"<@{hold.user_id}>", channel=f"<#{hold.channel_id}>")]
    lines += _wanted(waiting, locale)
    whys = ", ".join(say(f"hold.why.{why}", locale) for why in hold.reasons)
    lines.append(say("hold.why", locale, whys=whys))
    lines += _met(waiting, locale)
    lines.append(_history(waiting, locale, has_left=has_left))
    if hold.state == "open":
        if hold.expires_at is not None:
            lines.append(say("hold.until", locale, until=text.moment(hold.expires_at)))
        return _panel(lines, BRAND, *_hold_buttons(hold.job_id, locale))
    lines.append(_verdict("hold", hold.state, hold.decided_by, locale))
    if hold.reason:
        lines.append(say("hold.reason", locale, reason=text.shown(hold.reason, 500)))
    return _panel(lines, _COLOURS.get(hold.state, QUIET))


def _hold_buttons(job_id: str, locale: str) -> list[ActionButton]:
    actions = ("hold-yes", "hold-trust", "hold-no", "hold-words")
    return [ActionButton(action, job_id, locale) for action in actions]


def _met(waiting: Waiting, locale: str) -> list[str]:
    """Where its words meet the rules, as far as there is room, or which rules they met that are gone now."""
    if waiting.rules_then and not waiting.passages:
        return [say("hold.words.rules", locale, rules=text.shown(", ".join(waiting.rules_then), 300))]
    lines: list[str] = []
    for told in (_passage(each, locale) for each in waiting.passages):
        if lines and sum(map(len, lines)) + len(told) > _PASSAGES_CHARS:
            return [*lines, "…"]
        lines.append(told)
    return lines


def _passage(passage: Passage, locale: str) -> str:
    """The rule that was met, and the words around."""
    rule = text.shown(passage.rule.text, 100)
    if not passage.met:
        return say("hold.passage.slow", locale, rule=rule)
    # Whether it stands in the middle of another word is what a moderator has to see.
    gap_before = " " if passage.before[-1:].isspace() else ""
    gap_after = " " if passage.after[:1].isspace() else ""
    return say(
        "hold.passage",
        locale,
        rule=rule,
        before=text.shown(passage.before, 70) + gap_before,
        met=text.shown(passage.met, 100),
        after=gap_after + text.shown(passage.after, 70),
    )


def words_file(waiting: Waiting, locale: str) -> str:
    """All that was written for an order, as it was written, with the rules that it meets on top."""
    job = waiting.job
    met = list(dict.fromkeys((*(each.rule.text for each in waiting.passages), *waiting.rules_then)))
    head = [say("hold.words.rules", locale, rules=", ".join(met))] if met else []
    texts = [] if job is None else list(dict.fromkeys((job.order.recipe.words, *job.order.recipe.texts)))
    return "\n\n———\n\n".join([*head, *texts])


def taken_back_in_words(count: int, locale: str) -> list[str]:
    """How many orders ended because their member may order no more; nothing where none did."""
    return [counted("mod.taken_back", count, locale)] if count else []


def _wanted(waiting: Waiting, locale: str) -> list[str]:
    job, cost = waiting.job, credits_in_words(waiting.hold.price, locale)
    if job is None:
        return [say("hold.forgotten", locale), cost]
    order = job.order
    told = [f"**{title(order.recipe, locale)}**"]
    left = WORDS_MOST
    for each in order.recipe.texts:
        in_title = each == order.recipe.words and len(each) <= PROMPT_CHARS
        if left > 0 and each.strip() and not in_title:
            told += [f"> {text.shown(each, left)}", ""]  # the quote ends here
            left -= len(each)
    told.append(f"{say(f'hold.kind.{order.recipe.kind}', locale)} · {order.host} · {cost}")
    if order.delivery != "private" and job.message_id is not None:
        told.append(
            say("hold.card", locale, link=message_link(order.guild_id, order.channel_id, job.message_id))
        )
    return told


def _history(waiting: Waiting, locale: str, *, has_left: bool) -> str:
    history, standing = waiting.history, waiting.standing
    ended = {state: history.by_state.get(state, 0) for state in ("approved", "rejected", "expired")}
    told = say("hold.history", locale, orders=history.orders, **ended)
    marks = [say("hold.mark.trusted", locale)] if standing.trusted else []
    marks += [say("hold.mark.blocked", locale)] if standing.blocked else []
    marks += [say("hold.mark.left", locale)] if has_left else []
    return " · ".join([told, *marks])


def _verdict(what: str, verdict: str, actor_id: str | None, locale: str) -> str:
    who = f"<@{actor_id}>" if actor_id is not None and actor_id.isdecimal() else say("hold.nobody", locale)
    return say(f"{what}.verdict.{verdict}", locale, who=who)


def report_panel(report: Report, locale: str) -> Panel:
    """What was reported, by whom and why; buttons while it is open."""
    notice, take = report.notice, report.take
    lines = [say("report.title", locale, author=f"<@{report.author_id}>")]
    if take is not None and not take.deleted:
        name = f"**{text.shown(take.name, 110)}**"
        if take.message_id is not None:
            link = message_link(take.guild_id, take.channel_id, take.message_id)
            name = f"[{name}]({link})"
        lines.append(name)
    told: list[dict[str, Any]] = list(notice.facts["by"])
    lines += [_reported(each, locale) for each in told[:TOLD_MOST]]
    if len(told) > TOLD_MOST:
        lines.append(say("report.more", locale, count=len(told) - TOLD_MOST))
    blocked_by = notice.facts.get("blocked_by")
    if blocked_by is not None:
        lines.append(say("report.blocked", locale, who=f"<@{blocked_by}>"))
        lines += taken_back_in_words(notice.facts.get("taken_back", 0), locale)
    if notice.done_at is None:
        actions = ["report-delete", *(() if blocked_by else ("report-block",)), "report-dismiss"]
        return _panel(lines, TROUBLE, *(ActionButton(action, notice.id, locale) for action in actions))
    outcome = notice.outcome or {}
    lines.append(_verdict("report", str(outcome.get("verdict")), outcome.get("actor_id"), locale))
    return _panel(lines, QUIET)


def _reported(told: dict[str, Any], locale: str) -> str:
    reason = str(told["reason"])
    if not reason:
        return say("report.by", locale, who=f"<@{told['id']}>")
    return say("report.by.reason", locale, who=f"<@{told['id']}>", reason=text.shown(reason, 300))


def news_panel(notice: Notice, locale: str, *, set_aside: int = 0) -> Panel:
    """News in one sentence: ``notice.<kind>``, filled with its facts; of a pot also what only waits."""
    kind = notice.kind if notice.kind not in (HOLD, REPORT) else "gone"
    key = f"notice.{kind}"
    facts = {
        name: text.shown(fact, 200) if isinstance(fact, str) else fact
        for name, fact in named(notice.facts, locale).items()
    }
    lines = [say(key if exists(key) else "notice.gone", locale, **facts)]
    lines += [counted("notice.pot_waits", set_aside, locale)] if set_aside else []
    return _panel(lines, BRAND)


def _panel(lines: list[str], colour: int, *buttons: ActionButton) -> Panel:
    box = new_box(colour)
    box.add_item(discord.ui.TextDisplay(text.clip("\n".join(lines), PANEL_CHARS - 100)))
    if buttons:
        box.add_item(row(*buttons))
    return panel_of(box)
