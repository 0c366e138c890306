"""Messages that stand, known by their ids alone: no cache and no interaction is needed for them."""

from __future__ import annotations

from typing import Any, Final

import aiohttp
import discord
import structlog
from discord.http import Route

from bot.ui.mentions import NOBODY

_log = structlog.get_logger(__name__)

FAILURES: Final = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What a call to Discord raises that came to nothing."""


def channel_of(client: discord.Client, guild_id: str, channel_id: str) -> discord.PartialMessageable:
    """A channel or thread."""
    return client.get_partial_messageable(int(channel_id), guild_id=int(guild_id))


def message_of(
    client: discord.Client, guild_id: str, channel_id: str, message_id: str
) -> discord.PartialMessage:
    """A message in it."""
    return channel_of(client, guild_id, channel_id).get_partial_message(int(message_id))


async def take_away(client: discord.Client, guild_id: str, channel_id: str, message_id: str) -> None:
    """Delete a message; one that cannot be deleted (any more) stays, which is ugly, not wrong."""
    try:
        await message_of(client, guild_id, channel_id, message_id).delete()
    except FAILURES as error:
        _log.info("message.stays", channel=channel_id, message=message_id, error=repr(error))


async def tell_alone(
    client: discord.Client, user_id: str, content: str | None = None, **shown: Any
) -> discord.Message:
    """Say something to one person by a direct message. Raises ``discord.HTTPException`` where they take none.

    Args:
        client: Ours.
        user_id: Who.
        content: What; a mention in it calls nobody.
        shown: Further arguments of ``send``, such as an embed, and a nonce by which a repeated try finds
            the message that stands.
    """
    opened = await client.http.request(Route("POST", "/users/@me/channels"), json={"recipient_id": user_id})
    direct = client.get_partial_messageable(int(opened["id"]))
    return await direct.send(content, allowed_mentions=NOBODY, **shown)
