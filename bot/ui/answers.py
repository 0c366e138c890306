"""Answering an interaction, whatever state it is in, and the one place where its errors end."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.errors import DiscordDown, RemoteError, UserError
from bot.ui.words import say, sentence

log = structlog.get_logger(__name__)

_DEAD = frozenset({10062, 10015, 50027})
"""Discord's codes for an interaction, or its token, that is over."""


def locale_of(interaction: discord.Interaction) -> str:
    """The language of the person who pressed or typed."""
    return interaction.locale.value


def locale_of_guild(interaction: discord.Interaction) -> str | None:
    """The language that a server has chosen; none where it has chosen nothing.

    Only servers with Community can: Discord says en-US for all others ("Guild Object", preferred_locale).
    """
    guild = interaction.guild
    if interaction.guild_locale is None or guild is None or "COMMUNITY" not in guild.features:
        return None
    return interaction.guild_locale.value


async def answer(
    interaction: discord.Interaction,
    content: str | None = None,
    *,
    embed: discord.Embed | None = None,
    file: discord.File | None = None,
    view: discord.ui.View | None = None,
) -> None:
    """Say something to this person alone: fresh, deferred and answered interactions alike.

    An expired one is only logged: there is nobody left to tell.
    """
    told: dict[str, Any] = {"content": content, "embed": embed, "file": file, "view": view}
    shown = {name: value for name, value in told.items() if value is not None}
    try:
        if interaction.response.is_done():
            await interaction.followup.send(**shown, ephemeral=True)
        else:
            await interaction.response.send_message(**shown, ephemeral=True)
    except discord.HTTPException as error:
        if error.code not in _DEAD:
            raise
        log.info("interaction.over", id=interaction.id, code=error.code)


async def fault(interaction: discord.Interaction, error: BaseException) -> None:
    """Where every error of commands and buttons ends: one sentence, one log line.

    The log level follows the fault: the person's own mistake is debug, a remote failure a warning, our
    bug an error with a short reference that the person sees as well.
    """
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    discord_is_ill = isinstance(error, discord.HTTPException) and error.status >= 500
    if discord_is_ill or isinstance(error, aiohttp.ClientError):
        error = DiscordDown(cause=repr(error))
    locale = locale_of(interaction)
    if isinstance(error, discord.HTTPException) and error.code in _DEAD:
        log.info("interaction.over", id=interaction.id, code=error.code)
        return
    try:
        await answer(interaction, _told(interaction, error, locale))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as unsaid:
        log.warning("fault.unsaid", interaction=interaction.id, error=repr(unsaid))


async def suggestions(
    interaction: discord.Interaction, found: Awaitable[list[app_commands.Choice[str]]]
) -> list[app_commands.Choice[str]]:
    """What ``found`` brings, or nothing where it fails: autocomplete has no way to show a sentence."""
    try:
        return await found
    except Exception as error:
        _told(interaction, error, locale_of(interaction))
        return []


def unheard(event: str, error: BaseException) -> None:
    """Where errors of gateway events end: nobody pressed or typed anything, so only the log hears."""
    log.error("ui.bug", reference=secrets.token_hex(4), event_handler=event, exc_info=error)


def _told(interaction: discord.Interaction, error: BaseException, locale: str) -> str:
    """The sentence for an error, which is logged by whose fault it is."""
    if isinstance(error, UserError):
        log.debug("user.mistake", error=str(error))
        return sentence(error, locale)
    if isinstance(error, RemoteError):
        log.warning("remote.failure", interaction=interaction.id, error=str(error))
        return sentence(error, locale)
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        log.warning("command.outdated", error=str(error))
        return say("error.outdated_command", locale)
    reference = secrets.token_hex(4)
    log.error("ui.bug", reference=reference, interaction=interaction.id, exc_info=error)
    return say("error.bug", locale, reference=reference)
