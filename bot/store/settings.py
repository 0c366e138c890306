"""What servers, channels and members decided: read with one query.

Nothing is cached: the query finds two rows by their keys, and several processes may change them.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.preferences import ChannelSettings, GuildSettings, MemberSettings, Settings
from bot.store.inserting import inserting
from bot.store.prepared import Prepared
from bot.store.tables.screen import screen_versions
from bot.store.tables.settings import channel_settings, guild_settings, member_settings

_OF_GUILD = (
    sa.select(guild_settings.c.value)
    .where(guild_settings.c.guild_id == sa.bindparam("guild_id"))
    .scalar_subquery()
    .label("guild")
)
_OF_CHANNEL = (
    sa.select(channel_settings.c.value)
    .where(
        channel_settings.c.channel_id == sa.bindparam("channel_id"),
        channel_settings.c.guild_id == sa.bindparam("guild_id"),
    )
    .scalar_subquery()
    .label("channel")
)
_OF_SCREEN = (
    sa.select(screen_versions.c.version)
    .where(screen_versions.c.guild_id == sa.bindparam("guild_id"))
    .scalar_subquery()
    .label("screen")
)
_ALL: Final = Prepared(sa.select(_OF_GUILD, _OF_CHANNEL, _OF_SCREEN), [_OF_GUILD, _OF_CHANNEL, _OF_SCREEN])


async def read_settings(connection: AsyncConnection, guild_id: str, channel_id: str) -> Settings:
    """What counts in a channel; defaults where nobody decided."""
    found = (await _ALL.rows(connection, guild_id=guild_id, channel_id=channel_id))[0]
    return Settings(
        guild=GuildSettings.of(found["guild"]),
        channel=ChannelSettings.of(found["channel"]),
        screen_version=found["screen"] or 0,
    )


async def lock_guild_settings(connection: AsyncConnection, guild_id: str) -> None:
    """Make sure that the server has a row, and that nobody else changes its settings meanwhile."""
    row = inserting(connection, guild_settings).values(guild_id=guild_id, value={})
    await connection.execute(row.on_conflict_do_nothing())
    statement = sa.select(guild_settings.c.guild_id).where(guild_settings.c.guild_id == guild_id)
    await connection.execute(statement.with_for_update())


async def write_guild_settings(connection: AsyncConnection, guild_id: str, settings: GuildSettings) -> None:
    """Keep what a server decided."""
    row = inserting(connection, guild_settings).values(guild_id=guild_id, value=settings.kept)
    await connection.execute(
        row.on_conflict_do_update(index_elements=["guild_id"], set_={"value": row.excluded.value})
    )


async def write_channel_settings(
    connection: AsyncConnection, guild_id: str, channel_id: str, settings: ChannelSettings
) -> None:
    """Keep what a server decided for a channel."""
    row = inserting(connection, channel_settings).values(
        channel_id=channel_id, guild_id=guild_id, value=settings.kept
    )
    await connection.execute(
        row.on_conflict_do_update(index_elements=["channel_id"], set_={"value": row.excluded.value})
    )


async def read_channels(connection: AsyncConnection, guild_id: str) -> dict[str, ChannelSettings]:
    """What a server decided for its channels, of those where it decided anything; by their ids."""
    columns = (channel_settings.c.channel_id, channel_settings.c.value)
    statement = sa.select(*columns).where(channel_settings.c.guild_id == guild_id)
    return {
        channel_id: ChannelSettings.of(value) for channel_id, value in await connection.execute(statement)
    }


async def guilds_with_settings(connection: AsyncConnection) -> list[str]:
    """Servers that decided anything."""
    return list((await connection.execute(sa.select(guild_settings.c.guild_id))).scalars())


async def read_member(connection: AsyncConnection, user_id: str) -> MemberSettings:
    """What a member decided."""
    statement = sa.select(member_settings.c.value).where(member_settings.c.user_id == user_id)
    return MemberSettings.of((await connection.execute(statement)).scalar())


async def write_member(connection: AsyncConnection, user_id: str, settings: MemberSettings) -> None:
    """Keep what a member decided."""
    row = inserting(connection, member_settings).values(user_id=user_id, value=settings.kept)
    await connection.execute(
        row.on_conflict_do_update(index_elements=["user_id"], set_={"value": row.excluded.value})
    )


async def forget_member(connection: AsyncConnection, user_id: str) -> None:
    """Forget what a member decided."""
    await connection.execute(sa.delete(member_settings).where(member_settings.c.user_id == user_id))
