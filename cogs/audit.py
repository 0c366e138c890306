"""``/mod audit``: who decided what, when and why."""

from __future__ import annotations

from typing import Any, Literal, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.moderation.deeds import Sought
from bot.ui.answers import suggestions
from bot.ui.desks.audit import AuditDesk
from bot.ui.discord_limits import CHOICE_CHARS
from bot.ui.text import plain
from bot.ui.words import say

Choices = list[app_commands.Choice[str]]
_OPTIONS = ("by", "member", "action", "subject", "days", "reason", "file")


class AuditCommands(commands.GroupCog):
    """The command; the group that it is part of is made of this (``cogs.mod``)."""

    def __init__(self, desk: AuditDesk) -> None:
        self._desk = desk

    @app_commands.command(name="audit", description=say("command.mod.audit"))
    @app_commands.describe(**{name: say(f"command.mod.audit.{name}") for name in _OPTIONS})
    @app_commands.choices(
        file=[app_commands.Choice(name=say(f"audit.file.{kind}"), value=kind) for kind in ("csv", "json")]
    )
    async def audit(
        self,
        interaction: discord.Interaction,
        by: discord.User | None = None,
        member: discord.User | None = None,
        action: app_commands.Range[str, 1, 40] | None = None,
        subject: app_commands.Range[str, 1, 100] | None = None,
        days: app_commands.Range[int, 1, 3_650] | None = None,
        reason: app_commands.Range[str, 1, 100] | None = None,
        file: str | None = None,
    ) -> None:
        """What fits."""
        sought = Sought(
            guild_id=str(interaction.guild_id),
            actor_id=None if by is None else str(by.id),
            action=action,
            subject=subject,
            member_id=None if member is None else str(member.id),
            text=(reason or "").strip(),
        )
        kind = cast("Literal['csv', 'json'] | None", file)
        await self._desk.show(interaction, sought, days=days, file=kind)

    @audit.autocomplete("action")
    async def actions(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Kinds of deeds that there were here."""
        return await suggestions(interaction, self._known(interaction, "action", typed))

    @audit.autocomplete("subject")
    async def subjects(self, interaction: discord.Interaction, typed: str) -> Choices:
        """What something was done to here."""
        return await suggestions(interaction, self._known(interaction, "subject", typed))

    async def _known(self, interaction: discord.Interaction, name: Any, typed: str) -> Choices:
        found = await self._desk.suggest(interaction, name, typed)
        return [app_commands.Choice(name=plain(told), value=value[:CHOICE_CHARS]) for told, value in found]
