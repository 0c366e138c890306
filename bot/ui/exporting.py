"""Archives handed to one person, as large as Discord takes them from us here."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import discord

from bot.library.bundle import Bundle, Wrapped, as_json, pack, take_facts
from bot.library.house import House
from bot.library.privacy import files_of
from bot.library.shelf import Shelf, Viewer
from bot.ui.answers import locale_of
from bot.ui.words import say

MOST_TAKES: Final = 500
MOST_ARCHIVES: Final = 5
SAFE_BYTES: Final = 8 * 1024 * 1024
"""Of one archive: below every limit that Discord ever had, with room for what goes around a file."""


async def export_shelf(
    interaction: discord.Interaction, house: House, viewer: Viewer, shelf: Shelf, folder: Path
) -> None:
    """Follow up a deferred answer with the shelf's files and recipes."""
    takes = await house.library.whole(shelf, viewer, MOST_TAKES + 1)
    are_more, takes = len(takes) > MOST_TAKES, takes[:MOST_TAKES]
    locale = locale_of(interaction)
    if not takes:
        await interaction.followup.send(say(f"library.none.{shelf}", locale), ephemeral=True)
        return
    heading = Wrapped(name="takes.json", content=as_json([take_facts(take) for take in takes]))
    bundle = await asyncio.to_thread(
        pack,
        folder,
        "riffcord-library",
        await files_of(takes, house.blobs),
        limit_bytes=min(SAFE_BYTES, interaction.filesize_limit),
        most=MOST_ARCHIVES,
        heading=heading,
    )
    await send_bundle(interaction, bundle, newest=MOST_TAKES if are_more else None)


async def send_bundle(interaction: discord.Interaction, bundle: Bundle, *, newest: int | None = None) -> None:
    """One message an archive, to this person alone; the first says what did not fit.

    Args:
        interaction: Deferred.
        bundle: The archives.
        newest: How many takes are in them at most, where there are older ones.
    """
    locale = locale_of(interaction)
    told = say("export.done", locale)
    if bundle.left_out:
        told = say("export.left_out", locale, count=bundle.left_out)
    if newest is not None:
        told += "\n" + say("export.newest", locale, count=newest)
    for archive in bundle.archives:
        await interaction.followup.send(told, file=discord.File(archive), ephemeral=True)
        told = say("export.more", locale)
