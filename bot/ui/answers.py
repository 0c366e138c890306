"""Answering an interaction, whatever state it is in, and the one place where its errors end."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncGenerator, Awaitable
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.errors import Barred, DiscordDown, NotAllowed, NotFound, RemoteError, UserError
from bot.ui.attempts import note_attempt
from bot.ui.discord_limits import MESSAGE_CHARS
from bot.ui.languages import may_choose
from bot.ui.mentions import NOBODY
from bot.ui.messages import FAILURES
from bot.ui.text import clip
from bot.ui.words import say, sentence

AnyView = discord.ui.View | discord.ui.LayoutView

log = structlog.get_logger(__name__)

_DEAD = frozenset({10062, 10015, 50027})
"""Discord's codes for an interaction, or its token, that is over."""


def locale_of(interaction: discord.Interaction) -> str:
    """The language of the person who pressed or typed."""
    return interaction.locale.value


def locale_of_guild(interaction: discord.Interaction) -> str | None:
    """The language that a server has chosen; none where it has chosen nothing."""
    told = interaction.guild_locale
    return None if told is None or not may_choose(interaction.guild) else told.value


async def answer(
    interaction: discord.Interaction,
    content: str | None = None,
    *,
    embed: discord.Embed | None = None,
    file: discord.File | None = None,
    view: discord.ui.View | None = None,
) -> None:
    """Say something to this person alone: fresh, deferred and answered interactions alike.

    What is too long for a message is cut: what was done stands, and nobody should think that it failed. An
    expired one is only logged: there is nobody left to tell.
    """
    if content is not None:
        content = clip(content, MESSAGE_CHARS)
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


async def show_panel(
    interaction: discord.Interaction, *, embed: discord.Embed | None = None, view: AnyView | None
) -> None:
    """Show something to this person alone: in place of what they pressed on, or as a new message."""
    shown: dict[str, Any] = {} if embed is None else {"embed": embed}
    if interaction.type is discord.InteractionType.application_command or interaction.message is None:
        shown |= {} if view is None else {"view": view}
        await interaction.response.send_message(**shown, ephemeral=True, allowed_mentions=NOBODY)
    else:
        # A panel stands in place of a sentence as well: that goes.
        await interaction.response.edit_message(**shown, content=None, view=view, allowed_mentions=NOBODY)


async def say_instead(
    interaction: discord.Interaction, content: str, *, view: discord.ui.View | None = None
) -> None:
    """Say something in place of what was pressed, which this person alone sees, whatever it shows."""
    await interaction.response.edit_message(content=content, embed=None, attachments=[], view=view)


async def withdraw(interaction: discord.Interaction) -> None:
    """Nothing comes of a promise: what is said next is for this person alone.

    The first words after it stand where it stands, for everybody: it is kept, and then deleted.
    """
    await interaction.edit_original_response(content="…")
    await interaction.delete_original_response()


@contextlib.asynccontextmanager
async def promised(interaction: discord.Interaction) -> AsyncGenerator[None]:
    """What was promised is withdrawn where what is done in here fails."""
    try:
        yield
    except Exception:
        await withdraw(interaction)
        raise


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
    except FAILURES as unsaid:
        log.warning("fault.unsaid", interaction=interaction.id, error=repr(unsaid))
    if isinstance(error, NotAllowed):
        await note_attempt(interaction, str(error.facts["action"]))
    elif isinstance(error, Barred) and error.barrier in ("blocked", "muted"):
        await note_attempt(interaction, error.barrier)


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
    if isinstance(error, app_commands.TransformerError) and error.__cause__ is None:
        error = NotFound("option")  # a member who left since, a channel that the bot cannot see
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
