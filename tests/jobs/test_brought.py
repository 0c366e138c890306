"""Files that members bring: kept for as long as something needs them, and no longer."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.errors import NotFound
from bot.jobs.ids import new_id
from bot.jobs.mending import look, mend
from bot.jobs.recipes import Morph, UploadSource
from bot.jobs.recipes.morph import Asked
from bot.jobs.records import Job
from bot.jobs.service import Jobs
from bot.library.drafts import Drafts
from bot.store.brought import brought_in_use
from bot.store.db import open_database
from tests.jobs.world import World, an_order


def cover_of(upload_id: str) -> Morph:
    """A cover of a file."""
    source = UploadSource(
        upload_id=upload_id,
        key=f"{upload_id}/brought.wav",
        name='a "upload_id".wav',
        user_name="Ada",
        duration_s=9,
    )
    return Morph.checked("cover", source, Asked(tags="harp"))


async def bring(world: World, name: str = "brought.wav", *, hours: float = 0.0) -> str:
    """A file that somebody brought so long ago; its id."""
    upload_id = new_id()
    file = world.folder / "file"
    file.write_bytes(b"sound")
    await world.blobs.put(file, key=f"{upload_id}/{name}")
    kept = await world.blobs.path(f"{upload_id}/{name}")
    at = (world.clock.now() - timedelta(hours=hours)).timestamp()
    os.utime(kept, (at, at))
    return upload_id


async def test_what_nothing_needs_goes_after_an_hour(database_url: str, tmp_path: Path) -> None:
    """Files of takes, running jobs and previews stay; those of nothing, and of deleted takes, go."""
    world = World(tmp_path, database_url)
    async with open_database(database_url) as database:
        jobs = world.new_jobs(database)
        drafts = Drafts(database, world.clock)
        made, running, shown, old, young = [await bring(world, hours=hours) for hours in (9, 9, 9, 9, 0.5)]
        job = await ordered(world, jobs, made)
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await jobs.step_until_idle()
        take = await jobs.take((await jobs.get(job.id)).take_id or "")
        await ordered(world, jobs, running)
        await drafts.keep(cover_of(shown), user_id="1", guild_id="1", parent_take_id=None)
        async with database.connect() as connection:
            assert await brought_in_use(connection) == {made, running, shown}
        await jobs.upkeep.once()
        assert await standing(world) == {made, running, shown, young}
        assert old not in await standing(world)
        await jobs.delete_take(take.id, actor_id=take.user_id, is_moderator=False)
        world.clock.advance(86_401)
        await jobs.upkeep.once()
        assert await standing(world) == {running}


async def ordered(world: World, jobs: Jobs, upload_id: str) -> Job:
    """Somebody has a file covered."""
    order = an_order().model_copy(update={"recipe": cover_of(upload_id)})
    job = await jobs.order(order, interaction_token=upload_id)
    await jobs.card_shown(job.id, world.stage.card(job, upload_id))
    return job


async def standing(world: World) -> set[str]:
    """The files that were brought and are there."""
    return {each.take_id async for filed in world.blobs.shelves() for each in filed if each.is_brought}


async def test_db_check_knows_which_are_left_behind(sqlite_url: str, tmp_path: Path) -> None:
    """What is needed or was brought today is no finding; the rest is removed."""
    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        jobs = world.new_jobs(database)
        needed, young, old = [await bring(world, hours=hours) for hours in (30, 5, 30)]
        job = await ordered(world, jobs, needed)
        await jobs.step_until_idle()
        await world.play(jobs, job)
        await jobs.step_until_idle()
        found = await look(database, world.blobs, hosts=world.hosts, clock=world.clock)
        assert [(each.kind, each.facts["file"]) for each in found] == [("file_orphan", f"{old}/brought.wav")]
        _, left = await mend(found, database, world.blobs, clock=world.clock)
        assert left == []
        assert await standing(world) == {needed, young}


async def test_a_draft_is_taken_once_with_what_takes_its_place(sqlite_url: str, tmp_path: Path) -> None:
    """By its owner alone, and not after a day."""
    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        drafts = Drafts(database, world.clock)
        draft = await drafts.keep(cover_of("u" * 22), user_id="1", guild_id="1", parent_take_id="t")
        assert await drafts.of(draft.id, "1") == draft
        await drafts.take(draft)
        for again in (
            drafts.take(draft),
            drafts.of(draft.id, "1"),
            drafts.change(draft, draft.recipe, draft.terms),
        ):
            with pytest.raises(NotFound):
                await again
        wanted = partial(drafts.keep, draft.recipe, user_id="1", guild_id="1", parent_take_id="t")
        with pytest.raises(NotFound):
            await wanted(instead_of=draft)
        before = await wanted()
        draft = await wanted(instead_of=before)
        for other in ((before.id, "1"), (draft.id, "2")):
            with pytest.raises(NotFound):
                await drafts.of(*other)

        async def refused() -> None:
            async with database.begin() as connection:
                await drafts.taking(draft)(connection)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await refused()
        assert await drafts.of(draft.id, "1") == draft
        world.clock.advance(86_401)
        with pytest.raises(NotFound):
            await drafts.of(draft.id, "1")
