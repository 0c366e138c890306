"""The Discord client: intents, cogs, buttons, command sync. What happens on Discord happens elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import sys
from collections.abc import AsyncGenerator, Generator
from typing import Any, Final, Protocol

import aiohttp
import discord
import discord.gateway
import discord.http
import structlog
import yarl
from discord import app_commands
from discord.ext import commands

from bot.errors import ExitCode, StartupError
from bot.jobs.clock import Clock
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.settings import Settings
from bot.ui import answers
from bot.ui.attempts import Attempts
from bot.ui.buttons import DYNAMIC_ITEMS
from bot.ui.delivery import DiscordStage
from bot.ui.desks import Desks
from bot.ui.desks.presses import PressTable
from bot.ui.discord_errors import INVITED, not_granted
from bot.ui.forms.open import heard_too_late, none_is_open
from bot.ui.key_trouble import KeyTrouble
from bot.ui.mentions import NOBODY
from bot.ui.noticeboard import DiscordBoard
from bot.ui.translator import translated
from bot.ui.unposting import Unposting
from bot.ui.words import say
from cogs.about import AboutCog
from cogs.help import HelpCog
from cogs.image import ImageCog
from cogs.jobs import JobsCog
from cogs.journey import JourneyCog
from cogs.keys import KeyCog
from cogs.library import LibraryCog
from cogs.menus import MenusCog
from cogs.mod import ModCog
from cogs.morph import MorphCog
from cogs.parts import PartsCog
from cogs.pot import PotCog
from cogs.privacy import PrivacyCog
from cogs.quota import QuotaCog
from cogs.riff import RiffCog
from cogs.screen import ScreenCog
from cogs.settings import SettingsCog
from cogs.setup import SetupCog
from cogs.song import SongCog
from cogs.tree import TreeCog

log = structlog.get_logger(__name__)

START_S: Final = 40.0
"""From the first request to Discord until the gateway is ready; a large bot takes some seconds."""
SHARD_S: Final = 6.0
"""So much longer for each shard here: discord.py waits 5 s before one after another may introduce itself."""

_UNREACHABLE = (
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    discord.GatewayNotFound,
    discord.DiscordServerError,
    discord.ConnectionClosed,
)


class Marks(Protocol):
    """A few notes that outlive the process."""

    async def get(self, key: str) -> str | None:
        """What was noted under the key."""
        ...

    async def set(self, key: str, value: str) -> None:
        """Note it."""
        ...


class _Tree(app_commands.CommandTree["RiffcordClient"]):
    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Errors of slash commands end where all others end."""
        await answers.fault(interaction, error)


