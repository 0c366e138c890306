"""Prices in words, the same wherever they stand."""

from __future__ import annotations

from bot.money.policy import MoneySettings
from bot.ui import text
from bot.ui.discord_limits import BUTTON_CHARS
from bot.ui.words import say


def number(amount: int) -> str:
    """Digits in groups of three, with blanks that no language reads as anything else."""
    return f"{amount:,}".replace(",", "\u00a0").replace("-", "−")


def credits_in_words(amount: int, locale: str = "en") -> str:
    """``5 credits``."""
    return say("card.price.one" if amount == 1 else "card.price.many", locale, price=amount)


def worth(value: float | None, currency: str) -> str | None:
    """Money, such as ``0.25 €``; None where the server does not say what a credit is worth."""
    if value is None or not currency:
        return None
    whole, _, fraction = f"{value:,.{2 if value >= 0.1 else 4}f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')} {text.plain(currency, 8)}"


def with_worth(amount: int, value: float | None, currency: str, locale: str = "en") -> str:
    """``5 credits (about 0.25 €)``, or where money is not told ``5 credits``; ``value`` is that of all."""
    price = credits_in_words(amount, locale)
    money = worth(value, currency)
    return price if money is None else say("price.worth", locale, price=price, value=money)


def of_server(amount: int, money: MoneySettings, locale: str = "en") -> str:
    """Credits with what they are worth in a server."""
    value = None if money.credit_value is None else amount * money.credit_value
    return with_worth(amount, value, money.currency, locale)


def priced(label: str, price: int, locale: str = "en", *, limit: int = BUTTON_CHARS) -> str:
    """A label with a price behind it; as it was where there is none or no room for it."""
    if not price:
        return label
    told = say("price.on", locale, label=label, price=say("price.short", locale, price=price))
    return told if text.units(told) <= limit else label
