"""``/setup``: everything that a server can decide, step by step, and as a file."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.money.policy import CREDITS_MOST
from bot.ui.cards.setup import PAGES
from bot.ui.desks.setup import SetupDesk
from bot.ui.desks.setup_files import SetupFiles
from bot.ui.music_channel import MusicChannel
from bot.ui.words import say

_RULES = (
    *("moderators_channel", "moderator_role", "newcomer_role", "newcomer_account_days"),
    *("newcomer_member_days", "hold_above", "trust_after", "hold_hours", "held_most", "appeals"),
)
_CHANNEL = ("channel", "music", "approval")


@app_commands.default_permissions(manage_guild=True)
class SetupCog(commands.GroupCog, group_name="setup", group_description=say("command.setup")):
    """The command group."""

    def __init__(self, desk: SetupDesk, files: SetupFiles) -> None:
        self._desk = desk
        self._files = files

    @app_commands.command(name="start", description=say("command.setup.start"))
    @app_commands.describe(page=say("command.setup.page"))
    @app_commands.choices(
        page=[app_commands.Choice(name=say(f"setup.page.{page}"), value=page) for page in PAGES]
    )
    async def start(self, interaction: discord.Interaction, page: str = "start") -> None:
        """The guide."""
        await self._desk.show(interaction, page)

    @app_commands.command(name="rules", description=say("command.setup.rules"))
    @app_commands.describe(**{name: say(f"command.setup.rules.{name}") for name in _RULES})
    async def rules(
        self,
        interaction: discord.Interaction,
        moderators_channel: discord.TextChannel | None = None,
        moderator_role: discord.Role | None = None,
        newcomer_role: discord.Role | None = None,
        newcomer_account_days: app_commands.Range[int, 0, 3_650] | None = None,
        newcomer_member_days: app_commands.Range[int, 0, 3_650] | None = None,
        hold_above: app_commands.Range[int, -1, CREDITS_MOST] | None = None,
        trust_after: app_commands.Range[int, 0, 1_000] | None = None,
        hold_hours: app_commands.Range[int, 1, 336] | None = None,
        held_most: app_commands.Range[int, 1, 25] | None = None,
        appeals: app_commands.Range[str, 1, 500] | None = None,
    ) -> None:
        """Change what is given."""
        options = {
            "newcomer_account_days": newcomer_account_days,
            "newcomer_member_days": newcomer_member_days,
            "hold_above": hold_above,
            "trust_after": trust_after,
            "hold_hours": hold_hours,
            "held_most": held_most,
            "appeals": appeals,
        }
        named = {
            "moderators_channel": moderators_channel,
            "moderator_role": moderator_role,
            "newcomer_role": newcomer_role,
        }
        await self._desk.rules(interaction, options, named)

    @app_commands.command(name="channel", description=say("command.setup.channel"))
    @app_commands.describe(**{name: say(f"command.setup.channel.{name}") for name in _CHANNEL})
    async def channel(
        self,
        interaction: discord.Interaction,
        channel: MusicChannel,
        music: bool | None = None,
        approval: bool | None = None,
    ) -> None:
        """Change what is given."""
        await self._desk.channel(interaction, str(channel.id), music=music, approval=approval)

    @app_commands.command(name="export", description=say("command.setup.export"))
    async def export(self, interaction: discord.Interaction) -> None:
        """As a file."""
        await self._files.export(interaction)

    @app_commands.command(name="import", description=say("command.setup.import"))
    @app_commands.describe(file=say("command.setup.file"))
    async def import_(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """From a file."""
        await self._files.import_(interaction, file)