class RiffcordClient(commands.AutoShardedBot):
    """discord.py's client with our cogs. ``serve`` before ``connected``."""

    def __init__(self, *, settings: Settings, marks: Marks, clock: Clock | None = None) -> None:
        _point_at(settings)
        _expect_no_voice()
        intents = discord.Intents.none()
        intents.guilds = True
        one = 1 if settings.discord_gateway_url is not None else None  # else Discord is asked how many
        here: dict[str, Any] = {} if settings.shards_here is None else {"shard_ids": [*settings.shards_here]}
        super().__init__(
            commands.when_mentioned,
            help_command=None,
            tree_cls=_Tree,
            intents=intents,
            allowed_mentions=NOBODY,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            activity=discord.Activity(type=discord.ActivityType.listening, name=say("presence")),
            # How long after the last guild the gateway counts as ready: the room has one, at once.
            guild_ready_timeout=0.1 if settings.discord_api_url else 2.0,
            shard_count=settings.shard_count or one,
            **here,
        )
        self._speaks = True
        self._default_host = settings.default_host
        self._marks = marks
        self._desks: Desks | None = None
        self._start: asyncio.Timeout | None = None
        self._introduced: set[int | None] = set()
        self.attempts: Attempts | None = None
        self.stage = DiscordStage(self, clock)
        self.unpost = Unposting(self)
        self.board = DiscordBoard(self)
        self.tell_of_key = KeyTrouble(self)

    def serve(self, jobs: Jobs, house: House) -> None:
        """Hand over the jobs room and the library, which themselves need this client's stage."""
        self.unpost.jobs = jobs
        self.unpost.library = house.library
        self.tell_of_key.house = house
        self.stage.offers = {name: host.offers for name, host in house.hosts.items()}
        self.attempts = house.trail
        self._desks = Desks.around(jobs, house, self.unpost, default_host=self._default_host)

    @property
    def desks(self) -> Desks:
        """Who acts on commands."""
        if self._desks is None:
            raise RuntimeError("serve() was not called")
        return self._desks

    @property
    def presses(self) -> PressTable:
        """Who acts on buttons (``bot.ui.buttons.Presses``)."""
        return self.desks.presses

    async def setup_hook(self) -> None:
        """Cogs, buttons, and the commands if they changed."""
        if not self._speaks:
            return
        await self.add_cog(RiffCog(self.desks.riffs))
        await self.add_cog(JourneyCog(self.desks.counter))
        await self.add_cog(JobsCog(self.desks.jobs))
        if self.desks.morphs.offered:
            await self.add_cog(MorphCog(self.desks.morphs))
        await self.add_cog(MenusCog(self.tree, self.desks.menus, self.desks.morphs, self.desks.reports))
        await self.add_cog(SongCog(self.desks.songs))
        await self.add_cog(PartsCog(self.desks.parts))
        if self.desks.images.offered:
            await self.add_cog(ImageCog(self.desks.images))
        await self.add_cog(LibraryCog(self.desks.library, self.desks.deleting))
        await self.add_cog(TreeCog(self.desks.tree, self.desks.library))
        await self.add_cog(SettingsCog(self.desks.settings))
        await self.add_cog(SetupCog(self.desks.setup, self.desks.setup_files))
        await self.add_cog(ModCog(self.desks.mod, self.desks.holds, self.desks.audit))
        await self.add_cog(KeyCog(self.desks.keys))
        await self.add_cog(QuotaCog(self.desks.quota))
        await self.add_cog(PotCog(self.desks.pot, self.desks.shares))
        await self.add_cog(ScreenCog(self.desks.screen, self.desks.screen_files))
        await self.add_cog(PrivacyCog(self.desks.privacy, self.desks.lending))
        await self.add_cog(HelpCog(self.desks.help))
        await self.add_cog(AboutCog(self.desks.help))
        self.add_dynamic_items(*DYNAMIC_ITEMS)
        none_is_open()
        await self._sync_if_changed()

    async def _sync_if_changed(self) -> None:
        payload = await translated(self.tree)
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        key = f"commands:{self.application_id}"
        if await self._marks.get(key) == digest:
            return
        # Not ``tree.sync``, which would translate all of it once more.
        await self.http.bulk_upsert_global_commands(self.application_id or 0, payload=payload)
        await self._marks.set(key, digest)
        log.info("commands.synced", commands=len(payload))

    @contextlib.asynccontextmanager
    async def connected(self, token: str) -> AsyncGenerator[asyncio.Task[None]]:
        """Log in and stay connected until the end of the block; yields the gateway's task.

        Raises:
            StartupError: ``bad_token``, ``discord_unreachable``, or ``missing_permission`` where the bot
                may not play in any of its servers.
        """
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(self)
            with _told_at_start():
                async with asyncio.timeout(START_S) as self._start:
                    await self.login(token)
                    gateway = asyncio.create_task(self.connect(), name="gateway")
                    ready = asyncio.create_task(self.wait_until_ready())
                    await asyncio.wait((gateway, ready), return_when=asyncio.FIRST_COMPLETED)
                    ready.cancel()
                    if gateway.done():
                        gateway.result()
            self._start = None
            self._require_permissions()
            await self._forget_left_servers()
            yield gateway

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """A shard is about to introduce itself: the start may take longer by it, once for each."""
        start = self._start
        if start is not None and not start.expired() and shard_id not in self._introduced:
            self._introduced.add(shard_id)
            start.reschedule((start.when() or 0.0) + SHARD_S)
        await super().before_identify_hook(shard_id, initial=initial)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Each of them tells how large a file its server takes; forms may come too late for discord.py."""
        self.stage.limits.hear(interaction)
        await heard_too_late(interaction)

    @contextlib.asynccontextmanager
    async def without_gateway(self, token: str) -> AsyncGenerator[None]:
        """Log in for what is posted and edited, and hear nothing: for a process that only works on jobs.

        Raises:
            StartupError: ``bad_token`` or ``discord_unreachable``.
        """
        self._speaks = False
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(self)
            with _told_at_start():
                async with asyncio.timeout(START_S):
                    await self.login(token)
            yield

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Errors of event handlers end where all others end."""
        if (error := sys.exc_info()[1]) is not None:
            answers.unheard(event_method, error)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server that sends the bot away takes its own keys along; what it decided stays."""
        await self.desks.setup.came(str(guild.id), here=False)
        await self.desks.keys.left(str(guild.id))

    async def _forget_left_servers(self) -> None:
        """As :meth:`on_guild_remove`, of what happened while this process was away."""
        shards = self.shard_count or 1

        def mine(guild_id: str) -> bool:
            return (int(guild_id) >> 22) % shards in self.shards

        present = {str(guild.id) for guild in self.guilds}
        await self.desks.setup.only_in(present, mine=mine)
        await self.desks.keys.only_in(present, mine=mine)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say at once what is missing in a new server."""
        self._warn_about(guild)
        await self.desks.setup.came(str(guild.id), here=True)

    def _warn_about(self, guild: discord.Guild) -> list[str]:
        """One log line for a server in which the bot may not do what it must, as far as Discord tells."""
        if guild.unavailable:
            return []
        lacking = not_granted(guild.me.guild_permissions)
        if lacking:
            sentence = say(
                "log.guild_lacks_permissions",
                guild=guild.name,
                permissions=", ".join(lacking),
                invite=self._invite,
            )
            log.warning("guild.lacks_permissions", guild=guild.id, do=sentence)
        return lacking

    @property
    def _invite(self) -> str:
        client_id = self.application_id or 0
        return discord.utils.oauth_url(
            client_id, permissions=INVITED, scopes=("bot", "applications.commands")
        )

    def _require_permissions(self) -> None:
        lacking = [self._warn_about(guild) for guild in self.guilds if not guild.unavailable]
        if lacking and all(lacking):
            raise StartupError(
                "missing_permission",
                ExitCode.MISSING_PERMISSION,
                permissions=", ".join(sorted({name for names in lacking for name in names})),
                invite=self._invite,
            )
        if not self.guilds:
            log.info("discord.no_server_yet", invite=self._invite)


@contextlib.contextmanager
def _told_at_start() -> Generator[None]:
    """What keeps us from Discord, as a sentence."""
    try:
        yield
    except discord.LoginFailure as error:
        raise StartupError("bad_token", ExitCode.BAD_TOKEN) from error
    except _UNREACHABLE as error:
        if isinstance(error, discord.ConnectionClosed) and error.code == 4004:
            raise StartupError("bad_token", ExitCode.BAD_TOKEN) from error
        raise StartupError("discord_unreachable", ExitCode.DISCORD_UNREACHABLE) from error
    except discord.HTTPException as error:
        if error.status != 429:  # so many starts that Discord, or what stands before it, has enough
            raise
        raise StartupError("discord_unreachable", ExitCode.DISCORD_UNREACHABLE) from error


def _expect_no_voice() -> None:
    """Voice is an extra: that its packages are not there is no news."""
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


def _point_at(settings: Settings) -> None:
    """Talk to the configured Discord; discord.py keeps its addresses in these two places."""
    if settings.discord_api_url is not None:
        discord.http.Route.BASE = settings.discord_api_url
    if settings.discord_gateway_url is not None:
        gateway: Any = discord.gateway.DiscordWebSocket
        gateway.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)
