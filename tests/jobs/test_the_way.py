"""A riff's whole way through the machine, on both databases."""

from __future__ import annotations

from pathlib import Path

from bot.jobs.states import State
from tests.jobs.world import World


async def test_an_order_becomes_one_message_and_is_settled(database_url: str, tmp_path: Path) -> None:
    """Ordered, asked once, told by webhook, kept, delivered, paid; the story names every move."""
    world = World(tmp_path, database_url)
    async with world.life() as jobs:
        job = await world.order(jobs, host="paid")
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.WAITING
        await world.play(jobs, job)
        await jobs.step_until_idle()

        done = await jobs.get(job.id)
        assert done.state is State.DONE
        assert done.ending is None
        assert done.interaction_token is None
        take = await jobs.take(done.take_id or "")
        assert (take.recipe.seed, take.bpm, take.key) == (7, 90.0, "A minor")
        assert take.message_id == done.message_id
        assert world.blobs.files() == {take.audio, take.upload, take.picture}
        assert world.stage.of(job) == [f"take {take.id} 10 10"]
        assert [move.new for move in await jobs.story(job.id)] == [
            State.QUEUED,
            State.SUBMIT,
            State.WAITING,
            State.COLLECT,
            State.DELIVER,
            State.DONE,
        ]
        assert len(world.paid.of(job)) == 1
        assert await jobs.check_books() == []
    assert not (tmp_path / "work").exists() or not list((tmp_path / "work").iterdir())


async def test_without_webhooks_the_result_is_found_by_polling(database_url: str, tmp_path: Path) -> None:
    """No webhook address is given to the host, and the poll that is due sees the result."""
    world = World(tmp_path, database_url)
    world.webhook_base = None
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        made = world.engine.of(job)[0]
        assert world.engine.webhooks[made.id] is None
        world.engine.change(made.id, status="processing", progress=0.4)
        world.clock.advance(1)
        await jobs.step_until_idle()
        assert "get" not in world.accidents.passed
        world.clock.advance(1.5)
        await jobs.step_until_idle()
        assert world.stage.cards_shown(job)[-1] == "waiting 40%"
        world.engine.change(made.id, status="succeeded")
        world.clock.advance(15)
        await jobs.step_until_idle()
        assert (await jobs.get(job.id)).state is State.DONE


async def test_the_webhook_address_proves_itself(sqlite_url: str, tmp_path: Path) -> None:
    """The host is given an address that this instance recognises and nobody else can make."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        await jobs.step_until_idle()
        address = world.engine.webhooks[world.engine.of(job)[0].id] or ""
        _, _, path = address.partition("/hooks/")
        job_id, attempt, mac = path.split("/")
        assert job_id == job.id
        assert jobs.is_our_hook(job_id, attempt, mac)
        assert not jobs.is_our_hook(job_id, "2", mac)
    async with world.life() as restarted:
        await restarted.step_until_idle()
        assert restarted.is_our_hook(job_id, attempt, mac)


async def test_the_interaction_token_stays_out_of_sight(sqlite_url: str, tmp_path: Path) -> None:
    """A job that ends up in a log or a traceback does not carry the key to its message along."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        job = await world.order(jobs)
        assert job.interaction_token
        assert job.interaction_token not in repr(job)
