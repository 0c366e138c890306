"""What a job's story looks like on Discord: one card that reads well on a phone."""

from __future__ import annotations

import re
from typing import Final

import discord

from bot.jobs.records import Job, Move
from bot.jobs.story import Story
from bot.money.ledger import own_kind
from bot.ui import text
from bot.ui.cards.common import BRAND, message_link
from bot.ui.cards.prices import credits_in_words
from bot.ui.cards.running import place_in_words
from bot.ui.words import exists, say

_PROMPT_CHARS = 110
_LINES: Final = 12
"""More than a usual job has, and with the longest names and causes within Discord's 4,096 characters."""
_NOBODY = ("machine", "host")


def cause_in_words(job: Job, cause: str, locale: str = "en") -> str:
    """Why a job moved. What the catalogue does not know, another version's word, is told as it stands."""
    if cause.startswith("ending.") and exists(cause):
        told = {
            name: text.shown(fact) if isinstance(fact, str) else fact
            for name, fact in job.ending_facts.items()
        }
        return say(cause, locale, **{"host": job.order.host, **told})
    key = f"story.cause.{re.sub('[^a-z]+', '_', cause.lower())}"
    return say(key, locale) if exists(key) else text.shown(cause, 60)


def story_card(story: Story, locale: str = "en", *, sees_run: bool) -> discord.Embed:
    """Steps, host, money, tries and where the message is; ``sees_run``: also its name at the host."""
    job = story.job
    lines = [_line(job, move, locale) for move in story.moves[-_LINES:]]
    if len(story.moves) > _LINES:
        lines.insert(0, say("story.more", locale, count=len(story.moves) - _LINES))
    if story.place is not None:
        lines.append(place_in_words(story.place, locale))
    if job.trouble is not None and exists(job.trouble):
        lines.append(say(job.trouble, locale, host=job.order.host))
    card = discord.Embed(
        title=text.shown(job.order.recipe.words, _PROMPT_CHARS), description="\n".join(lines), colour=BRAND
    )

    def add(name: str, value: str) -> None:
        card.add_field(name=say(f"story.{name}", locale), value=value)

    if story.steps:
        add("journey", "\n".join(_step(step, locale) for step in story.steps))
    add("host", text.shown(job.order.host))
    if sees_run and job.run_id is not None:
        add("run", text.code(job.run_id))
    add("paid", _paid(story, locale))
    if job.intents:
        add("tries", say("story.tries.value", locale, calls=job.intents, failed=job.attempts))
    if job.message_id is not None and job.order.delivery != "private":
        order = job.order
        link = message_link(order.guild_id, order.channel_id, job.message_id)
        add("message", say("story.message.link", locale, link=link))
    return card.set_footer(text=say("story.footer", locale, id=job.id))


def _line(job: Job, move: Move, locale: str) -> str:
    told = {
        "at": text.moment(move.at, "T"),
        "state": say(f"jobs.state.{move.new.value}", locale),
        "cause": cause_in_words(job, move.cause, locale),
    }
    if move.actor in _NOBODY:
        return say("story.line", locale, **told)
    own = move.actor == job.order.user_id
    actor = text.shown(job.order.user_name, 40) if own else f"<@{move.actor}>"
    return say("story.line.by", locale, **told, actor=actor)


def _step(step: Job, locale: str) -> str:
    state = say(f"jobs.state.{step.state.value}", locale)
    told = say("story.journey.step", locale, step=(step.step or 0) + 1, state=state)
    return f"{told} · {credits_in_words(step.price, locale)}" if step.price else told


def _paid(story: Story, locale: str) -> str:
    told = [
        say(f"story.entry.{transfer.kind}", locale, amount=transfer.amount)
        for _, transfer in story.entries
        if transfer.amount
    ]
    if (kind := own_kind(story.job.paid_from)) is not None:
        name = text.shown(story.job.order.user_name, 40)
        told.insert(0, say(f"story.own_key.{kind}", locale, name=name))
    return "\n".join(told) or say("story.paid.none", locale)
