"""What a page of ``/setup`` tells: how the settings stand, and whether what they name is still there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import discord

from bot.errors import DiscordDown, InvalidOption
from bot.jobs.preferences import ChannelSettings
from bot.keys.records import Owner
from bot.library.house import House
from bot.moderation.references import Reference, references
from bot.moderation.setup_plan import Known
from bot.ui.cards.setup_facts import MUSIC_KINDS, Facts
from bot.ui.desks.people import has_left
from bot.ui.discord_errors import lacking

_LOOKED_AT: Final = 25
_MEMBERS_MOST: Final = 5


async def facts_in(
    interaction: discord.Interaction,
    house: House,
    page: str,
    default_host: str,
) -> Facts:
    """How everything stands, as far as the page tells of it."""
    guild, guild_id = interaction.guild, str(interaction.guild_id)
    layout = await house.setup.layout(guild_id)
    rules = layout.guild.rules
    named = references(layout.guild, layout.channels)
    gone = gone_from(guild, named)
    if page == "check" and guild is not None:
        gone += await _left_of(guild, named)
    are_gone = {each.id for each in gone}
    watched: list[str] = []
    if page in ("channels", "check"):
        watched += rules.music_channel_ids or _open_channels(guild)
    if page in ("moderators", "check") and rules.moderators_channel_id is not None:
        watched.append(rules.moderators_channel_id)
    looked_at = [each for each in dict.fromkeys(watched) if each not in are_gone][:_LOOKED_AT]
    brought = await house.keys.of(Owner("guild", guild_id)) if page == "keys" else ()
    return Facts(
        layout=layout,
        hosts=sorted(house.hosts),
        default_host=default_host,
        costs=house.price_list(layout.guild.money),
        lacking={
            each: lacking(interaction.client, guild_id, each, also=_needed_by(layout.channels.get(each)))
            for each in looked_at
        },
        bot_name=_called(guild),
        is_public=_is_public(guild, rules.moderators_channel_id),
        gone=gone,
        key_hosts=_key_hosts(house),
        keys=[key.host for key in brought],
    )


def _called(guild: discord.Guild | None) -> str:
    return "Riffcord" if guild is None or guild.unavailable else guild.me.display_name


def _needed_by(settings: ChannelSettings | None) -> discord.Permissions:
    """What the ways of delivery that were chosen for a channel need besides."""
    needed = discord.Permissions.none()
    if settings is not None and settings.delivery == "thread":
        needed.update(create_public_threads=True, send_messages_in_threads=True)
    if settings is not None and settings.voice_message:
        needed.update(send_voice_messages=True)
    return needed


def _key_hosts(house: House) -> Sequence[str] | None:
    try:
        house.keys.require()
    except InvalidOption:
        return None
    return house.keys.hosts


def _open_channels(guild: discord.Guild | None) -> list[str]:
    """Where members can use commands, in Discord's order."""
    if guild is None:
        return []
    found: list[str] = []
    for channel in guild.channels:
        everybody = channel.permissions_for(guild.default_role)
        if channel.type in MUSIC_KINDS and everybody.view_channel and everybody.use_application_commands:
            found.append(str(channel.id))
    return found


def _is_public(guild: discord.Guild | None, channel_id: str | None) -> bool:
    channel = None if guild is None or channel_id is None else guild.get_channel(int(channel_id))
    return (
        guild is not None and channel is not None and channel.permissions_for(guild.default_role).view_channel
    )


def known_in(interaction: discord.Interaction, house: House) -> Known:
    """What this server has, as the gateway told, and where music can be made.

    Raises:
        DiscordDown: It told nothing: there nothing can be judged, and nothing must go.
    """
    guild = interaction.guild
    if guild is None or guild.unavailable:
        raise DiscordDown
    return Known(
        guild_id=str(interaction.guild_id),
        channel_ids=frozenset(str(each.id) for each in guild.channels if each.type in MUSIC_KINDS),
        role_ids=frozenset(str(role.id) for role in guild.roles if not role.is_default()),
        hosts=frozenset(house.hosts),
    )


def gone_from(guild: discord.Guild | None, named: Sequence[Reference]) -> list[Reference]:
    """Which of the channels and roles a server has no more; none while Discord does not tell of it."""
    if guild is None or guild.unavailable:
        return []
    gone = [each for each in named if each.kind == "channel" and guild.get_channel(int(each.id)) is None]
    return gone + [each for each in named if each.kind == "role" and guild.get_role(int(each.id)) is None]


async def _left_of(guild: discord.Guild, named: Sequence[Reference]) -> list[Reference]:
    """Which of the members left: Discord alone knows, and is asked about a few of them."""
    members = [each for each in named if each.kind == "member"][:_MEMBERS_MOST]
    left = await asyncio.gather(*(has_left(guild, each.id) for each in members))
    return [each for each, is_gone in zip(members, left, strict=True) if is_gone]
