"""The card of a job that ended without music."""

from __future__ import annotations

import discord

from bot.jobs.endings import CANCELLED
from bot.jobs.records import Job
from bot.ui import text
from bot.ui.cards.common import NAME_CHARS, QUIET, TROUBLE, credit_parts, title, title_of
from bot.ui.words import exists, named, say


def ended_card(
    job: Job, ending: str, facts: dict[str, object], locale: str = "en", *, to_owner: bool = False
) -> discord.Embed:
    """The card of a job that ended without music: one sentence that says why.

    With ``to_owner`` it is read by whoever ordered it alone, and shows what they wrote in any case.
    """
    card = discord.Embed(
        title=title(job.order.recipe, locale) if to_owner else title_of(job, locale),
        description=_last_word(ending, facts, locale, who=_stopped_by(job, ending)) + _appeals(facts),
        colour=QUIET if ending in CANCELLED else TROUBLE,
    )
    return card.set_footer(text=" · ".join(credit_parts(job.order, locale)))


def _appeals(facts: dict[str, object]) -> str:
    """Whom to ask, in the words of those who manage the server; they may link and mention there."""
    told = facts.get("appeals")
    return f"\n{told}" if told else ""


def _stopped_by(job: Job, ending: str) -> str | None:
    """Whoever cancelled it, where that is a member; who ordered it is called as then."""
    actor = job.cancel_requested_by
    if ending not in CANCELLED or actor is None or not actor.isdecimal():
        return None
    order = job.order
    return text.shown(order.user_name, NAME_CHARS) if actor == order.user_id else f"<@{actor}>"


def _last_word(ending: str, facts: dict[str, object], locale: str, *, who: str | None) -> str:
    """The most exact sentence there is: one for the problem, or one that tells the optional fact."""
    exact = f"{ending}.{facts['problem']}" if "problem" in facts else ending
    told = {
        name: text.shown(fact) if isinstance(fact, str) else fact
        for name, fact in named(facts, locale).items()
    }
    for optional in ("detail", "field", "reason"):
        if facts.get(optional):
            exact = f"{ending}.{optional}"
    if who is not None:
        return say(f"{ending}.by", locale, **told, who=who)
    return say(exact if exists(exact) else ending, locale, **told)
