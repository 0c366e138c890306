"""``/mod``: members, channels, what waits, and (``cogs.audit``) the trail."""

from __future__ import annotations

from typing import Any, Final

import discord
from discord import app_commands

from bot.moderation.people import SLOW_MOST_S
from bot.moderation.records import Standing
from bot.ui.answers import locale_of, suggestions
from bot.ui.desks.audit import AuditDesk
from bot.ui.desks.holds import HoldDesk
from bot.ui.desks.mod import ModDesk, Where
from bot.ui.durations import SUGGESTED
from bot.ui.music_channel import MusicChannel
from bot.ui.text import plain
from bot.ui.words import say
from cogs.audit import AuditCommands, Choices

Reason = app_commands.Range[str, 1, 400]
_WHERE: Final = [
    app_commands.Choice(name=say(f"mod.where.{where}"), value=where) for where in ("here", "server")
]


_READ = ("block", "mute", "pause")
"""Whose reason those read who cannot order for it."""


def _described(command: str, *options: str) -> Any:
    """Descriptions of options: a command's own, else those that all of the group share."""
    own = ("duration", "seconds", "where", "trusted")
    keys = {name: f"command.mod.{command if name in own else 'block'}.{name}" for name in options}
    keys |= {"where": "command.mod.pause.where"} if "where" in options else {}
    keys |= {"reason": "command.mod.block.reason.read"} if command in _READ else {}
    return app_commands.describe(**{name: say(key) for name, key in keys.items()})


@app_commands.default_permissions(manage_messages=True)
class ModCog(AuditCommands, group_name="mod", group_description=say("command.mod")):
    """The whole group."""

    def __init__(self, desk: ModDesk, holds: HoldDesk, audit: AuditDesk) -> None:
        super().__init__(audit)
        self._mod = desk
        self._holds = holds

    @app_commands.command(name="block", description=say("command.mod.block"))
    @_described("block", "member", "reason")
    async def block(
        self, interaction: discord.Interaction, member: discord.User, reason: Reason | None = None
    ) -> None:
        """A member orders nothing any more."""
        await self._mod.block(interaction, member, reason)

    @app_commands.command(name="unblock", description=say("command.mod.unblock"))
    @app_commands.describe(member=say("command.mod.unblock.member"), reason=say("command.mod.block.reason"))
    async def unblock(
        self, interaction: discord.Interaction, member: str, reason: Reason | None = None
    ) -> None:
        """Nothing keeps a member from ordering."""
        await self._mod.unblock(interaction, member, reason)

    @app_commands.command(name="mute", description=say("command.mod.mute"))
    @_described("mute", "member", "duration", "reason")
    async def mute(
        self,
        interaction: discord.Interaction,
        member: discord.User,
        duration: app_commands.Range[str, 1, 20],
        reason: Reason | None = None,
    ) -> None:
        """Not for a while."""
        await self._mod.mute(interaction, member, duration, reason)

    @app_commands.command(name="slow", description=say("command.mod.slow"))
    @app_commands.describe(
        **{name: say(f"command.mod.slow.{name}") for name in ("seconds", "member", "channel")},
        reason=say("command.mod.block.reason"),
    )
    async def slow(
        self,
        interaction: discord.Interaction,
        seconds: app_commands.Range[int, 0, SLOW_MOST_S],
        member: discord.User | None = None,
        channel: MusicChannel | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Not so often."""
        where = None if channel is None else channel.id
        await self._mod.slow(interaction, seconds, member, where, reason)

    @app_commands.command(name="pause", description=say("command.mod.pause"))
    @_described("pause", "where", "reason")
    @app_commands.choices(where=_WHERE)
    async def pause(
        self, interaction: discord.Interaction, where: Where = "here", reason: Reason | None = None
    ) -> None:
        """Not for now."""
        await self._mod.pause(interaction, where, paused=True, reason=reason)

    @app_commands.command(name="resume", description=say("command.mod.resume"))
    @_described("pause", "where", "reason")
    @app_commands.choices(where=_WHERE)
    async def resume(
        self, interaction: discord.Interaction, where: Where = "here", reason: Reason | None = None
    ) -> None:
        """Again."""
        await self._mod.pause(interaction, where, paused=False, reason=reason)

    @app_commands.command(name="purge", description=say("command.mod.purge"))
    @_described("purge", "member")
    async def purge(self, interaction: discord.Interaction, member: discord.User) -> None:
        """Everything of a member."""
        await self._mod.purge(interaction, member)

    @app_commands.command(name="trust", description=say("command.mod.trust"))
    @_described("trust", "member", "trusted", "reason")
    async def trust(
        self,
        interaction: discord.Interaction,
        member: discord.User,
        trusted: bool = True,
        reason: Reason | None = None,
    ) -> None:
        """Their orders wait for their words alone."""
        await self._mod.trust(interaction, member, trusted, reason)

    @app_commands.command(name="queue", description=say("command.mod.queue"))
    async def queue(self, interaction: discord.Interaction) -> None:
        """What waits."""
        await self._holds.queue(interaction)

    @unblock.autocomplete("member")
    async def barred(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Who is blocked, muted or slowed."""
        return await suggestions(interaction, self._barred(interaction, typed))

    async def _barred(self, interaction: discord.Interaction, typed: str) -> Choices:
        locale = locale_of(interaction)
        return [
            app_commands.Choice(name=plain(_told(each, locale)), value=each.user_id)
            for each in await self._mod.barred(interaction, typed)
        ]

    @mute.autocomplete("duration")
    async def durations(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Usual ones."""
        del interaction
        wanted = typed.strip().lower()
        return [app_commands.Choice(name=each, value=each) for each in SUGGESTED if each.startswith(wanted)]


def _told(standing: Standing, locale: str) -> str:
    name = standing.user_name or standing.user_id
    if standing.blocked:
        return say("mod.barred.blocked", locale, name=name)
    return say("mod.barred.slow" if standing.muted_until is None else "mod.barred.muted", locale, name=name)
