"""What a job and a take look like: pure functions from records to embeds."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

import discord

from bot.jobs.endings import CANCELLED, TROUBLES
from bot.jobs.morph import MorphOptions, MorphSource
from bot.jobs.order import Order, RiffOptions
from bot.jobs.records import Job, Listed, Place, Take
from bot.jobs.states import State
from bot.protocol.runs import Clamped
from bot.ui import text
from bot.ui.words import exists, say

BRAND: Final = 0x7C5CFF
QUIET: Final = 0x6D7280
TROUBLE: Final = 0xE5484D

_PROMPT_CHARS = 110
"""An embed's title holds 256 characters, escapes included; more than this is no title on a phone."""
_LISTED_CHARS = 60
_NAME_CHARS = 60
_ASKED_MOST = 3
_DESCRIPTION_MAX: Final = 4_096


class AddField(Protocol):
    """Adds a field to a recipe, named by its word."""

    def __call__(self, name: str, value: str, *, inline: bool = True) -> None:
        """``name`` is the part of the words key after ``recipe.``."""
        ...


def _title(riff: RiffOptions, morph: MorphOptions | None, locale: str) -> str:
    if morph is not None:
        return say(f"morph.{morph.transform}.title", locale, tags=text.shown(riff.prompt, _PROMPT_CHARS))
    if riff.prompt_b is None:
        return text.shown(riff.prompt, _PROMPT_CHARS)
    return f"{text.shown(riff.prompt, _PROMPT_CHARS // 2)} → {text.shown(riff.prompt_b, _PROMPT_CHARS // 2)}"


def _state_line(job: Job, place: Place | None, locale: str) -> str:
    if job.ending is not None:
        return say("card.cancelling", locale)
    if job.trouble in TROUBLES:
        return say(job.trouble, locale, host=job.order.host)
    if job.state is State.QUEUED and place is not None:
        return place_in_words(place, locale)
    if job.state is State.WAITING and job.progress is not None:
        percent = round(job.progress * 100)
        return say("card.playing", locale, bar=text.bar(job.progress), percent=percent)
    return say(f"card.{job.state.value}", locale)


def place_in_words(place: Place, locale: str = "en") -> str:
    """How many go first, and when the music may be expected, in the reader's own time."""
    key = {0: "next", 1: "one"}.get(place.ahead, "many")
    told = say(f"card.queued.{key}", locale, ahead=place.ahead)
    return told if place.ready_at is None else f"{told} {_expected('card.expected', place.ready_at, locale)}"


def _expected(key: str, ready_at: datetime, locale: str) -> str:
    return say(key, locale, time=f"<t:{int(ready_at.timestamp())}:R>")


def _credits(order: Order, locale: str) -> list[str]:
    """Who asked, and whose riff it came from."""
    parts = [say("card.asked_by", locale, name=text.plain(order.user_name, _NAME_CHARS))]
    if order.parent_user_name is not None:
        parts.append(say("card.from", locale, name=text.plain(order.parent_user_name, _NAME_CHARS)))
    return parts


def _footer(job: Job, locale: str) -> str:
    parts = _credits(job.order, locale)
    if job.price:
        parts.append(say("card.price.one" if job.price == 1 else "card.price.many", locale, price=job.price))
    return " · ".join(parts)


def running_card(job: Job, place: Place | None, locale: str = "en") -> discord.Embed:
    """The card of a job that has not ended."""
    state = _state_line(job, place, locale)
    order = job.order
    card = discord.Embed(
        title=_title(order.riff, order.morph, locale),
        description="\n".join([*_made_from(order.morph, order.guild_id, locale), state]),
        colour=BRAND,
    )
    return card.set_footer(text=_footer(job, locale))


def ended_card(job: Job, ending: str, facts: dict[str, object], locale: str = "en") -> discord.Embed:
    """The card of a job that ended without music: one sentence that says why."""
    card = discord.Embed(
        title=_title(job.order.riff, job.order.morph, locale),
        description=_last_word(ending, facts, locale) + _stopped_by(job, ending, locale),
        colour=QUIET if ending in CANCELLED else TROUBLE,
    )
    return card.set_footer(text=" · ".join(_credits(job.order, locale)))


def _stopped_by(job: Job, ending: str, locale: str) -> str:
    if ending not in CANCELLED or job.cancel_requested_by is None:
        return ""
    return "\n" + say("card.stopped_by", locale, who=f"<@{job.cancel_requested_by}>")


