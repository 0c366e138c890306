"""Whole jobs at a host of songs: nobody tells, nothing can be stopped or found again, each call is paid."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.jobs.order import Order
from bot.jobs.recipes import Morph
from bot.jobs.records import Job, source_of
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.providers.songs import SongsHost
from tests.jobs.world import World, an_order
from tests.peers.standin import StandIn, standin
from tests.providers.clients import client_of


@dataclass
class House:
    """A job machine and the one host that it knows."""

    world: World
    jobs: Jobs
    host: StandIn
    client: SongsHost

    async def ordered(self, order: Order | None = None) -> Job:
        """An order, as far as it gets by itself."""
        wanted = order or an_order(host="paid", prompt="polka")
        job = await self.jobs.order(wanted, interaction_token=None)
        await self.jobs.card_shown(job.id, self.world.stage.card(job, job.id))
        await self.jobs.step_until_idle()
        return await self.jobs.get(job.id)

    async def later(self, job: Job, seconds: float = 30.0) -> Job:
        """The job after some time."""
        self.world.clock.advance(seconds)
        await self.jobs.step_until_idle()
        return await self.jobs.get(job.id)


@pytest.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncGenerator[House]:
    """One instance of the bot without Discord, and a stand-in for a host of songs."""
    world = World(tmp_path, sqlite_url)
    world.webhook_base = None
    async with contextlib.AsyncExitStack() as stack:
        host = await stack.enter_async_context(standin("songs"))
        client = await stack.enter_async_context(client_of(host))
        assert isinstance(client, SongsHost)
        client.name, client.clock = "paid", lambda: world.now().timestamp()
        world.hosts["paid"] = client
        jobs = await stack.enter_async_context(world.life())
        await jobs.open()
        yield House(world, jobs, host, client)
        assert await jobs.check_books() == []


async def test_a_riff_is_an_instrumental_song(house: House) -> None:
    """Ordered by its words, asked for until it is there, both songs in one call each time."""
    job = await house.ordered()
    assert job.state is State.WAITING
    asked = house.host.at("generate")[0].body
    assert (asked["tag"], asked["instrumental"], asked["lyrics"]) == ("polka", True, "")
    ids = house.host.songs.tells("named, not heard")
    assert (await house.later(job)).state is State.WAITING
    house.host.songs.tells("success")
    job = await house.later(job)
    assert job.state is State.DONE
    assert {call.rest for call in house.host.at("feed")} == {",".join(ids)}
    take = await house.jobs.take(job.take_id or "")
    assert take.host_result_id == ids[0]
    assert len(house.host.charges) == 1


async def test_a_cover_names_the_song_that_the_host_knows(house: House) -> None:
    """By the id that it was given there; nothing is uploaded."""
    job = await house.ordered()
    ids = house.host.songs.tells("success")
    take = await house.jobs.take((await house.later(job)).take_id or "")
    morph = Morph.cover_of(source_of(take), tags="techno", strength=0.3)
    cover = an_order(host="paid").model_copy(update={"recipe": morph})
    job = await house.ordered(cover)
    sent = house.host.at("generate")[1].body["morph"]
    assert (sent["riff_id"], sent["normalized_cover_strength"]) == (ids[0], 0.3)
    assert house.host.at("upload") == []
    house.host.songs.tells("success")
    assert (await house.later(job)).state is State.DONE


async def test_a_take_of_elsewhere_goes_up_as_sound(house: House) -> None:
    """Its score means nothing to this host, so its recording is sent."""
    house.world.engine.tells_score = True
    job = await house.world.order(house.jobs)
    await house.jobs.step_until_idle()
    await house.world.play(house.jobs, job)
    await house.jobs.step_until_idle()
    take = await house.jobs.take((await house.jobs.get(job.id)).take_id or "")
    assert take.score is not None
    morph = Morph.cover_of(source_of(take), tags="techno", strength=None)
    await house.ordered(an_order(host="paid").model_copy(update={"recipe": morph}))
    assert [call.headers["Content-Type"].partition(";")[0] for call in house.host.at("upload")] == [
        "multipart/form-data"
    ]


@pytest.mark.parametrize("fault", ["lost response", "500", "HTML body", "truncated JSON"])
async def test_an_order_of_unknown_outcome_ends_at_once(house: House, fault: str) -> None:
    """It can be found nowhere: the member has the money back, and it is never ordered a second time."""
    house.host.play("generate", fault)
    job = await house.ordered()
    job = await house.later(job)
    assert (job.state, job.ending) == (State.FAILED, "ending.outcome_unknown")
    await house.later(job, 3_600)
    assert len(house.host.at("generate")) == 1


async def test_one_song_of_two_is_delivered_when_the_time_is_over(house: House) -> None:
    """What can be heard is worth more than nothing, and was paid for."""
    job = await house.ordered()
    ids = house.host.songs.tells("one of two")
    for _ in range(60):
        job = await house.later(job)
        if job.ended:
            break
    assert (job.state, job.ending) == (State.DONE, None)
    assert (await house.jobs.take(job.take_id or "")).host_result_id == ids[0]


async def test_one_song_of_two_after_the_bot_was_away(house: House) -> None:
    """Nobody remembers since when there is one; at the deadline it counts, the host being gone."""
    job = await house.ordered()
    ids = house.host.songs.tells("one of two")
    job = await house.later(job)
    assert (job.state, len(job.run.results if job.run else ())) == (State.WAITING, 1)
    house.host.always("feed", "502")
    job = await house.later(job, 3_600)
    assert (job.state, job.ending) == (State.DONE, None)
    assert (await house.jobs.take(job.take_id or "")).host_result_id == ids[0]


async def test_a_host_that_never_tells_is_asked_often(house: House) -> None:
    """Not before anything can be there, then every few seconds: nothing else ends the waiting."""
    house.client.local = False
    job = await house.ordered()
    asked_s: list[int] = []
    for second in range(1, 61):
        job = await house.later(job, 1.0)
        if len(house.host.at("feed")) > len(asked_s):
            asked_s.append(second)
    assert asked_s[0] in range(15, 21)
    assert all(5 <= later - sooner <= 10 for sooner, later in itertools.pairwise(asked_s))
    assert len(asked_s) in range(5, 10)


async def test_songs_that_fail_and_songs_that_never_come(house: House) -> None:
    """Each has its own sentence."""
    flagged = await house.ordered()
    house.host.songs.tells("flagged")
    flagged = await house.later(flagged)
    assert (flagged.state, flagged.ending) == (State.FAILED, "ending.host_prompt_refused")
    never = await house.ordered()
    house.host.songs.tells("generating_audio")
    never = await house.later(await house.later(never), 3_600)
    assert (never.state, never.ending) == (State.FAILED, "ending.deadline")
