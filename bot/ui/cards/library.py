"""The library on Discord: pages of takes, one take with what can be done with it, a family in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import discord

from bot.jobs.preferences import REMIXES
from bot.jobs.recipes.times import clock
from bot.jobs.records import Take
from bot.library.consent import Lent
from bot.library.family import Branch, Drawing, Family, Line
from bot.library.records import Likes, Shelved
from bot.library.shelf import Page
from bot.ui import text
from bot.ui.attachments import LETTERS
from bot.ui.buttons import ActionButton, ActionMenu, View
from bot.ui.cards.common import BRAND, message_link
from bot.ui.cards.sound import sound_facts
from bot.ui.discord_limits import CHOICE_CHARS, DESCRIPTION_CHARS
from bot.ui.words import say

_TITLE_CHARS: Final = 60
_NAME_CHARS: Final = 30


def shelf_card(
    page: Page, shelf: str, likes: Mapping[str, Likes], guild_id: str, locale: str
) -> discord.Embed:
    """A page of a shelf: two short lines a take."""
    lines = [_line(take, likes[take.id], guild_id, locale) for take in page.takes]
    empty = "library.none.more" if page.number else f"library.none.{shelf}"
    card = discord.Embed(
        title=say(f"library.{shelf}.title", locale),
        description="\n".join(lines)[:DESCRIPTION_CHARS] or say(empty, locale),
        colour=BRAND,
    )
    return card.set_footer(text=say("library.page", locale, page=page.number + 1)) if page.number else card


def _line(take: Shelved, likes: Likes, guild_id: str, locale: str) -> str:
    name = text.shown(take.name or say("library.untitled", locale), _TITLE_CHARS)
    if take.message_id is not None:
        name = f"[{name}]({message_link(guild_id, take.channel_id, take.message_id)})"
    facts = [*_kind(take, locale), text.shown(take.user_name, _NAME_CHARS), *sound_facts(take, locale)]
    facts.append(text.moment(take.created_at))
    facts += _hearts(likes, locale)
    return f"**{name}**\n{' · '.join(facts)}"


def _hearts(likes: Likes, locale: str) -> list[str]:
    key = "library.likes.mine" if likes.mine else "library.likes"
    return [say(key, locale, count=likes.count)] if likes.count else []


def _kind(take: Shelved, locale: str) -> list[str]:
    """What it is, where it is no riff, and which of two takes: its words may be those of its neighbours."""
    kind = [] if take.made == "riff" else [say(f"tree.made.{take.made}", locale)]
    return kind if take.take is None else [*kind, LETTERS[take.take]]


def shelf_row(page: Page, subject: str, locale: str) -> View:
    """A menu of the page's takes, and the way to the pages before and after."""
    row = View(timeout=None)
    if page.takes:
        options = [
            discord.SelectOption(
                label=text.plain(take.name or say("library.untitled", locale)),
                description=text.plain(
                    " · ".join([*_kind(take, locale), take.user_name, *sound_facts(take, locale)])
                ),
                value=take.id,
            )
            for take in page.takes
        ]
        row.add_item(ActionMenu("pick", "any", options, locale))
    if page.number:
        row.add_item(ActionButton("shelf-back", subject, locale, more=str(page.number - 1)))
    if page.more:
        row.add_item(ActionButton("shelf-on", subject, locale, more=str(page.number + 1)))
    return row


def shelved_choice(take: Shelved, locale: str) -> str:
    """A take as a choice while typing: plain text, as long as a choice may be."""
    parts = [text.plain(take.name or say("library.untitled", locale), 50), text.plain(take.user_name, 25)]
    parts[1:1] = _kind(take, locale)
    if take.duration_s is not None:
        parts.append(clock(round(take.duration_s)))
    return text.plain(" · ".join(parts))


def take_panel(take: Take, likes: Likes, lent: Lent | None, locale: str) -> discord.Embed:
    """One take, for the person alone who picked it."""
    facts = [
        say("library.by", locale, name=text.shown(take.user_name, _NAME_CHARS)),
        *sound_facts(take, locale),
    ]
    lines = [" · ".join(facts)]
    if take.title is not None:
        lines.append(text.shown(take.recipe.words, 200))
    lines += _hearts(likes, locale)
    if lent is not None:
        lines.append(say(f"remix.{lent.rule}.told", locale))
    if take.message_id is not None:
        link = message_link(take.guild_id, take.channel_id, take.message_id)
        lines.append(say("library.jump", locale, link=link))
    title = text.shown(take.name or say("library.untitled", locale), 110)
    return discord.Embed(title=title, description="\n".join(lines), colour=BRAND)


def take_row(take: Take, *, is_author: bool, may_change: bool, locale: str) -> View:
    """What can be done with the take."""
    row = View(timeout=None)
    for action in ("play", "like", "tree"):
        row.add_item(ActionButton(action, take.id, locale))
    if may_change:
        row.add_item(ActionButton("title", take.id, locale))
        row.add_item(ActionButton("shelf-delete", take.id, locale))
    if is_author:
        row.add_item(lend_menu(take, locale))
    return row


def lend_menu(take: Take, locale: str) -> ActionMenu:
    """Who may make something from one take."""
    options = [
        discord.SelectOption(
            label=say(f"remix.{remix}", locale),
            value=remix,
            description=say(f"remix.{remix}.told", locale)[:CHOICE_CHARS],
            default=take.consent == (None if remix == "default" else remix),
        )
        for remix in ("default", *REMIXES)
    ]
    return ActionMenu("lend", take.id, options, locale)


# families


def drawing_of(family: Family, locale: str) -> Drawing:
    """What the picture of a family shows."""
    lines = tuple(_drawn(branch, locale) for branch in family.branches)
    return Drawing(
        heading=say("tree.heading", locale, count=len(lines) + family.left_out),
        lines=lines,
        footing=_footing(family, locale),
    )


def _drawn(branch: Branch, locale: str) -> Line:
    relative = branch.relative
    if relative.seen != "here":
        return Line(title=say(f"tree.{relative.seen}", locale), note="", goes_on=branch.goes_on, faded=True)
    note = [relative.author, say(f"tree.made.{relative.made}", locale)]
    if relative.likes:
        note.append(say("tree.likes", locale, count=relative.likes))
    return Line(
        title=relative.title or say("library.untitled", locale),
        note=" · ".join(note),
        goes_on=branch.goes_on,
        chosen=branch.chosen,
    )


def _footing(family: Family, locale: str) -> str:
    named = [
        name if count == 1 else say("tree.credit.many", locale, name=name, count=count)
        for name, count in family.credits
    ]
    parts = [say("tree.credits", locale, names=", ".join(named))] if named else []
    if family.left_out:
        parts.append(say("tree.left_out", locale, count=family.left_out))
    return " · ".join(parts)


def tree_card(family: Family, locale: str, *, picture_name: str | None) -> discord.Embed:
    """The same in words, for those who cannot see the picture."""
    body = ""
    for branch in family.branches:
        drawn = _drawn(branch, locale)
        name = text.shown(drawn.title, _TITLE_CHARS)
        if branch.chosen:
            name = f"**{name}**"
        note = f" · {text.shown(drawn.note, 80)}" if drawn.note else ""
        line = "\u2003" * min(branch.depth, 12) + ("↳ " if branch.depth else "") + name + note + "\n"
        if len(body) + len(line) > 3_000:
            break
        body += line
    body += "\n" + text.shown(_footing(family, locale), 600)
    card = discord.Embed(title=say("tree.title", locale), description=body, colour=BRAND)
    if picture_name is not None:
        card.set_image(url=f"attachment://{picture_name}")
    return card
