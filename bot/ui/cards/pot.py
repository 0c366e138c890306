"""The panel of ``/pot``: how the pot, its shares and its prices stand, to be changed there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.jobs.pricing import HostPrices
from bot.moderation.references import Reference
from bot.money.policy import PERIODS, MoneySettings, Price, Share
from bot.treasury.records import PotState
from bot.ui import text
from bot.ui.buttons import ActionButton, ActionMenu
from bot.ui.cards.gone import gone_lines
from bot.ui.cards.panels import Panel, new_box, panel_of, row
from bot.ui.cards.prices import credits_in_words, number, of_server, worth
from bot.ui.cards.quota import carried_in_words, kind_in_words
from bot.ui.discord_limits import CHOICE_CHARS, OPTIONS_MOST
from bot.ui.money_typed import clock_of
from bot.ui.words import say

KINDS: Final = ("riff", "song", "morph", "image", "parts", "journey")
"""What can have a price and a share of its own."""
SWITCHES: Final = ("carry_over", "hard_stop", "use_shown", "gifts")
OF_PANEL: Final = ("period", *SWITCHES)
"""What a menu of the panel changes."""
_LISTED: Final = 12
_LISTED_CHARS: Final = 1_200
"""Of a list, so that all of the panel's texts stay below the 4,000 characters that a message may have."""
_GONE_MOST: Final = 3
"""A message has room for so many more parts."""


def pot_panel(
    money: MoneySettings,
    state: PotState,
    locale: str,
    *,
    costs: Sequence[HostPrices] = (),
    note: str = "",
    gone: Sequence[Reference] = (),
) -> Panel:
    """Everything at a glance; choosing changes it at once.

    ``costs`` are what things cost at each host; ``note`` says what was just done; ``gone`` are roles and
    channels with a share that are deleted.
    """
    box = new_box()
    if note:
        box.add_item(discord.ui.TextDisplay(note))
        box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(_pot_told(money, state, locale)))
    for name in OF_PANEL:
        box.add_item(row(ActionMenu("pot", name.replace("_", ""), menu_options(name, money, locale), locale)))
    box.add_item(row(ActionButton("pot-form", "any", locale)))
    box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(_shares_told(money, locale)))
    if money.shares:
        options = [_share_option(each, locale) for each in money.shares[:OPTIONS_MOST]]
        box.add_item(row(ActionMenu("share-forget", "any", options, locale)))
    gone_lines(box, gone, locale, back_to="pot", most=_GONE_MOST)
    box.add_item(discord.ui.Separator())
    box.add_item(discord.ui.TextDisplay(costs_told(costs, money, locale)))
    if money.prices:
        options = [_price_option(each, money, locale) for each in money.prices[:OPTIONS_MOST]]
        box.add_item(row(ActionMenu("price-forget", "any", options, locale)))
    return panel_of(box)


def setting_of(subject: str) -> str | None:
    """The setting that a menu's id names; None where there is none of that name."""
    return next((name for name in OF_PANEL if name.replace("_", "") == subject), None)


def values_of(name: str) -> tuple[str, ...]:
    """What a setting may be, as its menu has it."""
    return PERIODS if name == "period" else ("on", "off")


def menu_options(name: str, money: MoneySettings, locale: str) -> list[discord.SelectOption]:
    """What a menu offers, with what stands."""
    record = money if name in type(money).model_fields else money.pot
    value = getattr(record, name)
    stands = value if isinstance(value, str) else "on" if value else "off"
    return [
        discord.SelectOption(
            label=text.plain(say(f"pot.menu.{name}.{each}", locale)), value=each, default=each == stands
        )
        for each in values_of(name)
    ]


def _pot_told(money: MoneySettings, state: PotState, locale: str) -> str:
    pot = money.pot
    lines = [
        say("pot.title", locale),
        say(
            "pot.filled",
            locale,
            amount=number(pot.amount),
            period=say(f"pot.period.{pot.period}", locale),
            time=clock_of(pot.reset_minute),
            zone=text.shown(pot.zone, 60),
            relative=text.moment(state.refills_at),
            date=text.moment(state.refills_at, "f"),
        ),
        say("pot.stands", locale, left=number(state.left), used=number(state.used)),
        *carried_in_words(state, locale),
        say("pot.ask_above", locale, price=of_server(money.ask_above, money, locale))
        if money.ask_above
        else say("pot.ask_always", locale),
    ]
    if (value := worth(money.credit_value, money.currency)) is not None:
        lines.append(say("pot.value", locale, value=value))
    if money.gifts and money.gift_most is not None:
        lines.append(say("pot.gift_most", locale, price=credits_in_words(money.gift_most, locale)))
    return "\n".join(lines)


# shares


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


def _shares_told(money: MoneySettings, locale: str) -> str:
    if not money.shares:
        return f"{say('pot.shares', locale)}\n{say('pot.shares.none', locale)}"
    lines = [share_told(each, locale, who=who_shares(each, locale)) for each in money.shares]
    return "\n".join([say("pot.shares", locale), *_first(lines, locale)])


def _share_option(share: Share, locale: str) -> discord.SelectOption:
    # A menu shows no mentions: an id is all there is of members, roles and channels.
    named = share.subject in ("role", "channel") or (share.subject == "member" and share.id)
    who = say(f"pot.share.{share.subject}", locale, id=share.id) if named else who_shares(share, locale)
    return discord.SelectOption(
        label=text.plain(share_told(share, locale, who=who)), value=share_value(share)
    )


def share_value(share: Share) -> str:
    """What names a share in its menu."""
    return f"{share.subject}|{share.id}"


# prices


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


def _price_option(price: Price, money: MoneySettings, locale: str) -> discord.SelectOption:
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
