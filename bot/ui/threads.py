"""A thread for an order, opened from its card.

A thread that is opened from a message has that message's id (Discord, "Start Thread from Message"), so the
card's id, which is noted before anything is made, is all that has to be kept to find it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import discord
import structlog

from bot.ui.discord_errors import TOO_LARGE
from bot.ui.discord_limits import THREAD_NAME_CHARS
from bot.ui.mentions import NOBODY
from bot.ui.messages import channel_of
from bot.ui.text import plain

_log = structlog.get_logger(__name__)

_OPEN_ALREADY: Final = 160_004
_DAY_MINUTES: Final = 1_440
_LOOKED_AT: Final = 20
"""Messages at a thread's beginning among which a result of an earlier try is looked for."""


async def post_in_thread(
    client: discord.Client,
    *,
    guild_id: str,
    channel_id: str,
    card_id: str,
    name: str,
    mark: str,
    nonce: str,
    embeds: list[discord.Embed],
    view: discord.ui.View,
    files: Callable[[], list[discord.File]],
) -> str | None:
    """Post once in the card's thread, which is opened if need be: the message's id.

    Args:
        client: Ours.
        guild_id: The server.
        channel_id: The channel of the card.
        card_id: The card, and the thread.
        name: What the thread is called.
        mark: What stands in the ids of the message's buttons and of no other's.
        nonce: By which Discord knows a message that was sent shortly before.
        embeds: What it shows.
        view: Its buttons.
        files: Makes fresh files of it.

    None where there can be no thread: not allowed, no place for one, deleted or locked since. Raises as
    discord.py does where trying again may help, or the files are too large.
    """
    try:
        opened = await _opened(client, channel_id, card_id, plain(name, THREAD_NAME_CHARS) or "♪")
        thread = channel_of(client, guild_id, card_id)
        stands = None if opened else await _standing(client, thread, mark)
        if stands is None:
            sent = await thread.send(embeds=embeds, files=files(), view=view, nonce=nonce)
            return str(sent.id)
        await stands.edit(embeds=embeds, attachments=files(), view=view, allowed_mentions=NOBODY)
        return str(stands.id)
    except discord.HTTPException as error:
        if error.status == 429 or error.status >= 500 or error.status == 413 or error.code == TOO_LARGE:
            raise
        _log.info("thread.impossible", channel=channel_id, card=card_id, code=error.code)
        return None


async def _opened(client: discord.Client, channel_id: str, card_id: str, name: str) -> bool:
    """Open it; False where it is open already."""
    try:
        await client.http.start_thread_with_message(
            int(channel_id), int(card_id), name=name, auto_archive_duration=_DAY_MINUTES
        )
    except discord.HTTPException as error:
        if error.code != _OPEN_ALREADY:
            raise
        return False
    return True


async def _standing(
    client: discord.Client, thread: discord.PartialMessageable, mark: str
) -> discord.Message | None:
    """The result that an earlier try posted, as far as history may be read."""
    try:
        after = discord.Object(thread.id)
        async for message in thread.history(limit=_LOOKED_AT, after=after, oldest_first=True):
            ours = client.user is not None and message.author.id == client.user.id
            if ours and any(mark in each for each in _ids_of(message)):
                return message
    except discord.Forbidden:
        return None
    return None


def _ids_of(message: discord.Message) -> list[str]:
    rows: list[Any] = [*message.components]
    return [str(getattr(each, "custom_id", "")) for row in rows for each in getattr(row, "children", ())]
