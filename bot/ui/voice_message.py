"""Native voice messages, which discord.py cannot send yet: one file with its length and waveform, and a flag.

Discord, "Voice Messages": exactly one audio file, no other content; ``duration_secs`` and ``waveform`` stand
in the attachment's description.
"""

from __future__ import annotations

from typing import Any, Final

import discord
import structlog
from discord.http import handle_message_parameters

from bot.jobs.parcels import Voice
from bot.jobs.records import Take
from bot.ui.mentions import NOBODY
from bot.ui.messages import take_away

_log = structlog.get_logger(__name__)

FILE_NAME: Final = "voice-message.ogg"


class VoiceFile(discord.File):
    """A file that says how long it is and how it looks."""

    def __init__(self, voice: Voice) -> None:
        super().__init__(voice.file, filename=FILE_NAME)
        self._voice = voice

    def to_dict(self, index: int) -> dict[str, Any]:
        """The attachment object that goes with the upload."""
        told = super().to_dict(index)
        return {**told, "duration_secs": self._voice.duration_s, "waveform": self._voice.waveform}


async def send_voice_message(
    client: discord.Client, channel_id: str, voice: Voice, *, answers: str, nonce: str
) -> str:
    """Send it as an answer to the message with this id, pinging nobody; its id. Raises as discord.py does."""
    reference: Any = {"message_id": answers, "fail_if_not_exists": False}
    with handle_message_parameters(
        file=VoiceFile(voice),
        flags=discord.MessageFlags(voice=True),
        message_reference=reference,
        allowed_mentions=NOBODY,
        nonce=nonce,
    ) as params:
        sent = await client.http.send_message(int(channel_id), params=params)
    return str(sent["id"])


async def take_back(client: discord.Client, take: Take) -> None:
    """Delete a take's voice message, if it has one; one that cannot be deleted (any more) stays."""
    if take.voice_message_id is not None:
        await take_away(client, take.guild_id, take.channel_id, take.voice_message_id)


def may_speak(client: discord.Client, guild_id: str, channel_id: str) -> bool:
    """Whether the bot may send voice messages there; what its cache does not know is tried."""
    guild = client.get_guild(int(guild_id))
    channel = guild.get_channel_or_thread(int(channel_id)) if guild is not None else None
    if guild is None or channel is None:
        return True
    return channel.permissions_for(guild.me).send_voice_messages
