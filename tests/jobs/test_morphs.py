"""Orders that rework a take: what goes along, and what happens when things go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import errors
from bot.engine.spec import MorphSpec
from bot.errors import InvalidOption
from bot.jobs.order import Order
from bot.jobs.recipes import Image, Journey, Morph, Riff, Song, TakeSource
from bot.jobs.recipes.morph import STRENGTH_UNSAID
from bot.jobs.records import Job, Offers, Take, source_of
from bot.jobs.service import Jobs
from bot.jobs.states import State
from tests.jobs.test_failures import failed_with
from tests.jobs.world import Killed, World, an_order, play_to_the_end

SOURCE = TakeSource(take_id="t", prompt="funk", user_name="Ada", channel_id="1")


async def a_take(world: World, jobs: Jobs) -> Take:
    """A finished riff, with its score."""
    world.engine.tells_score = True
    job = await world.order(jobs)
    await jobs.step_until_idle()
    await world.play(jobs, job)
    await jobs.step_until_idle()
    return await jobs.take((await jobs.get(job.id)).take_id or "")


def cover_order(take: Take, *, host: str = "engine") -> Order:
    """Somebody's order of a cover."""
    cover = Morph.cover_of(source_of(take), tags="techno", strength=None)
    return an_order(host=host).model_copy(update={"recipe": cover})


async def order_cover(world: World, jobs: Jobs, take: Take, *, host: str = "engine") -> Job:
    """Ordered, and its card is shown."""
    job = await jobs.order(cover_order(take, host=host), interaction_token="cover")
    await jobs.card_shown(job.id, world.stage.card(job, "cover"))
    return job


async def test_a_take_keeps_what_it_was_made_from(sqlite_url: str, tmp_path: Path) -> None:
    """Its score beside its sound, the recipe of the morph, and the seed that the host drew."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        parent = await a_take(world, jobs)
        assert parent.score == f"{parent.id}/score.json"
        world.clock.advance(1)
        job = await order_cover(world, jobs, parent)
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await jobs.step_until_idle()
        cover = await jobs.take((await jobs.get(job.id)).take_id or "")
        assert cover.recipe == job.order.recipe.seeded(7)
        assert isinstance(cover.recipe, Morph)
        unsaid = STRENGTH_UNSAID["cover"]
        assert cover.recipe.strengths.cover == unsaid == MorphSpec(transform="cover").cover_strength
        assert [take.id for take in await jobs.takes_in("11")] == [cover.id, parent.id]
        await jobs.delete_take(cover.id, actor_id="111", is_moderator=False)
        assert [take.id for take in await jobs.takes_in("11")] == [parent.id]
        assert await jobs.takes_in("12") == []
        assert {key.partition("/")[0] for key in world.blobs.files()} == {parent.id}


async def test_a_lost_score_leaves_the_sound(sqlite_url: str, tmp_path: Path) -> None:
    """A cover is still made, from the recording."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        parent = await a_take(world, jobs)
        await world.blobs.delete(parent.score or "")
        await order_cover(world, jobs, parent)
        await jobs.step_until_idle()
    assert [suffix for suffix, _ in world.engine.sources] == [".flac"]


async def test_a_lost_parent_ends_the_cover(sqlite_url: str, tmp_path: Path) -> None:
    """Neither score nor sound: nothing is ordered, nothing is charged."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        parent = await a_take(world, jobs)
        await world.blobs.delete_take(parent.id)
        job = await order_cover(world, jobs, parent, host="paid")
        await jobs.step_until_idle()
        assert await failed_with(world, jobs, job) == "ending.source_gone"
        assert world.paid.of(job) == []


async def test_a_refused_cover_is_refunded(sqlite_url: str, tmp_path: Path) -> None:
    """As any other order."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        parent = await a_take(world, jobs)
        world.accidents.plan("create", errors.InvalidInput("paid", field="score"))
        job = await order_cover(world, jobs, parent, host="paid")
        await jobs.step_until_idle()
        assert await failed_with(world, jobs, job) == "ending.host_invalid_input paid score"


@pytest.mark.parametrize("point", ["create", "created", "fetch", "fetched", "put", "deliver", "delivered"])
async def test_a_cover_survives_its_process(point: str, sqlite_url: str, tmp_path: Path) -> None:
    """Killed at any point, it is made once, from its parent's score, and paid once."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        parent = await a_take(world, jobs)
        job = await order_cover(world, jobs, parent, host="paid")
    world.accidents.plan(point, Killed())
    deaths = await play_to_the_end(world)
    async with world.life() as jobs:
        assert (await jobs.get(job.id)).state is State.DONE
        assert await jobs.check_books() == []
    assert len(deaths) == 1
    assert len(world.paid.of(job)) == 1
    assert set(world.paid.sources) == {(".json", b'{"of": "p0"}')}
    assert len(world.stage.of(job)) == 1


async def test_a_host_that_can_is_found(sqlite_url: str, tmp_path: Path) -> None:
    """The first of those that are preferred, else any; with none it is said."""
    world = World(tmp_path, sqlite_url)
    async with world.life() as jobs:
        cover = Morph.cover_of(SOURCE, tags="techno", strength=None)
        assert jobs.host_for(cover, "paid", "engine") == "paid"
        world.paid.offers = Offers()
        assert jobs.host_for(cover, "paid", "gone") == "engine"
        assert jobs.host_for(Riff(prompt="x", like=SOURCE), "paid") == "engine"
        world.engine.offers = Offers(riffs=False, transforms=frozenset({"extend"}))
        assert jobs.host_for(Riff(prompt="x"), "engine") == "paid"
        for recipe, problem in (
            (cover, "no_morph_host"),
            (Song(tags="x"), "no_song_host"),
            (Image(model="a/b"), "no_image_host"),
            (Riff(prompt="x", like=SOURCE), "no_riff_host"),
        ):
            with pytest.raises(InvalidOption) as refused:
                jobs.host_for(recipe, "paid")
            assert refused.value.problem == problem
        world.paid.offers = Offers(riffs=False)
        with pytest.raises(InvalidOption):
            jobs.host_for(Journey(prompt="x", prompt_b="y", steps=3))


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_is_a_share(strength: float) -> None:
    """From 0 to 1, as a person types it."""
    with pytest.raises(InvalidOption):
        Morph.cover_of(SOURCE, tags="techno", strength=strength)
