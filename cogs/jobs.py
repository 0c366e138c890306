"""``/jobs``: what is being made here, how it came about, and stopping it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import InvalidOption, NotFound
from bot.jobs.records import Listed
from bot.ui.answers import locale_of, suggestions
from bot.ui.cards.jobs import job_choice
from bot.ui.desks.jobs import JobDesk
from bot.ui.discord_limits import CHOICES_MOST
from bot.ui.words import say


class JobsCog(commands.GroupCog, group_name="jobs", group_description=say("command.jobs")):
    """The command group."""

    def __init__(self, desk: JobDesk) -> None:
        self._desk = desk

    @app_commands.command(name="list", description=say("command.jobs.list"))
    async def list_(self, interaction: discord.Interaction) -> None:
        """This channel's running and recent jobs."""
        await self._desk.list(interaction)

    @app_commands.command(name="cancel", description=say("command.jobs.cancel"))
    @app_commands.describe(job=say("command.jobs.cancel.job"))
    async def cancel(self, interaction: discord.Interaction, job: str) -> None:
        """Stop one of them."""
        try:
            await self._desk.cancel(interaction, job.strip())
        except NotFound:
            raise InvalidOption("job", "unknown_job") from None

    @cancel.autocomplete("job")
    async def jobs(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The open jobs that this person may stop."""
        return await suggestions(interaction, _fitting(interaction, typed, self._desk.cancellable))

    @app_commands.command(name="show", description=say("command.jobs.show"))
    @app_commands.describe(job=say("command.jobs.cancel.job"))
    async def show(self, interaction: discord.Interaction, job: str) -> None:
        """Tell the story of one of them."""
        try:
            await self._desk.show(interaction, job.strip())
        except NotFound:
            raise InvalidOption("job", "unknown_job") from None

    @show.autocomplete("job")
    async def shown(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The channel's jobs."""
        return await suggestions(interaction, _fitting(interaction, typed, self._desk.here))


async def _fitting(
    interaction: discord.Interaction,
    typed: str,
    offered: Callable[[discord.Interaction], Awaitable[list[Listed]]],
) -> list[app_commands.Choice[str]]:
    locale = locale_of(interaction)
    viewer_id = str(interaction.user.id)
    named = [
        (job_choice(each, locale, viewer_id=viewer_id), each.job.id) for each in await offered(interaction)
    ]
    fitting = [(name, job_id) for name, job_id in named if typed.lower() in name.lower()]
    return [app_commands.Choice(name=name, value=job_id) for name, job_id in fitting[:CHOICES_MOST]]
