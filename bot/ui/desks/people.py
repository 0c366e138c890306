"""Who presses or types, as Discord says it."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

import aiohttp
import discord

from bot.errors import NotAllowed
from bot.jobs.order import MemberFacts
from bot.jobs.preferences import Settings
from bot.jobs.records import NOWHERE, Take
from bot.jobs.service import Jobs
from bot.library.choices import Choices
from bot.moderation.deeds import By
from bot.ui.desks.here import settings_here

_PATIENCE_S: Final = 1.5
"""With Discord, where somebody waits: an answer is due within its three seconds."""


def moderates(interaction: discord.Interaction, settings: Settings) -> bool:
    """Whether this person moderates here: by Discord's permissions, or by one of the server's own roles."""
    rights = interaction.permissions
    if rights.manage_messages or rights.manage_guild:
        return True
    return not set(role_ids(interaction)).isdisjoint(settings.guild.rules.moderator_role_ids)


async def is_moderator(interaction: discord.Interaction, choices: Choices) -> bool:
    """As :func:`moderates`; the settings are read only where they decide."""
    if moderates(interaction, Settings()):
        return True
    if not role_ids(interaction):
        return False
    return moderates(interaction, await settings_here(interaction, choices))


async def require_moderator(interaction: discord.Interaction, choices: Choices) -> By:
    """Who decides. Raises ``NotAllowed`` (moderate) for whoever does not moderate here."""
    if not await is_moderator(interaction, choices):
        raise NotAllowed("moderate")
    return By(guild_id=str(interaction.guild_id), actor_id=str(interaction.user.id))


class OfServers(Protocol):
    """What is of one server each."""

    async def is_elsewhere(self, subject_id: str, guild_id: str, /) -> bool:
        """Whether it is another server's."""
        ...


async def require_moderator_of(
    interaction: discord.Interaction, choices: Choices, those: OfServers, subject_id: str
) -> By:
    """Who decides about one of ``those``: ids can be made up.

    Raises:
        NotAllowed: ``moderate``; ``other_server``.
    """
    by = await require_moderator(interaction, choices)
    if await those.is_elsewhere(subject_id, by.guild_id):
        raise NotAllowed("other_server")
    return by


def require_manager(interaction: discord.Interaction, action: str) -> None:
    """Raises ``NotAllowed`` with this action for whoever does not manage the server."""
    if not interaction.permissions.manage_guild:
        raise NotAllowed(action)


def require_here(interaction: discord.Interaction, take: Take) -> None:
    """Whoever moderates here moderates no other server. Raises ``NotAllowed`` (other_server)."""
    if take.guild_id != str(interaction.guild_id):
        raise NotAllowed("other_server")


async def take_of(interaction: discord.Interaction, jobs: Jobs, take_id: str) -> Take:
    """The take that a button is about, if it is theirs to see: ids can be made up.

    Raises:
        NotAllowed: ``other_server``; ``preview``: somebody else's, which was not posted.
        NotFound: It is gone.
    """
    take = await jobs.take(take_id)
    require_here(interaction, take)
    if take.channel_id == NOWHERE and take.user_id != str(interaction.user.id):
        raise NotAllowed("preview")
    return take


def role_ids(interaction: discord.Interaction) -> tuple[str, ...]:
    """Discord's ids of the roles that this person has in the server; the one of everybody is none."""
    member = interaction.user
    if not isinstance(member, discord.Member):
        return ()
    return tuple(str(role.id) for role in member.roles if not role.is_default())


def facts_of(interaction: discord.Interaction, settings: Settings) -> MemberFacts:
    """What rules ask about this person and this channel, as Discord tells it now."""
    member = interaction.user
    roles = role_ids(interaction)
    needed, guild = settings.guild.rules.newcomer_role_id, interaction.guild
    told_of = guild if guild is not None and not guild.unavailable else None
    if needed is not None and told_of is not None and told_of.get_role(int(needed)) is None:
        roles += (needed,)  # it was deleted: what nobody can have makes nobody a newcomer
    return MemberFacts(
        role_ids=roles,
        account_created_at=member.created_at,
        joined_at=member.joined_at if isinstance(member, discord.Member) else None,
        moderates=moderates(interaction, settings),
        age_restricted=is_age_restricted(interaction),
    )


async def has_left(guild: discord.Guild | None, user_id: str) -> bool:
    """Whether somebody is no member any more. Discord alone knows; False where it does not say so soon."""
    if guild is None:
        return False
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await guild.fetch_member(int(user_id))
    except discord.NotFound:
        return True
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError):
        return False
    return False


def is_age_restricted(interaction: discord.Interaction) -> bool:
    """Whether the channel is age-restricted; a thread is as the channel that it hangs in."""
    channel = interaction.channel
    of_thread = channel.parent if isinstance(channel, discord.Thread) else channel
    return bool(getattr(of_thread, "nsfw", False))
