"""Who and what is in the room: one server, its channels, two members, a moderator and the bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import discord

from bot.room.avatars import Colour, bars_avatar
from bot.room.cdn import RoomCdn
from bot.room.simcord_internals import (
    DIRECT,
    Actor,
    ChannelHandle,
    MemberActor,
    RoleHandle,
    RoomBackend,
    RoomEnv,
    serializers,
)

GUILD = "Riffcord"
BOT = "Riffcord"
CHANNELS = {
    "riffs": "Where music is made. Type /riff and say what you want to hear.",
    "lounge": "Talk, listen, and pass each other the good ones.",
}

MODERATORS_CHANNEL = "moderators"
_MODERATORS_TOPIC = "Seen by moderators and Riffcord alone."

# What Riffcord's invitation asks for.
_BOT = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    create_private_threads=True,
    read_message_history=True,
    embed_links=True,
    attach_files=True,
    send_voice_messages=True,
    add_reactions=True,
    use_external_emojis=True,
)
_BOT_COLOUR = 0xFF7A59
_MODERATORS = discord.Permissions(manage_messages=True, manage_guild=True, manage_channels=True)


class Place(NamedTuple):
    """An entry of a member's list of channels; ``kind`` is text, thread or dm."""

    id: str
    name: str
    kind: str


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
        self.roles: dict[str, RoleHandle] = {}
        self.backend.bot_user.name = BOT
        with self.backend.known_as("server"):
            self.guild = env.create_guild(GUILD)
        self._dress_bot()
        for name, topic in CHANNELS.items():
            self._open_channel(name, topic)
        for name in ("Ana", "Bo"):
            self.add_member(name)
        with self.backend.known_as("role:Moderators"):
            moderators = self.guild.create_role(
                "Moderators", permissions=_MODERATORS, color=0x7C8CF8, hoist=True
            )
        self.roles["Moderators"] = self._moderators = moderators
        self._join("Mira", [moderators])
        self._make_private(self._open_channel(MODERATORS_CHANNEL, _MODERATORS_TOPIC), moderators)
        for member in self.members.values():
            self._has_been_here(member)

    @property
    def channels(self) -> Mapping[int, ChannelHandle]:
        """Text channels, each with its threads behind it, and the members' conversations with the bot."""
        handles = list[ChannelHandle]()
        for handle in self.guild.channels.values():
            handles += [handle, *handle.threads]
        handles += [member.user.dm_channel for member in self.members.values()]
        return {handle.id: handle for handle in handles}

    def channel(self, name_or_id: str) -> ChannelHandle:
        """A channel or thread by its name or id. Raises ``KeyError`` when there is none."""
        by_name = {str(handle.name): handle for handle in self.channels.values() if handle.guild is not None}
        return by_name[name_or_id] if name_or_id in by_name else self.channels[int(name_or_id)]

    def seat(self, name: str, channel: str) -> tuple[Actor, ChannelHandle]:
        """A member and where they act; in ``dm`` and its messages they are a user alone with the bot."""
        member = self.members[name]
        if channel == DIRECT:
            return member.user, member.user.dm_channel
        found = self.channel(channel)
        return (member.user if found.guild is None else member), found

    def places(self, member_id: int) -> list[Place]:
        """What a member's list of channels shows, in its order."""
        return [
            *(
                Place(str(handle.id), str(handle.name), "thread" if handle.is_thread else "text")
                for handle in self.channels.values()
                if handle.guild is not None and self.backend.may_look(handle.id, member_id)
            ),
            Place(DIRECT, BOT, DIRECT),
        ]

    @property
    def moderator_ids(self) -> list[str]:
        """Ids of those who have the moderators' role."""
        role_id = self._moderators.id
        members = self.backend.guilds[self.guild.id].members.values()
        return [str(member.user_id) for member in members if role_id in member.role_ids]

    def locales(self, member_id: int) -> dict[str, str]:
        """The language of a member's Discord, and the one that the server prefers."""
        preferred = self.backend.guilds[self.guild.id].preferred_locale
        return {"locale": self.backend.locale_of(member_id), "guildLocale": preferred}

    def speak(self, name: str, locale: str, guild_locale: str | None = None) -> None:
        """Set a member's language, and the server's."""
        member_id = self.members[name].id
        preferred = guild_locale or self.locales(member_id)["guildLocale"]
        self.backend.set_locales(member_id, locale, self.guild.id, preferred)

    def add_member(self, name: str) -> MemberActor:
        """Let somebody new join the server."""
        return self._join(name, [])

    def remove_member(self, name: str) -> None:
        """Somebody leaves the server."""
        self.guild.remove_member(self.members.pop(name))

    def add_role(self, name: str, members: Sequence[str]) -> RoleHandle:
        """A role that permits nothing, and the members who get it."""
        role = self.roles[name] = self.guild.create_role(name)
        for each in members:
            self.backend.add_member_role(self.guild.id, self.members[each].id, role.id)
        return role

    def delete_role(self, name: str) -> None:
        """Delete a role; whoever had it has it no more."""
        self.backend.delete_role(self.guild.id, self.roles.pop(name).id)

    def add_channel(self, name: str) -> ChannelHandle:
        """A text channel that everybody sees."""
        return self.guild.create_text_channel(name)

    def delete_channel(self, channel_id: int) -> None:
        """Delete a channel with its messages and files."""
        self.backend.delete_channel(channel_id)
        self._cdn.forget_attachments(channel_id)

    def restrict_bot(self, channel_id: int, denied: list[str]) -> None:
        """Deny the bot the named permissions in a channel; an empty list gives them all back."""
        bits = discord.Permissions(**dict.fromkeys(denied, True)).value
        self.backend.overwrite_permissions(channel_id, self.backend.bot_user.id, 0, bits)

    def restrict_age(self, channel_id: int, restricted: bool) -> None:
        """Make a channel age-restricted, or no longer."""
        self.backend.restrict_age(channel_id, restricted)

    def send_bot_away(self) -> None:
        """Remove the bot with its role from the server: it hears and reaches nothing there any more."""
        guild_id = self.guild.id
        role = next(role for role in self.backend.guilds[guild_id].roles.values() if role.managed)
        self.backend.remove_member(guild_id, self.backend.bot_user.id)
        self.backend.delete_role(guild_id, role.id)
        self.backend.emit("GUILD_DELETE", {"id": str(guild_id)})

    def invite_bot(self) -> None:
        """Bring the bot back, with a new role of what its invitation asks for."""
        guild_id = self.guild.id
        role = self.backend.create_role(
            guild_id, BOT, permissions=_BOT.value, color=_BOT_COLOUR, managed=True
        )
        self.backend.add_member(guild_id, self.backend.bot_user.id, roles=[role.id])
        told = dict(serializers.guild_create_payload(self.backend, self.backend.guilds[guild_id]))
        del told["unavailable"]  # which only servers have that the bot was in when it connected
        self.backend.emit("GUILD_CREATE", told)

    def _open_channel(self, name: str, topic: str) -> ChannelHandle:
        with self.backend.known_as(f"channel:{name}"):
            return self.guild.create_text_channel(name, topic=topic)

    def _has_been_here(self, member: MemberActor) -> None:
        """Somebody who was in the room before it began this time joined when their account was made."""
        joined = discord.utils.snowflake_time(member.id).isoformat()
        self.backend.get_member(self.guild.id, member.id).joined_at = joined

    def _make_private(self, channel: ChannelHandle, role: RoleHandle) -> None:
        """Only a role and the bot may look into a channel."""
        sight = discord.Permissions(view_channel=True).value
        self.backend.overwrite_role(channel.id, self.guild.id, 0, sight)
        self.backend.overwrite_role(channel.id, role.id, sight, 0)
        self.backend.overwrite_permissions(channel.id, self.backend.bot_user.id, sight, 0)

    def _dress_bot(self) -> None:
        """Give the bot its picture and, instead of simcord's every permission, those of an invitation."""
        user = self.backend.bot_user
        self._draw(user.id, _LOOKS[BOT])
        user.avatar = "face"
        for role in self.backend.guilds[self.guild.id].roles.values():
            if role.managed:
                role.permissions, role.color = _BOT.value, _BOT_COLOUR

    def _join(self, name: str, roles: list[RoleHandle]) -> MemberActor:
        with self.backend.known_as(f"member:{name}"):
            user = self.env.create_user(name.lower(), global_name=name, avatar="face")
        with self.backend.known_as(f"direct:{name}"):
            self.backend.get_dm_channel(user.id)
        self._draw(user.id, _LOOKS.get(name, _NEWCOMER))
        self.members[name] = self.guild.add_member(user, roles=roles)
        return self.members[name]

    def _draw(self, user_id: int, look: Look) -> None:
        self._cdn.store_avatar(user_id, "face", bars_avatar(*look))
