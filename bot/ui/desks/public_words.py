"""What members type and everybody then reads from the bot, besides orders: titles and reasons of gifts.

The one place that looks at it: as orders are, it is refused where the server does not want its words, and to
whoever is blocked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import discord

from bot.errors import InvalidOption
from bot.library.house import House
from bot.money.policy import REASON_MAX
from bot.ui.answers import locale_of
from bot.ui.desks.here import settings_here
from bot.ui.desks.people import is_age_restricted
from bot.ui.forms.blanks import Blank, BlankForms, Questions
from bot.ui.words import say

_REASON: Final = "reason"

Gives = Callable[[discord.Interaction, str], Awaitable[None]]
"""Gives something for a reason that may be said."""


async def require_sayable(interaction: discord.Interaction, house: House, option: str, words: str) -> None:
    """See that the bot may say this for a member.

    Args:
        interaction: Where, and who.
        house: The services.
        option: What it is, as the option is called.
        words: As they typed it; empty words are only asked whose they are.

    Raises:
        Barred: ``blocked``.
        InvalidOption: ``screened``; what would be held is refused, since nothing of it waits.
    """
    guild_id, user_id = str(interaction.guild_id), str(interaction.user.id)
    settings = await settings_here(interaction, house.choices)
    await house.people.require_not_blocked(guild_id, user_id, settings.guild.rules)
    await house.screening.look_at_text(
        option,
        words,
        settings,
        guild_id=guild_id,
        channel_id=str(interaction.channel_id),
        user_id=user_id,
        age_restricted=is_age_restricted(interaction),
    )


async def give_for(
    interaction: discord.Interaction, house: House, forms: BlankForms, reason: str, gives: Gives
) -> None:
    """Give for a reason that everybody reads; one that the server does not want comes back to be changed.

    Raises ``Barred`` (blocked), and what ``gives`` raises.
    """
    try:
        await require_sayable(interaction, house, _REASON, reason)
    except InvalidOption as error:
        again = _reason_form(house, forms, reason, gives, locale_of(interaction))
        await forms.give_back(interaction, again, error)
        return
    await gives(interaction, reason)


def _reason_form(house: House, forms: BlankForms, reason: str, gives: Gives, locale: str) -> Questions:
    """Asks for another."""
    label = say("modal.gift.reason.label", locale)

    async def filled(interaction: discord.Interaction, typed: dict[str, str]) -> None:
        await give_for(interaction, house, forms, typed[_REASON], gives)

    blank = Blank(name=_REASON, label=label, stands=reason, longest=REASON_MAX, is_long=True)
    return Questions(title=say("modal.gift.title", locale), blanks=[blank], filled=filled)
