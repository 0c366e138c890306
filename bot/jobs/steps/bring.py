"""Bringing home what a host made for a job: every version of it, fetched and finished, as takes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog

from bot.errors import HostError, NotUnderstood, UnusableAudio
from bot.jobs.beside import brought_back
from bot.jobs.ids import MOST_TAKES, take_ids
from bot.jobs.recipes import Image, Parts, Recipe, Song
from bot.jobs.records import NOWHERE, Facts, Fetched, Finished, Job, Take
from bot.jobs.retry import DEFINITE_TRIES
from bot.jobs.tools import Tools
from bot.protocol.runs import Result, Run
from bot.store.takes import get_take

_log = structlog.get_logger(__name__)

_TITLE_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One version, with its files in the job's folder."""

    fetched: Fetched
    finished: Finished
    lyrics: Path | None
    recipe: Recipe
    """As made: with its own seed, and of a song which of the two takes it is."""
    result: Result


def results_to_keep(run: Run, job: Job) -> tuple[Result, ...]:
    """What can be heard of a run: two versions at most, and one where it is a step or parts of something.

    Raises:
        NotUnderstood: There is nothing at all.
    """
    if not run.results:
        raise NotUnderstood(job.order.host, "a result without audio")
    painted = isinstance(job.order.recipe, Image)
    heard = [result for result in run.results if painted or result.audio is not None] or [*run.results[:1]]
    alone = job.step is not None or isinstance(job.order.recipe, Parts | Image)
    return tuple(heard[: 1 if alone else MOST_TAKES])


async def bring_all(job: Job, run: Run, folder: Path, tools: Tools) -> list[Brought]:
    """Every version that is of use; one that is not does not spoil the other.

    Raises:
        HostError: Of one that another try may still bring home; or none came home.
        UnusableAudio: None of them is of any use.
    """
    brought: list[Brought] = []
    failed: list[HostError | UnusableAudio] = []
    results = results_to_keep(run, job)
    for number, result in enumerate(results):
        below = folder / str(number)
        await asyncio.to_thread(below.mkdir)
        recipe = _as_made(job.order.recipe, number if len(results) > 1 else None)
        try:
            brought.append(await _bring(job, result, recipe, below, tools))
        except (HostError, UnusableAudio) as error:
            failed.append(error)
    from_host = [error for error in failed if isinstance(error, HostError)]
    if from_host and (not brought or job.attempts < DEFINITE_TRIES):
        raise from_host[0]
    if failed and not brought:
        raise failed[0]
    for error in failed:
        _log.warning("take.left_out", job=job.id, error=str(error))
    return brought


async def _bring(job: Job, result: Result, recipe: Recipe, folder: Path, tools: Tools) -> Brought:
    told = await brought_back(result, job, tools)
    fetched, finished = await _made(job, told, recipe, folder, tools)
    seed = recipe.seed if fetched.facts.seed is None else fetched.facts.seed
    lyrics = fetched.lrc
    if lyrics is None and fetched.facts.lyrics:
        lyrics = folder / "lyrics.txt"
        await asyncio.to_thread(lyrics.write_text, fetched.facts.lyrics, encoding="utf-8")
    return Brought(
        fetched=fetched, finished=finished, lyrics=lyrics, recipe=recipe.seeded(seed), result=result
    )


async def _made(
    job: Job, told: Result, recipe: Recipe, folder: Path, tools: Tools
) -> tuple[Fetched, Finished]:
    host = tools.host_of(job)
    if isinstance(recipe, Image):
        picture = await host.fetch_picture(told, folder)
        fetched = Fetched(audio=picture, facts=Facts.of(told))
        return fetched, await tools.finisher.finish_picture(picture, folder)
    fetched = await host.fetch(told, folder)
    if isinstance(recipe, Parts):
        async with tools.database.connect() as connection:
            whole = await get_take(connection, recipe.source.take_id)
        if whole is None or whole.deleted:
            raise UnusableAudio("other_music")
        original = await tools.blobs.path(whole.lossless)
        return fetched, await tools.finisher.finish_parts(fetched, original, folder)
    order = job.order.model_copy(update={"recipe": recipe})
    return fetched, await tools.finisher.finish(fetched, order, folder)


def _as_made(recipe: Recipe, number: int | None) -> Recipe:
    if number is None or not isinstance(recipe, Song):
        return recipe
    return recipe.model_copy(update={"take": number})


async def keep_files(job: Job, brought: list[Brought], tools: Tools) -> list[Take]:
    """Their files among the blobs, and their records; what an earlier try left of others goes."""
    ids = take_ids(job.take_id)
    takes: list[Take] = []
    for number, (take_id, each) in enumerate(zip(ids, brought, strict=False)):
        take = _take(job, take_id, number, each, tools)
        finished = each.finished
        files = (
            (finished.lossless, take.audio),
            (finished.upload, take.upload),
            (finished.picture, take.picture),
            (each.fetched.score, take.score),
            (each.lyrics, take.lyrics),
        )
        await tools.blobs.keep(
            {key: source for source, key in files if source is not None and key is not None}
        )
        takes.append(take)
    for spare in ids[len(takes) :]:
        await tools.blobs.delete_take(spare)
    return takes


def _take(job: Job, take_id: str, number: int, brought: Brought, tools: Tools) -> Take:
    """The take's record: what the host told about its music is exact, what we measured is not."""
    order, told, finished = job.order, brought.fetched.facts, brought.finished
    lyrics = brought.lyrics
    take = Take(
        id=take_id,
        job_id=job.id,
        guild_id=order.guild_id,
        channel_id=NOWHERE if order.delivery == "private" else order.channel_id,
        user_id=order.user_id,
        user_name=order.user_name,
        number=number,
        recipe=brought.recipe,
        host=order.host,
        host_result_id=brought.result.id,
        created_at=tools.clock.now(),
        duration_s=finished.duration_s,
        bpm=finished.bpm if told.bpm is None else told.bpm,
        key=finished.key if told.key is None else told.key,
        lufs=finished.lufs,
        true_peak_db=finished.true_peak_db,
        audio=None if finished.lossless is None else f"{take_id}/audio{finished.lossless.suffix}",
        upload=None if finished.upload is None else f"{take_id}/upload{finished.upload.suffix}",
        picture=f"{take_id}/picture{finished.picture.suffix}",
        score=None if brought.fetched.score is None else f"{take_id}/score.json",
        lyrics=None if lyrics is None else f"{take_id}/lyrics{lyrics.suffix}",
        parent_take_id=order.parent_take_id,
        deleted=job.step is not None,  # nobody sees a step: it is heard in its journey, and then it goes
    )
    named = isinstance(order.recipe, Song) and order.recipe.title is None
    title = " ".join((told.title or "").split())[:_TITLE_MAX]
    return replace(take, title=title) if named and title else take
