"""Who and what is in the room: one server, two channels, two members, a moderator and the bot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import discord

from bot.room.avatars import Colour, bars_avatar
from bot.room.cdn import RoomCdn
from bot.room.simcord_internals import ChannelHandle, MemberActor, RoleHandle, RoomBackend, RoomEnv

GUILD = "Riffcord"
BOT = "Riffcord"
CHANNELS = {
    "riffs": "Where music is made. Type /riff and say what you want to hear.",
    "lounge": "Talk, listen, and pass each other the good ones.",
}

# What Riffcord's invitation asks for.
_BOT = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    read_message_history=True,
    embed_links=True,
    attach_files=True,
    add_reactions=True,
    use_external_emojis=True,
)
_MODERATORS = discord.Permissions(manage_messages=True, manage_guild=True, manage_channels=True)


class Look(NamedTuple):
    """How somebody's picture is drawn."""

    top: Colour
    bottom: Colour
    bars: tuple[float, ...]


_LOOKS = {
    BOT: Look(Colour(255, 122, 89), Colour(124, 58, 237), (0.28, 0.62, 0.9, 0.5, 0.36)),
    "Ana": Look(Colour(45, 190, 165), Colour(16, 98, 132), (0.5, 0.8, 0.5)),
    "Bo": Look(Colour(240, 178, 50), Colour(196, 84, 40), (0.75, 0.35, 0.75)),
    "Mira": Look(Colour(104, 130, 240), Colour(70, 54, 150), (0.35, 0.6, 0.85)),
}
_NEWCOMER = Look(Colour(128, 136, 150), Colour(70, 76, 90), (0.4, 0.7, 0.4))


class World:
    """The room's inhabitants by name, and the acts that change the world itself."""

    def __init__(self, env: RoomEnv, cdn: RoomCdn) -> None:
        self._cdn = cdn
        self.env = env
        self.backend: RoomBackend = env.world
        self.members: dict[str, MemberActor] = {}
        self.backend.bot_user.name = BOT
        self.guild = env.create_guild(GUILD)
        self._dress_bot()
        for name, topic in CHANNELS.items():
            self.guild.create_text_channel(name, topic=topic)
        for name in ("Ana", "Bo"):
            self.add_member(name)
        moderators = self.guild.create_role("Moderators", permissions=_MODERATORS, color=0x7C8CF8, hoist=True)
        self._join("Mira", [moderators])

    @property
    def channels(self) -> Mapping[int, ChannelHandle]:
        """The text channels by id, in their order."""
        return {handle.id: handle for handle in self.guild.channels.values()}

    def channel(self, name_or_id: str) -> ChannelHandle:
        """A channel by its name or id. Raises ``KeyError`` when there is none."""
        by_name = self.guild.channels
        return by_name[name_or_id] if name_or_id in by_name else self.channels[int(name_or_id)]

    def add_member(self, name: str) -> MemberActor:
        """Let somebody new join the server."""
        return self._join(name, [])

    def delete_channel(self, channel_id: int) -> None:
        """Delete a channel with its messages and files."""
        self.backend.delete_channel(channel_id)
        self._cdn.forget_attachments(channel_id)

    def restrict_bot(self, channel_id: int, denied: list[str]) -> None:
        """Deny the bot the named permissions in a channel; an empty list gives them all back."""
        bits = discord.Permissions(**dict.fromkeys(denied, True)).value
        self.backend.overwrite_permissions(channel_id, self.backend.bot_user.id, 0, bits)

    def _dress_bot(self) -> None:
        """Give the bot its picture and, instead of simcord's every permission, those of an invitation."""
        user = self.backend.bot_user
        self._draw(user.id, _LOOKS[BOT])
        user.avatar = "face"
        for role in self.backend.guilds[self.guild.id].roles.values():
            if role.managed:
                role.permissions, role.color = _BOT.value, 0xFF7A59

    def _join(self, name: str, roles: list[RoleHandle]) -> MemberActor:
        user = self.env.create_user(name.lower(), global_name=name, avatar="face")
        self._draw(user.id, _LOOKS.get(name, _NEWCOMER))
        self.members[name] = self.guild.add_member(user, roles=roles)
        return self.members[name]

    def _draw(self, user_id: int, look: Look) -> None:
        self._cdn.store_avatar(user_id, "face", bars_avatar(*look))
