"""The composition root: the only place that opens things, wires rooms together and closes them."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.errors import ExitCode, StartupError
from bot.processes import STOP_GRACE_S, say_ready, stop_on_signals
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.audio import AudioFinisher
    from bot.client import RiffcordClient
    from bot.jobs.ports import Host
    from bot.jobs.service import Jobs
    from bot.library.house import House
    from bot.store.db import Database

ROOM_TOKEN = "the-room-knows-everybody"  # noqa: S105  (the local Discord asks for no real one)


async def run_engine(settings: Settings) -> None:
    """The engine's HTTP server until a signal comes."""
    from bot.ui.words import say
    from bot.web.api.serve import serve_engine

    stop = asyncio.Event()
    stop_on_signals(stop)

    def ready(url: str) -> None:
        say_ready(url=url)
        if sys.stdout.isatty():  # a parent reads the line above; a person wants to know who may call
            key = "start.engine_for_tokens" if settings.tokens else "start.engine_for_this_machine"
            sys.stdout.write(say(key, url=settings.engine_address or url) + "\n")
            sys.stdout.flush()

    await serve_engine(settings, on_ready=ready, stop=stop)


async def run_room(settings: Settings) -> None:
    """The local Discord until a signal comes."""
    from bot.room import RoomAddress, serve

    def ready(address: RoomAddress) -> None:
        say_ready(api=address.api_url, gateway=address.gateway_url, page=address.page_url)

    stop = asyncio.Event()
    stop_on_signals(stop)
    kept_in = settings.riffcord_data / "room.json"
    await serve(rest_port=0, page_port=settings.room_port, on_ready=ready, stop=stop, kept_in=kept_in)


def release(settings: Settings) -> None:
    """Bring the bot's database to this version's schema; not beneath a bot that is at work on its file."""
    from bot.store.migrate import upgrade_alone

    settings.riffcord_data.mkdir(parents=True, exist_ok=True)
    upgrade_alone(settings.database, "bot")


@dataclass
class Marks:
    """``bot.client.Marks`` in the database's own notes."""

    database: Database

    async def get(self, key: str) -> str | None:
        """What was noted under the key."""
        from bot.store.meta import get_meta

        async with self.database.connect() as connection:
            return await get_meta(connection, key)

    async def set(self, key: str, value: str) -> None:
        """Note it."""
        from bot.store.meta import put_meta

        async with self.database.begin() as connection:
            await put_meta(connection, key, value)


@contextlib.asynccontextmanager
async def _opened_database(settings: Settings) -> AsyncGenerator[Database]:
    """The job store, of this version's schema and owned by this process."""
    from bot.store.db import open_database
    from bot.store.schema import require_current

    async with open_database(settings.database) as database:  # owned first: nobody changes the schema then
        await asyncio.to_thread(require_current, settings.database, "bot")
        yield database


async def run_bot(settings: Settings) -> None:
    """Gateway, jobs and web until a signal comes or Discord sends us away."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_bot(settings) as bot:
        say_ready(web=bot.web_url)
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((stopped, bot.gateway), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if bot.gateway.done():
            bot.gateway.result()


async def run_web(settings: Settings) -> None:
    """Webhooks and health alone, beside bots that share the database, until a signal comes.

    Raises:
        StartupError: ``database_not_shared``, when the database is a file of one process tree.
    """
    _require_shared_database(settings)
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with contextlib.AsyncExitStack() as stack:
        parts = await stack.enter_async_context(_opened_parts(settings))
        await parts.jobs.open()
        web_url = await stack.enter_async_context(_web(settings, parts, on_discord=False))
        say_ready(web=web_url)
        await stop.wait()


async def run_worker(settings: Settings) -> None:
    """Jobs alone, of whatever server, beside bots that share the database, until a signal comes.

    What it says on Discord goes by REST. Hosts are told the settings' addresses: it has none of its own.

    Raises:
        StartupError: ``database_not_shared``; ``bad_token`` or ``discord_unreachable``.
    """
    from bot.web.reach import reach

    _require_shared_database(settings)
    token = _token(settings)
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with contextlib.AsyncExitStack() as stack:
        parts = await stack.enter_async_context(_opened_parts(settings))
        ways = await reach(settings, parts.hosts)
        parts.webhook_bases.update(ways.configured())
        await stack.enter_async_context(parts.client.without_gateway(token))
        await _work(parts, stack)
        say_ready(role="worker")
        await stop.wait()


def _require_shared_database(settings: Settings) -> None:
    if not settings.is_database_shared:
        raise StartupError("database_not_shared", ExitCode.BAD_SETTINGS)


def _token(settings: Settings) -> str:
    if settings.discord_token is not None:
        return settings.discord_token.get_secret_value()
    if settings.discord_api_url is None:
        raise StartupError("no_token", ExitCode.BAD_TOKEN)
    return ROOM_TOKEN


async def _work(parts: _Parts, stack: contextlib.AsyncExitStack) -> None:
    """Take up jobs until the stack is closed."""
    warm = asyncio.create_task(parts.finisher.start(), name="warm audio worker")
    stack.push_async_callback(asyncio.wait, {warm})
    await parts.jobs.start()
    # Half of what the supervisor grants: the goodbyes to Discord and to callers come after it.
    stack.push_async_callback(parts.jobs.stop, STOP_GRACE_S / 2)


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is up."""

    web_url: str
    gateway: asyncio.Task[None]


