"""Whole jobs at a real container: machine, web door and client; what it tells comes in the test's order."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.processes import free_port
from bot.providers.cog import CogHost
from bot.providers.rates import Rates
from bot.web.app import build_app
from bot.web.app import serving as serving_door
from bot.web.webhooks import WebhookDoor
from tests.jobs.world import World
from tests.peers.cog import Container, container, document
from tests.peers.cog.misbehaviour import FAIL, HOLD
from tests.web.api.support import listening, serving

TOKEN = "a-token-of-its-own"


@dataclass(frozen=True)
class Heard:
    """A webhook on its way."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        """What it says."""
        return json.loads(self.body)


@dataclass
class Relay:
    """Stands between the container and our door and hands on what it is told to."""

    door_url: str = ""
    url: str = ""
    heard: list[Heard] = field(default_factory=list[Heard])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """Keep one."""
        headers = {name: request.headers[name] for name in ("Content-Type", "Authorization")}
        self.heard.append(Heard(request.path, headers, await request.read()))
        self.news.set()
        return web.Response()

    async def until(self, status: str) -> Heard:
        """The first that tells this."""
        async with asyncio.timeout(20):
            while True:
                self.news.clear()
                found = [each for each in self.heard if each.told["status"] == status]
                if found:
                    return found[0]
                await self.news.wait()

    async def hand_on(self, webhook: Heard, **headers: str) -> int:
        """Tell our door; the status of its answer."""
        async with (
            aiohttp.ClientSession(headers={**webhook.headers, **headers}) as session,
            session.post(self.door_url + webhook.path, data=webhook.body) as answer,
        ):
            return answer.status


@dataclass
class House:
    """A job machine with its door open, and a container for its host."""

    world: World
    jobs: Jobs
    relay: Relay

    async def ordered(self, prompt: str = "funk") -> Job:
        """A riff that was ordered, as far as it gets by itself."""
        job = await self.world.order(self.jobs, host="paid", prompt=prompt)
        return await self.now(job)

    async def now(self, job: Job) -> Job:
        """The job when nothing more happens by itself."""
        await self.jobs.step_until_idle()
        return await self.jobs.get(job.id)

    async def later(self, job: Job, seconds: float = 30.0) -> Job:
        """The job after some time."""
        self.world.clock.advance(seconds)
        return await self.now(job)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A container that is quickly there and quickly done."""
    address = {"type": "string", "format": "uri"}
    schema = document(
        {"prompt": {"type": "string"}}, {"type": "array", "items": address}, required=("prompt",)
    )
    folder = tmp_path_factory.mktemp("clips")
    with container(folder, model="clips", schema=schema, WEBHOOK_AUTH_TOKEN=TOKEN) as here:
        yield here


@pytest.fixture
async def house(clips: Container, tmp_path: Path, sqlite_url: str) -> AsyncGenerator[House]:
    """One instance of the bot without Discord; the container does nothing else meanwhile."""
    clips.wait_for("READY")
    world = World(tmp_path, sqlite_url)
    relay = Relay()
    app = web.Application(client_max_size=2**26)
    app.router.add_post("/{tail:.*}", relay.take)
    listener, relay.url = listening()
    port = free_port()
    relay.door_url, world.webhook_base = f"http://127.0.0.1:{port}", relay.url
    host = CogHost(name="paid", base_url=clips.url, webhook_token=TOKEN)
    host.http.rates = Rates(clock=lambda: world.now().timestamp())
    world.hosts["paid"] = host
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(host.close)
        await stack.enter_async_context(serving(app, listener))
        jobs = await stack.enter_async_context(world.life())
        await jobs.open()
        door = build_app(WebhookDoor(jobs, {"paid": host}), _healthy)
        await stack.enter_async_context(serving_door(door, bind="127.0.0.1", port=port))
        yield House(world, jobs, relay)
        assert await jobs.check_books() == []


async def _healthy() -> dict[str, object]:
    return {"ok": True}


async def test_a_job_is_done_by_webhook_alone(house: House) -> None:
    """The result comes inside the report, which is not kept once the take is; nobody asks for anything."""
    job = await house.ordered()
    assert (job.state, job.run is not None) == (State.WAITING, True)
    done = await house.relay.until("succeeded")
    assert await house.relay.hand_on(done) == 204
    job = await house.now(job)
    assert (job.state, job.ending) == (State.DONE, None)
    take = await house.jobs.take(job.take_id or "")
    assert (await house.world.blobs.path(take.audio)).read_bytes().startswith(b"RIFF")
    assert "data:" not in (job.run.model_dump_json() if job.run else "")


async def test_news_in_any_order_and_twice(house: House) -> None:
    """What is told late, again, or by somebody without the token changes nothing."""
    job = await house.ordered()
    done = await house.relay.until("succeeded")
    early = await house.relay.until("processing")
    assert await house.relay.hand_on(done, Authorization="Bearer guessed") == 401
    assert (await house.now(job)).state is State.WAITING
    failed = {"id": done.told["id"], "status": "failed", "error": "late"}
    late = Heard(done.path, done.headers, json.dumps(failed).encode())
    for webhook in (done, early, done, late, early):
        assert await house.relay.hand_on(webhook) == 204
    job = await house.now(job)
    assert job.state is State.DONE
    for webhook in (late, done):
        assert await house.relay.hand_on(webhook) == 204
    assert (await house.now(job)).state is State.DONE
    assert len(house.world.stage.of(job)) == 1


async def test_one_after_the_other(house: House) -> None:
    """A busy container refuses; the order waits and is made when there is a place, paid once."""
    first = await house.ordered(HOLD)
    second = await house.ordered()
    assert (second.state, second.trouble) == (State.SUBMIT, "trouble.host_busy")
    await house.jobs.cancel(first.id, actor_id="111", is_moderator=False)
    first = await house.now(first)
    stopped = await house.relay.until("canceled")
    assert await house.relay.hand_on(stopped) == 204
    assert (await house.now(first)).state is State.CANCELLED
    second = await house.later(second)
    assert second.state is State.WAITING
    done = await house.relay.until("succeeded")
    assert await house.relay.hand_on(done) == 204
    assert (await house.now(second)).state is State.DONE


async def test_a_failure_is_told_and_refunded(house: House) -> None:
    """In the words of its cause."""
    job = await house.ordered(FAIL)
    assert await house.relay.hand_on(await house.relay.until("failed")) == 204
    job = await house.now(job)
    assert (job.state, job.ending) == (State.FAILED, "ending.host_prompt_refused")
