"""A job machine with its web door open, own keys, and a stand-in that has several accounts."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from bot.gate import ServerGate
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.keys.paying import OwnKeyPayer
from bot.keys.records import Owner, OwnKey
from bot.keys.service import OwnKeys
from bot.keys.vault import Vault, new_secret
from bot.processes import free_port
from bot.providers.hosts import takes_keys, with_key
from bot.store.db import Database, open_database
from bot.web.app import build_app, serving
from bot.web.webhooks import WebhookDoor
from tests.jobs.world import World
from tests.peers.standin import StandIn, standin
from tests.peers.standin.predictions import Predictions
from tests.peers.standin.telling import Message, Teller
from tests.providers.clients import configured_client

KEY = "r8_somebodys-own-key-0123456789"
ADA = Owner("user", "111")
"""Who orders, where a test does not say otherwise."""
HOST = "replicate"


@dataclass
class House:
    """All of it."""

    world: World
    database: Database
    jobs: Jobs
    host: StandIn
    keys: OwnKeys
    secrets: list[str]
    """The instance's, newest first."""
    teller: Teller
    hidden: list[str] = field(default_factory=list[str])
    """What was kept out of the logs."""
    told: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Which owner was told what."""

    @property
    def account(self) -> Predictions:
        """Behind the key."""
        return self.host.account(KEY)

    async def add(self, owner: Owner = ADA, key: str = KEY) -> OwnKey:
        """Somebody brings a key."""
        return await self.keys.add(owner, HOST, SecretStr(key), actor_id=owner.id)

    async def ordered(self, user: str = ADA.id) -> Job:
        """A riff, as far as it gets by itself."""
        job = await self.world.order(self.jobs, host=HOST, user=user)
        await self.jobs.step_until_idle()
        return await self.jobs.get(job.id)

    async def later(self, job: Job, seconds: float = 45.0) -> Job:
        """The job after some time."""
        self.world.clock.advance(seconds)
        await self.jobs.step_until_idle()
        return await self.jobs.get(job.id)

    async def hears(self, run_id: str, what: Message) -> int:
        """The host tells it at the address that it was given; the status of the answer."""
        address = self.account.webhooks[run_id]
        assert address is not None
        status = await self.teller.send(address, what)
        await self.jobs.step_until_idle()
        return status

    def keys_of(self, house_point: str) -> list[str]:
        """With which keys a point was called, in order."""
        return [
            call.headers.get("Authorization", "").removeprefix("Bearer ")
            for call in self.host.calls
            if call.point == house_point
        ]

    def another(self, *secrets: str) -> OwnKeys:
        """The keys as another process of the instance has them."""
        return OwnKeys(
            self.database,
            self.world.hosts,
            vault=Vault([SecretStr(each) for each in secrets or self.secrets]),
            make=with_key,
            takes_keys=takes_keys,
            clock=self.world,
        )


@contextlib.asynccontextmanager
async def a_house(folder: Path, url: str, *, hears: bool = False) -> AsyncGenerator[House]:
    """One instance of the bot without Discord; with ``hears`` its door is open."""
    world, secrets = World(folder, url), [new_secret()]
    hidden, heard = list[str](), list[tuple[str, str]]()

    async def tell(key: OwnKey, trouble: str) -> None:
        heard.append((key.added_by, trouble))

    async with contextlib.AsyncExitStack() as stack:
        host = await stack.enter_async_context(standin("predictions"))
        host.account(KEY)
        client = configured_client(host)
        stack.push_async_callback(client.close)
        world.hosts[HOST] = client
        database = await stack.enter_async_context(open_database(url))
        keys = OwnKeys(
            database,
            world.hosts,
            vault=Vault([SecretStr(each) for each in secrets]),
            make=with_key,
            takes_keys=takes_keys,
            hide=hidden.append,
            tell=tell,
            clock=world,
        )
        stack.push_async_callback(keys.close)
        world.own, world.gate = keys, ServerGate(payers=[OwnKeyPayer(keys)])
        port = free_port()
        world.webhook_base = f"http://127.0.0.1:{port}" if hears else None
        jobs = world.new_jobs(database)
        await jobs.open()
        door = WebhookDoor(jobs, world.hosts, keyless=keys.clients.keyless)
        await stack.enter_async_context(serving(build_app(door, _healthy), bind="127.0.0.1", port=port))
        teller = Teller()
        stack.push_async_callback(teller.close)
        yield House(world, database, jobs, host, keys, secrets, teller, hidden, heard)
        assert await jobs.check_books() == []


async def _healthy() -> dict[str, object]:
    return {"ok": True}
