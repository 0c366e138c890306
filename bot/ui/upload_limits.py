"""How large a file may be in a server, as far as a bot can know before it is refused.

discord.py has a table by boosts, which has been out of date before. Discord tells a limit with every
interaction, but it is the larger one of the server's and of the member's own subscription.
"""

from __future__ import annotations

from typing import Final

import discord

FLOOR_BYTES: Final = 10 * 2**20
"""Discord, "Uploading Files": what every server takes."""
_SUBSCRIPTION_BYTES: Final = 50 * 2**20
"""From here on what an interaction tells may be the member's own limit, which is not ours."""
_SERVERS_MOST: Final = 10_000


class UploadLimits:
    """What was heard of each server since the process began."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._heard: dict[str, int] = {}

    def hear(self, interaction: discord.Interaction) -> None:
        """An interaction told a limit."""
        told_bytes = interaction.filesize_limit
        if interaction.guild_id is None or not FLOOR_BYTES <= told_bytes < _SUBSCRIPTION_BYTES:
            return
        if len(self._heard) >= _SERVERS_MOST:
            self._heard.clear()
        self._heard[str(interaction.guild_id)] = told_bytes

    def limit_bytes(self, guild_id: str) -> int:
        """What the server takes, never less than every server does."""
        guild = self._client.get_guild(int(guild_id))
        by_table = FLOOR_BYTES if guild is None else guild.filesize_limit
        return max(FLOOR_BYTES, by_table, self._heard.get(guild_id, 0))
