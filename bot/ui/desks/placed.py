"""After an order was accepted: it stands, whatever becomes of the words about it."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

import aiohttp
import discord
import structlog

from bot.errors import RemoteError
from bot.jobs.order import Order
from bot.jobs.records import Job
from bot.ui.answers import answer, locale_of, say_instead, withdraw
from bot.ui.cards.common import quoted
from bot.ui.mentions import NOBODY
from bot.ui.messages import FAILURES, channel_of
from bot.ui.words import say

_log = structlog.get_logger(__name__)


async def _instead_of_preview(
    interaction: discord.Interaction, card: discord.Embed, row: discord.ui.View
) -> discord.Message:
    """Answer a press on a preview that only one person sees with a card for everybody.

    The answer takes the buttons from the preview, which so becomes the original response: only as such can a
    press delete what it was made on (Discord, "Delete Original Interaction Response").
    """
    await interaction.response.edit_message(view=None)
    sent = await interaction.followup.send(embed=card, view=row, allowed_mentions=NOBODY, wait=True)
    try:
        await interaction.delete_original_response()
    except FAILURES as error:
        _log.debug("preview.stays", error=repr(error))
    return sent


async def show_without_words(
    interaction: discord.Interaction,
    order: Order,
    card: discord.Embed,
    row: discord.ui.View,
    *,
    nonce: str,
    in_place: bool,
) -> int:
    """A card for everybody that is no answer, and an answer with the words for whoever wrote them; its id.

    Behind a public answer to a command everybody can read what was typed: Discord's clients show it.
    """
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        await withdraw(interaction)
    told = "\n".join([say("card.unread.yours", locale_of(interaction)), *quoted(order.recipe)])
    await (say_instead if in_place else answer)(interaction, told)
    channel = channel_of(interaction.client, order.guild_id, order.channel_id)
    return (await channel.send(embed=card, view=row, nonce=nonce, allowed_mentions=NOBODY)).id


async def show_to_all(
    interaction: discord.Interaction, card: discord.Embed, row: discord.ui.View, *, in_place: bool
) -> int | None:
    """Answer with a card for everybody, fresh or promised, or ``in_place`` of a pressed preview; its id."""
    if interaction.response.is_done():
        sent = await interaction.edit_original_response(embed=card, view=row, allowed_mentions=NOBODY)
        return sent.id
    if in_place:
        return (await _instead_of_preview(interaction, card, row)).id
    shown = await interaction.response.send_message(embed=card, view=row, allowed_mentions=NOBODY)
    return shown.message_id


async def show_alone(
    interaction: discord.Interaction, card: discord.Embed, row: discord.ui.View, *, in_place: bool
) -> int | None:
    """The same with a card for this person alone."""
    if interaction.response.is_done():
        return (await interaction.edit_original_response(embed=card, view=row)).id
    if in_place:
        await interaction.response.edit_message(embed=card, view=row, attachments=[])
        return None if interaction.message is None else interaction.message.id
    return (await interaction.response.send_message(embed=card, view=row, ephemeral=True)).message_id


@contextlib.contextmanager
def ordered_already(job: Job) -> Generator[None]:
    """What fails in here is logged and told to nobody: no sentence about an error would be true of the order.

    The machine shows a card of its own where this one was not noted.
    """
    try:
        yield
    except (RemoteError, discord.HTTPException, aiohttp.ClientError, OSError) as error:
        _log.warning("order.card_not_shown", job=job.id, error=repr(error))
    except Exception as error:
        _log.error("order.card_not_noted", job=job.id, exc_info=error)
