"""The lists of ``/pot``: shares of a day, and what things cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.jobs.pricing import HostPrices
from bot.money.policy import MoneySettings, Price, Share
from bot.ui import text
from bot.ui.cards.prices import credits_in_words, number, of_server
from bot.ui.cards.quota import kind_in_words
from bot.ui.discord_limits import CHOICE_CHARS
from bot.ui.words import say

_LISTED: Final = 12
_LISTED_CHARS: Final = 1_200
"""Of a list, so that all of the panel's texts stay below the 4,000 characters that a message may have."""


def who_shares(share: Share, locale: str) -> str:
    """Whose share it is, as messages show it."""
    match share.subject:
        case "member" if not share.id:
            return say("pot.share.everybody", locale)
        case "member":
            return f"<@{share.id}>"
        case "role":
            return f"<@&{share.id}>"
        case "channel":
            return f"<#{share.id}>"
        case "command":
            return say("pot.share.command", locale, kind=kind_in_words(share.id, locale))


def share_told(share: Share, locale: str, *, who: str) -> str:
    """How much it is."""
    if share.exempt:
        return say("pot.share.exempt", locale, who=who)
    if share.cap is not None:
        return say("pot.share.cap", locale, who=who, price=credits_in_words(share.cap, locale))
    return say("pot.share.weight", locale, who=who, weight=share.weight)


def shares_told(money: MoneySettings, locale: str) -> str:
    """How much of the pot is for whom."""
    if not money.shares:
        return f"{say('pot.shares', locale)}\n{say('pot.shares.none', locale)}"
    lines = [share_told(each, locale, who=who_shares(each, locale)) for each in money.shares]
    return "\n".join([say("pot.shares", locale), *_first(lines, locale)])


def share_option(share: Share, locale: str) -> discord.SelectOption:
    """A share in its menu."""
    # A menu shows no mentions: an id is all there is of members, roles and channels.
    named = share.subject in ("role", "channel") or (share.subject == "member" and share.id)
    who = say(f"pot.share.{share.subject}", locale, id=share.id) if named else who_shares(share, locale)
    return discord.SelectOption(
        label=text.plain(share_told(share, locale, who=who)), value=share_value(share)
    )


def share_value(share: Share) -> str:
    """What names a share in its menu."""
    return f"{share.subject}|{share.id}"


def price_told(price: Price, money: MoneySettings, locale: str) -> str:
    """What costs how much where."""
    told, what = of_server(price.credits, money, locale), _what_costs(price, locale)
    return say(
        "pot.price.line", locale, what=text.shown(what, 60), host=text.shown(price.host, 60), price=told
    )


def _what_costs(price: Price, locale: str) -> str:
    named = [kind_in_words(price.kind, locale)] if price.kind else []
    named += [price.model] if price.model else []
    return " · ".join(named) or say("pot.price.any", locale)


def costs_told(costs: Sequence[HostPrices], money: MoneySettings, locale: str) -> str:
    """What things cost at each host, then models with a price of their own."""
    lines = [_costs_at(each, locale) for each in costs]
    lines += [price_told(each, money, locale) for each in money.prices if each.model is not None]
    head = [say("pot.prices", locale)]
    if not money.prices:
        head.append(say("pot.prices.none", locale))
    return "\n".join([*head, *_first(lines, locale)])


def _costs_at(costs: HostPrices, locale: str) -> str:
    by_kind = dict(costs.by_kind)
    if by_kind.get("journey") == by_kind.get("riff"):  # a journey is paid for as the riffs that it is made of
        by_kind.pop("journey", None)
    told = [
        say("pot.costs.of", locale, kind=_priced_kind(kind, locale), price=_cost(price, locale))
        for kind, price in by_kind.items()
    ]
    prices = " · ".join(told) if any(by_kind.values()) else _cost(0, locale)
    return say("pot.costs", locale, host=text.shown(costs.host, 60), prices=prices)


def _priced_kind(kind: str, locale: str) -> str:
    return say("pot.costs.step", locale) if kind == "journey" else kind_in_words(kind, locale)


def _cost(price: int, locale: str) -> str:
    return number(price) if price else say("pot.costs.free", locale)


def price_option(price: Price, locale: str) -> discord.SelectOption:
    """A price in its menu."""
    what = _what_costs(price, locale)
    told = credits_in_words(price.credits, locale)
    label = say("pot.price.line", locale, what=what, host=price.host, price=told)
    return discord.SelectOption(label=text.plain(label), value=price_value(price))


def price_value(price: Price) -> str:
    """What names a price in its menu."""
    return f"{price.kind or ''}|{price.model or ''}|{price.host}"[:CHOICE_CHARS]


def _first(lines: list[str], locale: str) -> list[str]:
    """As many as there is room for."""
    shown: list[str] = []
    for line in lines[:_LISTED]:
        if sum(map(len, shown)) + len(line) > _LISTED_CHARS:
            break
        shown.append(line)
    left_out = len(lines) - len(shown)
    return [*shown, say("pot.more", locale, count=left_out)] if left_out else shown
