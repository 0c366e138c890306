"""Who looks at the library, and which channels of the server they can see.

The guild's channels, their overwrites and roles come with the gateway's one intent; the member and their
roles with each interaction. Threads that nobody wrote in for long are not known: what was made in them shows
to its author and in the thread itself.
"""

from __future__ import annotations

import discord

from bot.library.shelf import Viewer


def viewer_of(interaction: discord.Interaction) -> Viewer:
    """The viewer behind an interaction in a server."""
    here = str(interaction.channel_id)
    visible, hidden = {here}, set[str]()
    guild, member = interaction.guild, interaction.user
    if guild is not None and isinstance(member, discord.Member):
        for channel in guild.channels:
            seen = channel.permissions_for(member).view_channel
            (visible if seen else hidden).add(str(channel.id))
        for thread in guild.threads:
            (visible if _sees(thread, member, visible) else hidden).add(str(thread.id))
    return Viewer(
        user_id=str(member.id),
        guild_id=str(interaction.guild_id),
        channel_id=here,
        visible_ids=frozenset(visible),
        hidden_ids=frozenset(hidden - {here}),
    )


def _sees(thread: discord.Thread, member: discord.Member, visible: set[str]) -> bool:
    if str(thread.parent_id) not in visible:
        return False
    return not thread.is_private() or thread.permissions_for(member).manage_threads
