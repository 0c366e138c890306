"""Taking messages away by the bot's own token, whoever pressed what and however long ago."""

from __future__ import annotations

import contextlib

import aiohttp
import discord
import structlog

from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.shelf import Library
from bot.ui.mentions import NOBODY
from bot.ui.pairs import behind, shown_alone
from bot.ui.voice_message import take_back

_log = structlog.get_logger(__name__)


class Unposting:
    """``bot.library.privacy.Unpost`` on Discord."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self.jobs: Jobs | None = None
        """Who knows what else stands in a message; the client puts it here."""
        self.library: Library | None = None
        """Who knows where else a take was posted; the client puts it here."""

    async def __call__(self, take: Take) -> None:
        """Delete a take's message; one that cannot be deleted (any more) stays, without its music.

        A message that carries another take besides shows that one alone from now on.
        """
        await take_back(self._client, take)
        await self._remove_copies(take)
        if take.message_id is None:
            return
        channel = self._client.get_partial_messageable(int(take.channel_id), guild_id=int(take.guild_id))
        try:
            if self.jobs is not None and (left := await self.jobs.beside(take)):
                # Where its history may not be read, the message goes as a whole.
                with contextlib.suppress(discord.Forbidden):
                    message = await channel.fetch_message(int(take.message_id))
                    known = await behind(self.jobs, left[0], "en")
                    shown = shown_alone(left[0], message, known, self.jobs.offers)
                    await message.edit(**shown, allowed_mentions=NOBODY)
                    return
            await channel.get_partial_message(int(take.message_id)).delete()
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            _log.info("message.stays", take=take.id, error=repr(error))

    async def _remove_copies(self, take: Take) -> None:
        """Delete the messages in which it was posted again; one that cannot be deleted stays."""
        copies = [] if self.library is None else await self.library.copies(take.id)
        for copy in copies:
            channel = self._client.get_partial_messageable(int(copy.channel_id), guild_id=int(take.guild_id))
            try:
                await channel.get_partial_message(int(copy.message_id)).delete()
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                _log.info("copy.stays", take=take.id, message=copy.message_id, error=repr(error))
        if self.library is not None and copies:
            await self.library.forget_copies(take.id)
