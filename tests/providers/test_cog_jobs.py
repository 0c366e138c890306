"""Whole jobs at a real container: machine, web door and client; what it tells comes in the test's order."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.jobs.states import State
from tests.peers.cog import Container, container
from tests.peers.cog.misbehaviour import FAIL, HOLD
from tests.providers.cog_house import CLIPS, TOKEN, House, house_at


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A container that is quickly there and quickly done."""
    folder = tmp_path_factory.mktemp("clips")
    with container(folder, model="clips", schema=CLIPS, WEBHOOK_AUTH_TOKEN=TOKEN) as here:
        yield here


@pytest.fixture
async def house(clips: Container, tmp_path: Path, sqlite_url: str) -> AsyncGenerator[House]:
    """A house at that container, which does nothing else meanwhile."""
    clips.wait_for("READY")
    async with house_at(clips.url, tmp_path, sqlite_url) as here:
        yield here


async def test_a_job_is_done_by_webhook_alone(house: House) -> None:
    """The result comes inside the report, which is not kept once the take is; nobody asks for anything."""
    job = await house.ordered()
    assert (job.state, job.run is not None) == (State.WAITING, True)
    done = await house.relay.until("succeeded")
    assert await house.relay.hand_on(done) == 204
    job = await house.now(job)
    assert (job.state, job.ending) == (State.DONE, None)
    take = await house.jobs.take(job.take_id or "")
    assert (await house.world.blobs.path(take.audio or "")).read_bytes().startswith(b"RIFF")
    assert "data:" not in (job.run.model_dump_json() if job.run else "")


async def test_news_in_any_order_and_twice(house: House) -> None:
    """What is told late, again, or by somebody without the token changes nothing."""
    job = await house.ordered()
    done = await house.relay.until("succeeded")
    early = await house.relay.until("processing")
    assert await house.relay.hand_on(done, Authorization="Bearer guessed") == 401
    assert (await house.now(job)).state is State.WAITING
    failed = {"id": done.told["id"], "status": "failed", "error": "late"}
    late = replace(done, body=json.dumps(failed).encode())
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


async def test_a_lost_answer_is_found_again_by_its_webhook(house: House) -> None:
    """Nobody heard that the order was taken: the first webhook names the run, and no second is ordered."""
    house.relay.loses_answers = True
    job = await house.ordered()
    assert (job.state, job.run_id, job.trouble) == (State.SUBMIT, None, "trouble.checking")
    early, done = await house.relay.until("processing"), await house.relay.until("succeeded")
    assert await house.relay.hand_on(early) == 204
    job = await house.now(job)
    assert (job.state, job.run_id) == (State.WAITING, done.told["id"])
    assert await house.relay.hand_on(done) == 204
    assert (await house.now(job)).state is State.DONE
    assert house.relay.puts == 1


async def test_a_lost_answer_and_no_webhook(house: House) -> None:
    """While it makes anything it may tell; once it twice made nothing, refunded, and never ordered again."""
    house.relay.loses_answers = True
    job = await house.ordered(HOLD)
    assert (await house.later(job, 60)).state is State.SUBMIT
    (running,) = {each.told["id"] for each in [await house.relay.until("processing")]}
    async with house.relay.session.post(f"{house.relay.container_url}/predictions/{running}/cancel"):
        await house.relay.until("canceled")
    job = await house.later(job, 60)
    assert (job.state, job.empty_reads) == (State.SUBMIT, 1)
    assert (await house.later(job, 60)).state is State.SUBMIT  # its report may have come that late
    job = await house.later(job, 90)
    assert (job.state, job.ending) == (State.FAILED, "ending.outcome_unknown")
    assert house.relay.puts == 1


async def test_a_container_that_is_started_anew(tmp_path: Path, sqlite_url: str) -> None:
    """What it was making is lost, which its job learns at its next look and not at its deadline."""
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    with container(folders[0], model="clips", schema=CLIPS, WEBHOOK_AUTH_TOKEN=TOKEN) as first:
        async with house_at(first.url, tmp_path, sqlite_url) as house:
            job = await house.ordered(HOLD)
            assert (await house.later(job)).state is State.WAITING
            with container(folders[1], model="clips", schema=CLIPS, WEBHOOK_AUTH_TOKEN=TOKEN) as second:
                house.relay.container_url = second.url
                job = await house.later(job)
            assert (job.state, job.ending) == (State.FAILED, "ending.host_interrupted")
            assert house.relay.puts == 1