def _last_word(ending: str, facts: dict[str, object], locale: str) -> str:
    """The most exact sentence there is: one for the problem, or one that tells the optional fact."""
    exact = f"{ending}.{facts['problem']}" if "problem" in facts else ending
    told = {name: text.shown(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    for optional in ("detail", "field"):
        if facts.get(optional):
            exact = f"{ending}.{optional}"
    return say(exact if exists(exact) else ending, locale, **told)


def result_card(
    take: Take, order: Order, picture_name: str, locale: str = "en", *, clamped: Clamped = ()
) -> discord.Embed:
    """The message that stays: what it is, how it sounds, how it was made, who asked.

    ``clamped`` are asked numbers that could not be played; those that people ask for are named.
    """
    sound = [f"{take.duration_s:.1f} s"]
    if take.bpm is not None:
        sound.insert(0, say("take.bpm", locale, bpm=take.bpm))
    if take.key is not None:
        sound.insert(1 if take.bpm is not None else 0, text.shown(take.key, 30))
    card = discord.Embed(
        title=_title(take.riff, take.morph, locale),
        description="\n".join(
            [
                f"**{' · '.join(sound)}**",
                *_not_as_asked(clamped, locale),
                *_made_from(take.morph, take.guild_id, locale),
                _parameters(take, locale),
            ]
        ),
        colour=BRAND,
    )
    card.set_image(url=f"attachment://{picture_name}")
    return card.set_footer(text=" · ".join(_credits(order, locale)))


def _not_as_asked(clamped: Clamped, locale: str) -> list[str]:
    """One line for an asked tempo, key and metre that could not be played; none where all could."""
    facts = [clamp for clamp in clamped if exists(f"take.asked.{clamp[0]}")]
    parts = [
        say(f"take.asked.{what}", locale, asked=text.shown(asked, 30), played=text.shown(played, 30))
        for what, asked, played in facts[:_ASKED_MOST]
    ]
    return [" · ".join(parts)] if parts else []


def _made_from(morph: MorphOptions | None, guild_id: str, locale: str) -> list[str]:
    """The line that says what was reworked, with a link, and credits who made it; none for riffs."""
    if morph is None:
        return []
    prompt = text.shown(morph.source.prompt, _LISTED_CHARS)
    if (link := _link_to(morph.source, guild_id)) is not None:
        prompt = f"[{prompt}]({link})"
    name = text.shown(morph.source.user_name, _NAME_CHARS)
    return [say(f"morph.{morph.transform}.of", locale, prompt=prompt, name=name)]


def _link_to(source: MorphSource, guild_id: str) -> str | None:
    if source.message_id is None:
        return None
    return f"https://discord.com/channels/{guild_id}/{source.channel_id}/{source.message_id}"


def _morph_parameters(riff: RiffOptions, morph: MorphOptions, locale: str) -> str:
    told = morph.strengths.model_dump(exclude_none=True)
    parts = [say(f"morph.strength.{name}", locale, value=value) for name, value in told.items()]
    if riff.seed is not None:
        parts.append(say("take.seed", locale, value=riff.seed))
    return " · ".join(parts)


def _parameters(take: Take, locale: str) -> str:
    riff = take.riff
    if take.morph is not None:
        return _morph_parameters(riff, take.morph, locale)
    parts = [
        say("take.denoising", locale, value=riff.denoising),
        say(f"seed_image.{riff.seed_image}.short", locale),
        say("take.steps", locale, value=riff.steps),
    ]
    if riff.prompt_b is not None:
        parts.insert(0, say("take.alpha", locale, value=riff.alpha))
    if riff.seed is not None:
        parts.append(say("take.seed", locale, value=riff.seed))
    return " · ".join(parts)


def recipe_card(take: Take, parent: Take | None, locale: str = "en") -> discord.Embed:
    """Everything needed to make the take again, and where it came from."""
    riff = take.riff
    line = command_line(riff) if take.morph is None else morph_line(riff, take.morph)
    card = discord.Embed(
        title=say("recipe.title", locale),
        description=f"{say('recipe.copy', locale)}\n{text.code(line)}",
        colour=BRAND,
    )

    def add(name: str, value: str, *, inline: bool = True) -> None:
        card.add_field(name=say(f"recipe.{name}", locale), value=value, inline=inline)

    if take.morph is not None:
        _morph_fields(take, take.morph, add, locale)
    else:
        _riff_fields(riff, add)
    add("seed", say("recipe.seed.unknown", locale) if riff.seed is None else f"`{riff.seed}`")
    if riff.length_s is not None:
        add("length_s", say("recipe.length_s.value", locale, value=riff.length_s))
    add("host", text.shown(take.host))
    told_already = take.morph is not None and take.parent_take_id == take.morph.source.take_id
    if take.parent_take_id is not None and not told_already:
        add("parent", _parent(parent, locale), inline=False)
    return card


def _morph_fields(take: Take, morph: MorphOptions, add: AddField, locale: str) -> None:
    add("tags", text.shown(take.riff.prompt, 480), inline=False)
    name = text.shown(morph.source.user_name, _NAME_CHARS)
    if (link := _link_to(morph.source, take.guild_id)) is None:
        told = say("recipe.parent.riff", locale, name=name)
    else:
        told = say("recipe.parent.link", locale, name=name, link=link)
    add(f"{morph.transform}_of", told, inline=False)
    for name, value in morph.strengths.model_dump(exclude_none=True).items():
        add(f"strength.{name}", f"{value:g}")


def _riff_fields(riff: RiffOptions, add: AddField) -> None:
    add("prompt", text.shown(riff.prompt, 480), inline=False)
    if riff.prompt_b is not None:
        add("prompt_b", text.shown(riff.prompt_b, 480), inline=False)
        add("alpha", f"{riff.alpha:g}")
    add("denoising", f"{riff.denoising:g}")
    add("seed_image", f"`{riff.seed_image}`")
    add("steps", str(riff.steps))


def _parent(parent: Take | None, locale: str) -> str:
    if parent is None:
        return say("recipe.parent.deleted", locale)
    link = f"https://discord.com/channels/{parent.guild_id}/{parent.channel_id}/{parent.message_id}"
    return say("recipe.parent.link", locale, name=text.shown(parent.user_name, _NAME_CHARS), link=link)


def command_line(riff: RiffOptions) -> str:
    """The recipe as it is typed on Discord, in one line."""
    options: dict[str, object] = {
        "prompt": riff.prompt,
        "prompt_b": riff.prompt_b,
        "alpha": None if riff.prompt_b is None else f"{riff.alpha:g}",
        "denoising": f"{riff.denoising:g}",
        "seed_image": riff.seed_image,
        "steps": riff.steps,
        "seed": riff.seed,
        "length_s": None if riff.length_s is None else f"{riff.length_s:g}",
    }
    return "/riff " + " ".join(f"{name}:{value}" for name, value in options.items() if value is not None)


def morph_line(riff: RiffOptions, morph: MorphOptions) -> str:
    """The recipe of a morph as it is typed on Discord, in one line."""
    strength: float | None = getattr(morph.strengths, morph.ruling_strength)
    told = "" if strength is None else f" strength:{strength:g}"
    if riff.seed is not None:
        told += f" seed:{riff.seed}"
    return f"/morph {morph.transform} take:{morph.source.take_id} tags:{riff.prompt}{told}"


def take_choice(take: Take, locale: str = "en") -> str:
    """A take as a choice while typing: plain text, at most 100 characters."""
    line = say(
        "morph.choice" if take.morph is None else f"morph.{take.morph.transform}.choice",
        locale,
        prompt=text.plain(take.riff.prompt, 50),
        name=text.plain(take.user_name, 25),
        seconds=round(take.duration_s),
    )
    return text.plain(line)


_MARKS: Final = {State.DONE: "✓", State.FAILED: "✗", State.CANCELLED: "–", State.REJECTED: "–"}


def jobs_card(listed: list[Listed], locale: str = "en") -> discord.Embed:
    """``/jobs list``: a line a job, running ones first."""
    body = ""
    for each in listed:
        line = f"{_listed_line(each, locale)}\n"
        if len(body) + len(line) > _DESCRIPTION_MAX:  # a whole line less, never half a link
            break
        body += line
    return discord.Embed(
        title=say("jobs.title", locale), description=body or say("jobs.none", locale), colour=BRAND
    )


def _listed_line(each: Listed, locale: str) -> str:
    job = each.job
    return say(
        "jobs.line",
        locale,
        mark=_MARKS.get(job.state, "♪"),
        prompt=text.shown(job.order.riff.prompt, _LISTED_CHARS),
        state=_listed_state(each, locale, links=True),
        name=text.shown(job.order.user_name, 40),
        age=f"<t:{int(job.created_at.timestamp())}:R>",
    )


def _listed_state(each: Listed, locale: str, *, links: bool) -> str:
    job = each.job
    if job.state is State.DONE and links and job.message_id is not None:
        order = job.order
        link = f"https://discord.com/channels/{order.guild_id}/{order.channel_id}/{job.message_id}"
        return say("jobs.state.done.link", locale, link=link)
    if job.state is State.QUEUED and each.place is not None:
        key = {0: "next", 1: "one"}.get(each.place.ahead, "many")
        told = say(f"jobs.state.queued.{key}", locale, ahead=each.place.ahead)
        ready_at = each.place.ready_at if links else None  # a choice shows no timestamps
        return told if ready_at is None else f"{told}, {_expected('jobs.expected', ready_at, locale)}"
    if job.state is State.WAITING and job.progress is not None:
        return say("jobs.state.playing", locale, percent=round(job.progress * 100))
    return say(f"jobs.state.{job.state.value}", locale)


def job_choice(each: Listed, locale: str = "en") -> str:
    """A job as a choice while typing: plain text, at most 100 characters."""
    line = say(
        "jobs.choice",
        locale,
        prompt=text.plain(each.job.order.riff.prompt, 50),
        state=_listed_state(each, locale, links=False),
        name=text.plain(each.job.order.user_name, 25),
    )
    return text.plain(line)