@contextlib.asynccontextmanager
async def open_bot(settings: Settings) -> AsyncGenerator[Bot]:
    """Everything of the bot process, opened in order and closed in reverse.

    Raises:
        StartupError: a wrong token, an unreachable Discord, a taken port or file, an old schema.
    """
    token = _token(settings)
    async with contextlib.AsyncExitStack() as stack:
        parts = await stack.enter_async_context(_opened_parts(settings))
        await parts.jobs.open()  # or webhooks of an earlier life would be turned away until the jobs start
        web_url = await stack.enter_async_context(_web(settings, parts, on_discord=True))
        gateway = await stack.enter_async_context(parts.client.connected(token))
        await _work(parts, stack)
        loops = {
            "erasures": parts.house.privacy.run_forever,
            "notices": parts.house.telling.run_forever,
            "purges": parts.house.takedown.run_forever,
        }
        for name, run in loops.items():
            looping = asyncio.create_task(run(), name=name)
            stack.push_async_callback(asyncio.wait, {looping})
            stack.callback(looping.cancel)
        yield Bot(web_url, gateway)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The rooms of a process that works on jobs, wired."""

    database: Database
    hosts: Mapping[str, Host]
    finisher: AudioFinisher
    client: RiffcordClient
    jobs: Jobs
    house: House
    webhook_bases: dict[str, str]


@contextlib.asynccontextmanager
async def _opened_parts(settings: Settings) -> AsyncGenerator[_Parts]:
    from bot.audio import AudioFinisher
    from bot.client import RiffcordClient
    from bot.gate import ServerGate
    from bot.jobs.service import Jobs
    from bot.jobs.upkeep import Keeping
    from bot.keys.paying import OwnKeyPayer
    from bot.keys.service import OwnKeys
    from bot.keys.vault import Vault
    from bot.library.house import House
    from bot.logs import hide
    from bot.moderation.doors import HoldDoor, PeopleDoor
    from bot.moderation.screening import ScreenDoor, Screening
    from bot.money.allowance import Allowance
    from bot.money.prices import Prices
    from bot.patience import times_from
    from bot.providers import hosts_from
    from bot.providers.hosts import by_own_keys_alone, takes_keys, with_key
    from bot.store.places import blobs_of, require_same_place

    data: Path = settings.riffcord_data
    async with contextlib.AsyncExitStack() as stack:
        database = await stack.enter_async_context(_opened_database(settings))
        await require_same_place(database, data, settings.blobs_url)
        times = times_from(settings)
        engine_deadline_s = times.of("engine").deadline_s
        hosts = await stack.enter_async_context(hosts_from(settings, engine_deadline_s=engine_deadline_s))
        client = RiffcordClient(settings=settings, marks=Marks(database))
        secrets = settings.keys_secrets
        keys = OwnKeys(
            database,
            hosts,
            vault=Vault(secrets) if secrets else None,
            make=with_key,
            takes_keys=takes_keys,
            only=by_own_keys_alone(hosts, settings),
            hide=hide,
            tell=client.tell_of_key,
        )
        stack.push_async_callback(keys.close)
        await keys.look()
        finisher = AudioFinisher()
        stack.push_async_callback(finisher.stop)
        webhook_bases: dict[str, str] = {}  # filled as soon as the web server has its port
        blobs = blobs_of(data, settings.blobs_url)
        screening = Screening(database)
        allowance = Allowance(settings.pot_most_a_month)
        jobs = Jobs(
            database,
            hosts=hosts,
            stage=client.stage,
            finisher=finisher,
            blobs=blobs,
            workspace=data / "work",
            webhook_bases=webhook_bases,
            prices=Prices({"engine": 0, **settings.prices_by_host}),
            gate=ServerGate(
                checks=[PeopleDoor(), ScreenDoor(screening)],
                payers=[OwnKeyPayer(keys)],
                holds=HoldDoor(),
                allowance=allowance,
            ),
            own=keys,
            times=times,
            keeping=Keeping(jobs_days=settings.jobs_keep_days, blobs_max_gb=settings.blobs_max_gb),
        )
        house = House.over(
            database,
            jobs=jobs,
            blobs=blobs,
            draw_tree=finisher.draw_tree,
            draw_pot=finisher.draw_pot,
            studio=finisher,
            unpost=client.unpost,
            board=client.board,
            hosts=hosts,
            keys=keys,
            screening=screening,
            allowance=allowance,
        )
        client.serve(jobs, house)
        yield _Parts(database, hosts, finisher, client, jobs, house, webhook_bases)


@contextlib.asynccontextmanager
async def _web(settings: Settings, parts: _Parts, *, on_discord: bool) -> AsyncGenerator[str]:
    from bot.web.app import build_app, serving
    from bot.web.downloads import DownloadDoor
    from bot.web.reach import for_people, reach
    from bot.web.webhooks import WebhookDoor

    async def health() -> dict[str, object]:
        facts = {"database": await parts.database.is_answering()}
        if on_discord:
            facts["discord"] = parts.client.is_ready()
        return {"ok": all(facts.values()), **facts, "hosts": sorted(parts.hosts)}

    door = WebhookDoor(parts.jobs, parts.hosts, keyless=parts.house.keys.clients.keyless)
    app = build_app(door, health, DownloadDoor(parts.jobs))
    ways = await reach(settings, parts.hosts)
    bind = settings.web_bind
    async with serving(app, bind=bind, port=settings.web_port, also=ways.listened(bind)) as url:
        parts.webhook_bases.update(ways.bases(urlsplit(url).port or 0))
        parts.jobs.people_base = for_people(settings, url)
        yield url
