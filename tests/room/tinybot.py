"""A small discord.py bot that needs what Riffcord needs of Discord; it runs as a process of its own.

``python -m tests.room.tinybot`` reads ``DISCORD_API_URL``, ``DISCORD_GATEWAY_URL`` and ``TINYBOT_AUDIO``, a
sound file that it posts as its work. It knows nothing of the room: only the two addresses differ from a bot
that talks to Discord.
"""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import ClassVar, Self

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

STEPS = 4
TAKES = {"t1": "slow jazz · Ana · 5 s", "t2": "church bells · Bo · 7 s"}
MOODS = ("lofi piano in the rain", "slow jazz", "church bells", "surf rock")


class Again(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"again:(?P<take>\d+)"):
    """A button that works after any restart: all it needs is in its id."""

    def __init__(self, take: int) -> None:
        super().__init__(discord.ui.Button(label="Again", custom_id=f"again:{take}"))
        self.take = take

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[discord.Client],
        item: discord.ui.Item[discord.ui.View],
        match: re.Match[str],
    ) -> Self:
        """Make the button from its id."""
        return cls(int(match["take"]))

    async def callback(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Answer with the next number."""
        await interaction.response.send_message(f"take {self.take + 1}", view=buttons(self.take + 1))


class Kind(discord.ui.View):
    """A menu under a message."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.select(
        custom_id="more",
        placeholder="More…",
        options=[discord.SelectOption(label="Recipe", value="recipe", description="How it was made")],
    )
    async def more(
        self, interaction: discord.Interaction[discord.Client], chosen: discord.ui.Select[Self]
    ) -> None:
        """Say what was chosen."""
        await interaction.response.send_message(f"you chose {chosen.values[0]}", ephemeral=True)


class German(app_commands.Translator):
    """A few words, as Discord shows them to those whose client is German."""

    WORDS: ClassVar[dict[str, str]] = {
        "greet": "gruss",
        "Say hello": "Sag guten Tag",
        "whom": "wen",
        "Who is greeted": "Wer gegrüßt wird",
        "softly": "leise",
        "Riff on this": "Darüber riffen",
    }

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The word, where there is one."""
        return self.WORDS.get(string.message) if locale is discord.Locale.german else None


class Words(discord.ui.Modal, title="Words"):
    """A form with one line."""

    def __init__(self, about: str = "") -> None:
        super().__init__()
        self.line.default = about

    line: discord.ui.TextInput[Self] = discord.ui.TextInput(label="A line", custom_id="line", max_length=80)

    async def on_submit(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Say it back, to the sender alone."""
        await interaction.response.send_message(f"you wrote {self.line.value}", ephemeral=True)


class Morph(app_commands.Group, name="morph", description="Make something else of a take"):
    """A group with one command, as Riffcord's."""

    @app_commands.command(description="Let another band play it")
    async def cover(
        self,
        interaction: discord.Interaction[discord.Client],
        take: str,
        tags: str,
        strength: app_commands.Range[float, 0, 1] | None = None,
        seed: int | None = None,
    ) -> None:
        """Say what was asked for."""
        await interaction.response.send_message(f"cover of {take}: {tags}, {strength}, {seed}")

    @cover.autocomplete("take")
    async def takes(
        self, _: discord.Interaction[discord.Client], typed: str
    ) -> list[app_commands.Choice[str]]:
        """Takes by what they are called; their value is an id that nobody types."""
        return [app_commands.Choice(name=name, value=take) for take, name in TAKES.items() if typed in name]


