"""A whole job machine with its web door open, and a stand-in as the one host that it knows."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.processes import free_port
from bot.web.app import build_app, serving
from bot.web.webhooks import WebhookDoor
from tests.jobs.world import World
from tests.peers.standin import Dialect, StandIn, standin
from tests.peers.standin.telling import Message, Teller, message
from tests.providers.clients import Time, client_of


@dataclass
class House:
    """A job machine with its door open, and the one host that it knows."""

    world: World
    jobs: Jobs
    host: StandIn
    teller: Teller
    clock: Time
    """Of the door."""

    async def ordered(self) -> Job:
        """A riff that was ordered at the host, as far as it gets by itself."""
        job = await self.world.order(self.jobs, host="paid")
        await self.jobs.step_until_idle()
        return await self.jobs.get(job.id)

    async def later(self, job: Job, seconds: float = 45.0) -> Job:
        """The job after some time."""
        self.world.clock.advance(seconds)
        await self.jobs.step_until_idle()
        return await self.jobs.get(job.id)

    async def told(self, run_id: str, *, secret: str = "") -> Message:
        """What the host has to say of a run now, signed."""
        return message(secret or self.host.predictions.secret, self.host.predictions.rows[run_id])

    async def hears(self, run_id: str, what: Message) -> int:
        """The host tells it at the address that it was given; the status of the answer."""
        address = self.host.predictions.webhooks[run_id]
        assert address is not None
        status = await self.teller.send(address, what)
        await self.jobs.step_until_idle()
        return status


@contextlib.asynccontextmanager
async def a_house(folder: Path, url: str, dialect: Dialect, *, hears: bool = True) -> AsyncGenerator[House]:
    """One instance of the bot without Discord, and a stand-in; with ``hears`` its door is open."""
    world = World(folder, url)
    async with contextlib.AsyncExitStack() as stack:
        host = await stack.enter_async_context(standin(dialect))
        client = await stack.enter_async_context(client_of(host))
        client.name = "paid"
        world.hosts["paid"] = client
        port = free_port()  # once the stand-in has one: it might be given the same
        world.webhook_base = f"http://127.0.0.1:{port}" if hears else None
        jobs = await stack.enter_async_context(world.life())
        await jobs.open()
        clock = Time()
        app = build_app(WebhookDoor(jobs, {"paid": client}, clock), _healthy)
        await stack.enter_async_context(serving(app, bind="127.0.0.1", port=port))
        teller = Teller()
        stack.push_async_callback(teller.close)
        yield House(world, jobs, host, teller, clock)
        assert await jobs.check_books() == []


async def _healthy() -> dict[str, object]:
    return {"ok": True}
