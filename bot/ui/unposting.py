"""Taking messages away by the bot's own token, whoever pressed what and however long ago."""

from __future__ import annotations

import discord
import structlog

from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.shelf import Library
from bot.ui.mentions import NOBODY
from bot.ui.messages import FAILURES, message_of, take_away
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
        left = () if self.jobs is None else await self.jobs.beside(take)
        if not left or not await self._leave_to(left[0], take.message_id):
            await take_away(self._client, take.guild_id, take.channel_id, take.message_id)

    async def _leave_to(self, take: Take, message_id: str) -> bool:
        """Whether a message stays, for this take alone; where its history may not be read, it does not."""
        if self.jobs is None:
            return False
        try:
            message = await message_of(self._client, take.guild_id, take.channel_id, message_id).fetch()
            known = await behind(self.jobs, take, "en")
            await message.edit(**shown_alone(take, message, known, self.jobs.offers), allowed_mentions=NOBODY)
        except discord.Forbidden:
            return False
        except FAILURES as error:
            _log.info("message.stays", take=take.id, error=repr(error))
        return True

    async def _remove_copies(self, take: Take) -> None:
        """Delete the messages in which it was posted again; one that cannot be deleted stays."""
        copies = [] if self.library is None else await self.library.copies(take.id)
        for copy in copies:
            await take_away(self._client, take.guild_id, copy.channel_id, copy.message_id)
        if self.library is not None and copies:
            await self.library.forget_copies(take.id)
