"""``/song``: lyrics, a topic or a style become a whole song, in two takes."""

from __future__ import annotations

from typing import get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot.jobs.options import SEED_MAX
from bot.jobs.recipes import Song
from bot.jobs.recipes.song import LENGTH_MAX_S, LENGTH_MIN_S
from bot.protocol.engine import Quality, Voice
from bot.ui.answers import locale_of, suggestions
from bot.ui.cards.choices import Choices, style_choices
from bot.ui.cards.prices import priced
from bot.ui.desks.songs import SongDesk
from bot.ui.discord_limits import CHOICE_CHARS
from bot.ui.text import plain
from bot.ui.words import say

_MODELS = [app_commands.Choice(name=say(f"model.{name}"), value=name) for name in get_args(Quality)]
_VOICES = [app_commands.Choice(name=say(f"voice.{name}"), value=name) for name in get_args(Voice)]
_OPTIONS = (
    "tags",
    "title",
    "topic",
    "model",
    "instrumental",
    "voice",
    "length_s",
    "lyrics_file",
    "seed",
    "host",
)


class SongCog(commands.Cog):
    """The command and its suggestions."""

    def __init__(self, desk: SongDesk) -> None:
        self._desk = desk

    @app_commands.command(name="song", description=say("command.song"))
    @app_commands.describe(**{option: say(f"command.song.{option}") for option in _OPTIONS})
    @app_commands.choices(model=_MODELS, voice=_VOICES)
    async def song(
        self,
        interaction: discord.Interaction,
        tags: str | None = None,
        title: str | None = None,
        topic: str | None = None,
        model: str | None = None,
        instrumental: bool = False,
        voice: str | None = None,
        length_s: app_commands.Range[float, LENGTH_MIN_S, LENGTH_MAX_S] | None = None,
        lyrics_file: discord.Attachment | None = None,
        seed: app_commands.Range[int, 0, SEED_MAX] | None = None,
        host: str | None = None,
    ) -> None:
        """Order a song; without a topic, a file and instrumental, a form asks for its lyrics."""
        asked = Song.model_validate(
            {
                "tags": tags or "",
                "title": title,
                "topic": topic,
                "model": model,
                "instrumental": instrumental,
                "voice": voice,
                "length_s": length_s,
                "seed": seed,
            }
        )
        await self._desk.order(interaction, asked, host=host, lyrics_file=lyrics_file)

    @song.autocomplete("tags")
    async def styles(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Words of style that go on with what was typed so far."""
        return style_choices(typed)

    @song.autocomplete("host")
    async def hosts(self, interaction: discord.Interaction, typed: str) -> Choices:
        """Hosts that make songs, with what one costs there."""
        return await suggestions(interaction, self._named(interaction, typed))

    async def _named(self, interaction: discord.Interaction, typed: str) -> Choices:
        found = await self._desk.hosts(interaction, typed)
        locale = locale_of(interaction)
        return [
            app_commands.Choice(name=priced(plain(name), price, locale, limit=CHOICE_CHARS), value=name)
            for name, price in found
        ]
