"""Discord's refusals in our own words. Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Final

import aiohttp
import discord

from bot.errors import ChannelGone, DiscordDown, DiscordError, MissingPermission, UnusableAudio

NEEDED: Final = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, attach_files=True
)
"""What the bot must be allowed in a channel it plays in."""
INVITED: Final = NEEDED | discord.Permissions(
    send_messages_in_threads=True,
    create_public_threads=True,
    read_message_history=True,
    send_voice_messages=True,
)
"""What an invitation asks for: threads as well, answers to messages, and voice messages, where a server
wants those."""

_UNKNOWN_CHANNEL, _UNKNOWN_GUILD, UNKNOWN_MESSAGE = 10003, 10004, 10008
_MISSING_ACCESS, _MISSING_PERMISSIONS = 50001, 50013
TOO_LARGE = 40005
INVALID_TOKEN = 50027
"""Of a webhook: here, of an interaction older than 15 minutes."""


def permission_names(permissions: discord.Permissions) -> list[str]:
    """The names of those that are set, as Discord's settings show them."""
    return [name.replace("_", " ").title() for name, is_set in permissions if is_set]


def not_granted(
    granted: discord.Permissions, *, in_thread: bool = False, also: discord.Permissions | None = None
) -> list[str]:
    """The names of needed permissions that are not among those granted; threads have their own to send."""
    needed = NEEDED | (also or discord.Permissions.none())
    if in_thread:
        needed.update(send_messages=False, send_messages_in_threads=True)
    return permission_names(discord.Permissions(needed.value & ~granted.value))


def require_granted(interaction: discord.Interaction) -> None:
    """See that the bot may post a result where somebody typed or pressed. Raises ``MissingPermission``."""
    in_thread = isinstance(interaction.channel, discord.Thread)
    if missing := not_granted(interaction.app_permissions, in_thread=in_thread):
        raise MissingPermission(", ".join(missing))


def lacking(
    client: discord.Client, guild_id: str, channel_id: str, *, also: discord.Permissions | None = None
) -> list[str]:
    """Which needed permissions, and which ``also``, the bot lacks in a channel, as far as its cache tells."""
    guild = client.get_guild(int(guild_id))
    channel = guild.get_channel_or_thread(int(channel_id)) if guild is not None else None
    if guild is None or channel is None:
        return []
    in_thread = isinstance(channel, discord.Thread)
    return not_granted(channel.permissions_for(guild.me), in_thread=in_thread, also=also)


def _would_know(client: discord.Client, guild_id: int) -> bool:
    """Whether this process is told by the gateway which servers the bot is in, this one among them.

    Jobs are worked on by any process: one without a gateway, or with other shards, knows nothing of it.
    """
    if not client.is_ready():
        return False
    if not isinstance(client, discord.AutoShardedClient) or not client.shard_ids or not client.shard_count:
        return True
    return (guild_id >> 22) % client.shard_count in client.shard_ids


@contextlib.contextmanager
def translated(client: discord.Client, guild_id: str, channel_id: str) -> Generator[None]:
    """Turn what discord.py raises inside the block into ``bot.errors``; an unknown message passes through."""
    try:
        yield
    except discord.NotFound as error:
        if error.code in (_UNKNOWN_CHANNEL, _UNKNOWN_GUILD):
            raise ChannelGone from error
        if error.code == UNKNOWN_MESSAGE:
            raise
        raise DiscordError(code=error.code) from error
    except discord.Forbidden as error:
        if _would_know(client, int(guild_id)) and client.get_guild(int(guild_id)) is None:
            raise ChannelGone from error
        if error.code in (_MISSING_ACCESS, _MISSING_PERMISSIONS):
            missing = lacking(client, guild_id, channel_id) or ["View Channel"]
            raise MissingPermission(", ".join(missing)) from error
        raise DiscordError(code=error.code) from error
    except discord.RateLimited as error:
        raise DiscordDown from error
    except discord.HTTPException as error:
        if error.code == TOO_LARGE or error.status == 413:
            raise UnusableAudio("too_large") from error
        if error.status == 429 or error.status >= 500:
            raise DiscordDown from error
        raise DiscordError(code=error.code) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise DiscordDown from error