class Jobs(app_commands.Group, name="jobs", description="What is being made"):
    """A group whose first command by name is not the one that is typed."""

    @app_commands.command(name="list", description="All of them")
    async def list_(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Nothing is being made."""
        await interaction.response.send_message("no jobs")

    @app_commands.command(description="Stop one")
    async def cancel(self, interaction: discord.Interaction[discord.Client], job: str) -> None:
        """Say which."""
        await interaction.response.send_message(f"stopped {job}")


def buttons(take: int) -> discord.ui.View:
    """One row with the button."""
    view = discord.ui.View(timeout=None)
    view.add_item(Again(take))
    return view


class TinyBot(discord.Client):
    """The bot; ``audio`` is what it posts, ``step_s`` how long a step of its work takes."""

    def __init__(self, audio: Path | None = None, step_s: float = 0.05) -> None:
        super().__init__(intents=discord.Intents.default(), guild_ready_timeout=0.05)
        self.audio = audio
        self.step_s = step_s
        self.tree = app_commands.CommandTree(self)
        self._add_commands()

    async def setup_hook(self) -> None:
        """Make old buttons work and tell Discord the commands."""
        self.add_dynamic_items(Again)
        self.add_view(Kind())
        await self.tree.set_translator(German())
        await self.tree.sync()

    async def play(self, interaction: discord.Interaction[discord.Client], prompt: str) -> None:
        """A card that fills and becomes the result by an edit, with the bot's own token."""
        await interaction.response.send_message(embed=discord.Embed(title=prompt, description=bar(0)))
        channel = interaction.channel
        assert isinstance(channel, discord.TextChannel)
        card = channel.get_partial_message((await interaction.original_response()).id)
        for step in range(1, STEPS + 1):
            await asyncio.sleep(self.step_s)
            await card.edit(embed=discord.Embed(title=prompt, description=bar(step)))
        files = [discord.File(self.audio)] if self.audio is not None else []
        embed = discord.Embed(title=prompt, description="done", colour=0xFF7A59)
        await card.edit(embed=embed, attachments=files, view=buttons(1))

    def _add_commands(self) -> None:
        @self.tree.command(description="Make music from words")
        @app_commands.describe(prompt="What you want to hear", steps="How carefully")
        async def riff(
            interaction: discord.Interaction[discord.Client],
            prompt: app_commands.Range[str, 1, 100],
            steps: app_commands.Range[int, 1, 150] = 50,
        ) -> None:
            await self.play(interaction, prompt)

        @riff.autocomplete("prompt")
        async def moods(_: discord.Interaction[discord.Client], typed: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=mood, value=mood) for mood in MOODS if typed in mood]

        @self.tree.command(description="Answer, to you alone")
        async def ping(interaction: discord.Interaction[discord.Client]) -> None:
            await interaction.response.send_message("pong", ephemeral=True)

        @self.tree.command(description="Never answer")
        async def silence(_: discord.Interaction[discord.Client]) -> None:
            return

        @self.tree.command(description="Open a form")
        async def words(interaction: discord.Interaction[discord.Client]) -> None:
            await interaction.response.send_modal(Words())

        @self.tree.command(name="greet", description="Say hello")
        @app_commands.describe(whom="Who is greeted")
        @app_commands.choices(how=[app_commands.Choice(name="softly", value="soft")])
        async def greet(
            interaction: discord.Interaction[discord.Client], whom: str, how: app_commands.Choice[str] | None
        ) -> None:
            manner = how.value if how else "plain"
            spoken = f"{interaction.locale}/{interaction.guild_locale}"
            await interaction.response.send_message(f"hello {whom}, {manner}, {spoken}", view=Kind())

        @self.tree.command(description="Make a thread, and speak in it")
        @app_commands.guild_only()
        async def side(interaction: discord.Interaction[discord.Client]) -> None:
            await interaction.response.send_message("over there")
            said = await interaction.original_response()
            channel = interaction.channel
            assert isinstance(channel, discord.TextChannel)
            thread = await channel.get_partial_message(said.id).create_thread(name="Order 1")
            await thread.send("in here")

        @self.tree.context_menu(name="Riff on this")
        async def riff_on(interaction: discord.Interaction[discord.Client], message: discord.Message) -> None:
            await interaction.response.send_modal(Words(f"about {message.content}"))

        @self.tree.command(description="Moderators only")
        @app_commands.default_permissions(manage_messages=True)
        async def tidy(interaction: discord.Interaction[discord.Client]) -> None:
            await interaction.response.send_message("tidy", ephemeral=True)

        self.tree.add_command(Morph())
        self.tree.add_command(Jobs())
        _ = (riff, moods, ping, silence, words, greet, side, riff_on, tidy)


def bar(step: int) -> str:
    """The card's progress bar."""
    return "▰" * step + "▱" * (STEPS - step)


def point_at(api_url: str, gateway_url: str) -> None:
    """Let discord.py talk to another address than Discord's."""
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def main() -> None:
    """Run until killed."""
    point_at(os.environ["DISCORD_API_URL"], os.environ["DISCORD_GATEWAY_URL"])
    audio = os.environ.get("TINYBOT_AUDIO")
    step_s = float(os.environ.get("TINYBOT_STEP_S", "0.05"))
    TinyBot(Path(audio) if audio else None, step_s).run("tiny.test.token")


if __name__ == "__main__":
    main()
