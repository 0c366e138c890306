"""Pages of a server's ledger, as members and moderators read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.treasury.records import Line
from bot.ui import text
from bot.ui.buttons import ActionButton, View
from bot.ui.cards.common import BRAND
from bot.ui.cards.prices import number
from bot.ui.cards.quota import kind_in_words
from bot.ui.discord_limits import DESCRIPTION_CHARS
from bot.ui.words import say

LINES: Final = 12
"""On a page: with the longest reasons they fit into a card."""
_REASON_CHARS: Final = 80
_MINUS, _PLUS, _MOVED = "−", "+", ""
_SIGNS: Final = {
    "reserve": _MINUS,
    "expire": _MINUS,
    "refund": _PLUS,
    "grant": _PLUS,
    "top_up": _PLUS,
    "sponsor": _MOVED,
}


def history_card(lines: Sequence[Line], *, whose: str, viewer_id: str, locale: str) -> discord.Embed:
    """One page.

    Args:
        lines: At most :data:`LINES`, newest first.
        whose: ``all``, or a member's id.
        viewer_id: Who looks.
        locale: Their language.
    """
    if whose == "all":
        title = say("quota.history.title.all", locale)
    elif whose == viewer_id:
        title = say("quota.history.title", locale)
    else:
        title = say("quota.history.title.member", locale)
    told = [_line(each, whose, locale) for each in lines]
    if whose not in ("all", viewer_id):
        told.insert(0, f"<@{whose}>")
    body = "\n".join(told) if lines else say("quota.history.none", locale)
    return discord.Embed(title=title, description=body[:DESCRIPTION_CHARS], colour=BRAND)


def _line(line: Line, whose: str, locale: str) -> str:
    told = say(
        "quota.history.line",
        locale,
        at=text.moment(line.at, "f"),
        amount=f"{_sign(line, whose)}{number(line.amount)}",
        what=say(
            f"quota.entry.{line.kind}",
            locale,
            kind=kind_in_words(line.what, locale),
            who=_person(line.user_id),
            actor=_person(line.actor_id),
            channel="–" if line.channel_id is None else f"<#{line.channel_id}>",
        ),
    )
    if line.in_pot is not None:
        told = say("quota.history.in_pot", locale, line=told, left=number(line.in_pot))
    if line.reason:
        reason = text.shown(line.reason, _REASON_CHARS)
        told = say("quota.history.reason", locale, line=told, reason=reason)
    return told


def _sign(line: Line, whose: str) -> str:
    """Whether it was more or less afterwards, for whom the page is about."""
    if line.kind == "gift":
        return _MOVED if whose == "all" else _MINUS if line.actor_id == whose else _PLUS
    return _SIGNS.get(line.kind, "")


def _person(user_id: str | None) -> str:
    return "–" if user_id is None else f"<@{user_id}>"


def history_row(whose: str, *, older_than: int | None, newest: bool, locale: str) -> View | None:
    """The ways to older lines, and back to the newest; None where there is neither."""
    row = View(timeout=None)
    if not newest:
        row.add_item(ActionButton("money-top", whose, locale))
    if older_than is not None:
        row.add_item(ActionButton("money-on", whose, locale, more=str(older_than)))
    return row if row.children else None
