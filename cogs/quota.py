"""``/quota``: what members see of the server's credits, and may give of theirs."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.money.policy import CREDITS_MOST, REASON_MAX
from bot.ui.desks.quota import QuotaDesk
from bot.ui.words import say


def _told(command: str, *options: str) -> dict[str, str]:
    return {name: say(f"command.quota.{command}.{name}") for name in options}


class QuotaCog(commands.GroupCog, group_name="quota", group_description=say("command.quota")):
    """The command group."""

    def __init__(self, desk: QuotaDesk) -> None:
        self._desk = desk

    @app_commands.command(name="show", description=say("command.quota.show"))
    async def show(self, interaction: discord.Interaction) -> None:
        """What is left."""
        await self._desk.show(interaction)

    @app_commands.command(name="history", description=say("command.quota.history"))
    @app_commands.describe(**_told("history", "member", "everybody"))
    async def history(
        self, interaction: discord.Interaction, member: discord.User | None = None, everybody: bool = False
    ) -> None:
        """What was paid and given."""
        await self._desk.history(interaction, member, everybody=everybody)

    @app_commands.command(name="gift", description=say("command.quota.gift"))
    @app_commands.describe(**_told("gift", "member", "amount", "reason"))
    async def gift(
        self,
        interaction: discord.Interaction,
        member: discord.User,
        amount: app_commands.Range[int, 1, CREDITS_MOST],
        reason: app_commands.Range[str, 1, REASON_MAX] | None = None,
    ) -> None:
        """Give some away."""
        await self._desk.gift(interaction, member, amount, reason or "")

    @app_commands.command(name="sponsor", description=say("command.quota.sponsor"))
    @app_commands.describe(**_told("sponsor", "amount", "reason"))
    async def sponsor(
        self,
        interaction: discord.Interaction,
        amount: app_commands.Range[int, 1, CREDITS_MOST],
        reason: app_commands.Range[str, 1, REASON_MAX],
    ) -> None:
        """Pay for others."""
        await self._desk.sponsor(interaction, amount, reason)
