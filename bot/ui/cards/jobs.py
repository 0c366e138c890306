"""Jobs in a list, and as a choice while typing."""

from __future__ import annotations

from typing import Final

import discord

from bot.jobs.records import Job, Listed
from bot.jobs.states import State
from bot.ui import text
from bot.ui.cards.common import BRAND, LISTED_CHARS, message_link
from bot.ui.cards.running import expected
from bot.ui.discord_limits import DESCRIPTION_CHARS
from bot.ui.words import say

_MARKS: Final = {State.DONE: "✓", State.FAILED: "✗", State.CANCELLED: "–", State.REJECTED: "–"}


def veiled(job: Job, viewer_id: str | None) -> bool:
    """Whether its words are not for this viewer: only its owner knows those of a private order, and of one
    whose words nobody has said yes to.
    """
    return (job.order.delivery == "private" or job.unread) and viewer_id != job.order.user_id


def jobs_card(listed: list[Listed], locale: str = "en", *, viewer_id: str | None = None) -> discord.Embed:
    """``/jobs list``: a line a job, running ones first."""
    body = ""
    for each in listed:
        line = f"{_listed_line(each, locale, viewer_id)}\n"
        if len(body) + len(line) > DESCRIPTION_CHARS:  # a whole line less, never half a link
            break
        body += line
    return discord.Embed(
        title=say("jobs.title", locale), description=body or say("jobs.none", locale), colour=BRAND
    )


def _listed_line(each: Listed, locale: str, viewer_id: str | None) -> str:
    job = each.job
    words = text.shown(job.order.recipe.words, LISTED_CHARS)
    return say(
        "jobs.line",
        locale,
        mark=_MARKS.get(job.state, "♪"),
        prompt=say("private.veiled", locale) if veiled(job, viewer_id) else words,
        state=_listed_state(each, locale, links=True),
        name=text.shown(job.order.user_name, 40),
        age=text.moment(job.created_at),
    )


def _listed_state(each: Listed, locale: str, *, links: bool) -> str:
    job = each.job
    to_see = job.order.delivery != "private"
    if job.state is State.DONE and links and to_see and job.message_id is not None:
        order = job.order
        link = message_link(order.guild_id, order.channel_id, job.message_id)
        return say("jobs.state.done.link", locale, link=link)
    if job.state is State.QUEUED and each.place is not None:
        key = {0: "next", 1: "one"}.get(each.place.ahead, "many")
        told = say(f"jobs.state.queued.{key}", locale, ahead=each.place.ahead)
        ready_at = each.place.ready_at if links else None  # a choice shows no timestamps
        return told if ready_at is None else f"{told}, {expected('jobs.expected', ready_at, locale)}"
    if job.state is State.WAITING and job.progress is not None:
        return say("jobs.state.playing", locale, percent=round(job.progress * 100))
    return say(f"jobs.state.{job.state.value}", locale)


def job_choice(each: Listed, locale: str = "en", *, viewer_id: str | None = None) -> str:
    """A job as a choice while typing: plain text, as long as a choice may be."""
    words = text.plain(each.job.order.recipe.words, 50)
    line = say(
        "jobs.choice",
        locale,
        prompt=say("private.veiled", locale) if veiled(each.job, viewer_id) else words,
        state=_listed_state(each, locale, links=False),
        name=text.plain(each.job.order.user_name, 25),
    )
    return text.plain(line)
