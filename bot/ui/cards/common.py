"""What cards share: colours, title, who asked, and what it was made from."""

from __future__ import annotations

from typing import Final

from bot.jobs.order import Order
from bot.jobs.recipes import Journey, Morph, Recipe, Riff, TakeSource, UploadSource
from bot.jobs.records import Job
from bot.ui import text
from bot.ui.words import say

BRAND: Final = 0x7C5CFF
QUIET: Final = 0x6D7280
TROUBLE: Final = 0xE5484D

PROMPT_CHARS: Final = 110
"""An embed's title holds 256 characters, escapes included; more than this is no title on a phone."""
LISTED_CHARS: Final = 60
NAME_CHARS: Final = 60
QUOTED_CHARS: Final = 1_500
"""Of what somebody wrote, where it is shown as a quote: a message has room for a sentence besides."""
_QUOTED_LINE_CHARS: Final = 600


def hides_words(job: Job) -> bool:
    """Whether a card that everybody sees shows nothing of what was written for this job."""
    return job.unread and job.order.delivery != "private"


def title_of(job: Job, locale: str) -> str:
    """What the card of a job is headed with."""
    return say("card.unread", locale) if hides_words(job) else title(job.order.recipe, locale)


def quoted(recipe: Recipe, limit: int = QUOTED_CHARS) -> list[str]:
    """All that was written, as lines of a quote that are at most so long, with their escapes, in all."""
    lines: list[str] = []
    for line in "\n".join(recipe.texts).splitlines():
        told = f"> {text.shown(line, _QUOTED_LINE_CHARS)}"
        if (limit := limit - len(told) - 1) < 0:
            return [*lines, "> …"]
        lines += [told] if line.strip() else []
    return lines


def title(recipe: Recipe, locale: str) -> str:
    """What a card is headed with."""
    match recipe:
        case Morph():
            tags = text.shown(recipe.words, PROMPT_CHARS)
            return say(f"morph.{recipe.transform}.title", locale, tags=tags)
        case Riff() | Journey() if recipe.prompt_b is not None:
            half = PROMPT_CHARS // 2
            return f"{text.shown(recipe.prompt, half)} → {text.shown(recipe.prompt_b, half)}"
        case _:
            return text.shown(recipe.words, PROMPT_CHARS)


def credit_parts(order: Order, locale: str) -> list[str]:
    """Who asked, and whose music it came from."""
    parts = [say("card.asked_by", locale, name=text.plain(order.user_name, NAME_CHARS))]
    if order.parent_user_name is not None:
        parts.append(say("card.from", locale, name=text.plain(order.parent_user_name, NAME_CHARS)))
    return parts


def made_from(recipe: Recipe, guild_id: str, locale: str) -> list[str]:
    """The line that says what was reworked, with a link, and credits who made it; none for riffs."""
    if not isinstance(recipe, Morph):
        return []
    source = recipe.source
    if isinstance(source, UploadSource):
        prompt = text.shown(source.name, LISTED_CHARS)
    else:
        prompt = text.shown(source.prompt, LISTED_CHARS)
        if (link := link_to(source, guild_id)) is not None:
            prompt = f"[{prompt}]({link})"
    name = text.shown(source.user_name, NAME_CHARS)
    return [say(f"morph.{recipe.transform}.of", locale, prompt=prompt, name=name)]


def link_to(source: TakeSource, guild_id: str) -> str | None:
    """The message with a take, where it is known."""
    if source.message_id is None:
        return None
    return message_link(guild_id, source.channel_id, source.message_id)


def message_link(guild_id: str, channel_id: str, message_id: str | None) -> str:
    """The address of a message."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"
