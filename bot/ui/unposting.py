"""Taking messages away by the bot's own token, whoever pressed what and however long ago."""

from __future__ import annotations

import aiohttp
import discord
import structlog

from bot.jobs.records import Take
from bot.ui.voice_message import take_back

_log = structlog.get_logger(__name__)


class Unposting:
    """``bot.library.privacy.Unpost`` on Discord."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def __call__(self, take: Take) -> None:
        """Delete a take's message; one that cannot be deleted (any more) stays, without its music."""
        await take_back(self._client, take)
        if take.message_id is None:
            return
        channel = self._client.get_partial_messageable(int(take.channel_id), guild_id=int(take.guild_id))
        try:
            await channel.get_partial_message(int(take.message_id)).delete()
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            _log.info("message.stays", take=take.id, error=repr(error))
