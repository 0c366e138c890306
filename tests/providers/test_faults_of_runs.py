"""What may go wrong with an order that was accepted: asking after it, its end, and fetching what was made."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.following import until_made
from bot.errors import (
    BadKey,
    EngineSaid,
    HostError,
    NoCredit,
    NotUnderstood,
    PredictionFailed,
    PromptRefused,
    RateLimited,
    Refused,
    Unreachable,
)
from bot.protocol.engine import EngineInput
from bot.protocol.predictions import ENGINE_MODEL, RIFFUSION_MODEL, RIFFUSION_VERSION
from bot.protocol.runs import FailureCause, RunStatus
from bot.providers import PredictionsHost
from bot.providers.waits import ATTEMPTS
from bot.ui.words import sentence
from tests.peers.standin import ENDINGS, FEEDS, Dialect, Point, StandIn, standin
from tests.providers.clients import LONG_AGO, RIFF, SONG, TWICE, accepted, client_of, fits, patience


def taken(host: StandIn) -> str:
    """The id of an order that the host took from somebody else."""
    if host.dialect == "songs":
        return host.songs.accept(SONG.model_dump() | {"model": "FUZZ-1.0"})
    return str(host.predictions.accept(RIFFUSION_VERSION, {"prompt_a": "funk"})["id"])


@dataclass(frozen=True)
class Row:
    """What a question is answered with, the error that it ends with, and how often it was put."""

    name: str
    error: type[HostError]
    calls: int = 1
    dialect: Dialect = "predictions"

    def __str__(self) -> str:
        return f"{self.dialect}: {self.name}"


HOPELESS = [
    Row("401", BadKey),
    Row("402", NoCredit),
    Row("404", Refused),
    Row("redirect to a private address", Refused),
    Row("429 in body", RateLimited, ATTEMPTS),
    Row("429 in prose", RateLimited),
    Row("500", Unreachable, ATTEMPTS),
    Row("503", Unreachable, ATTEMPTS),
    Row("dropped", Unreachable, TWICE),
    Row("no answer", Unreachable, ATTEMPTS),
    Row("slow body", Unreachable, ATTEMPTS),
    Row("wrong content length", Unreachable, ATTEMPTS),
    Row("endless body", NotUnderstood),
    Row("HTML body", NotUnderstood),
    Row("truncated JSON", NotUnderstood),
    Row("deep JSON", NotUnderstood),
    Row("not UTF-8", NotUnderstood),
    Row("empty body", NotUnderstood),
    Row("a list", NotUnderstood),
    Row("no id", NotUnderstood),
    Row("401 gateway", BadKey, dialect="aggregator"),
    Row("404", Refused, dialect="aggregator"),
    Row("HTML body", NotUnderstood, dialect="aggregator"),
    Row("401 gateway", BadKey, dialect="songs"),
    Row("403 quota", NoCredit, dialect="songs"),
    Row("500", Unreachable, ATTEMPTS, dialect="songs"),
    Row("HTML body", NotUnderstood, dialect="songs"),
    Row("truncated JSON", NotUnderstood, dialect="songs"),
    Row("empty body", NotUnderstood, dialect="songs"),
]


@pytest.mark.parametrize("row", HOPELESS, ids=str)
async def test_asking_after_a_run_fails(row: Row) -> None:
    """After a few tries, or at once where another is pointless; nothing is ordered again, and it is told."""
    point: Point = "feed" if row.dialect == "songs" else "get"
    async with standin(row.dialect) as host, client_of(host, limits=patience(row.name)) as client:
        run_id = taken(host)
        host.always(point, row.name)
        with pytest.raises(HostError) as caught:
            await client.get(run_id)
        assert type(caught.value) is row.error
        assert "…" not in sentence(caught.value)
        assert fits(len(host.at(point)), row.calls, row.name)
        assert host.charges == [run_id]


PASSING = ["500", "503", "dropped", "wrong content length", "429 in body", "429 with header", "slow body"]


@pytest.mark.parametrize("name", PASSING)
async def test_what_passes_is_not_seen(name: str) -> None:
    """A question is put again, and answered."""
    async with standin() as host, client_of(host, limits=patience(name)) as client:
        run_id = taken(host)
        host.play("get", name)
        assert (await client.get(run_id)).status == "starting"


ODD = ["well", "missing fields", "extra fields", "numbers as strings", "in data", "5-digit fractions"]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("dialect", ["predictions", "aggregator", "songs"])
async def test_an_odd_answer_about_a_run_is_understood(dialect: Dialect, name: str, tmp_path: Path) -> None:
    """What was made is seen and fetched, whatever else the answer has or lacks."""
    async with standin(dialect) as host, client_of(host) as client:
        run = await accepted(host, client)
        if dialect == "songs":
            host.songs.tells("success")
            host.always("feed", name)
        else:
            await host.predictions.ends(run.id)
            host.always("get", name)
        done = await client.get(run.id)
        assert done.status == "succeeded"
        fetched = await client.fetch(done.results[0], tmp_path)
        assert fetched.audio.suffix == (".m4a" if dialect == "songs" else ".wav")


ENDS: dict[str, tuple[RunStatus, FailureCause | None]] = {
    "succeeded": ("succeeded", None),
    "data addresses": ("succeeded", None),
    "data removed": ("succeeded", None),
    "no audio": ("succeeded", None),
    "output of another model": ("succeeded", None),
    "NSFW": ("failed", FailureCause.PROMPT_REFUSED),
    "E005": ("failed", FailureCause.PROMPT_REFUSED),
    "input validation": ("failed", FailureCause.INPUT_REFUSED),
    "interrupted": ("failed", FailureCause.INTERRUPTED),
    "E1001": ("failed", FailureCause.INTERRUPTED),
    "E6716": ("failed", FailureCause.INTERRUPTED),
    "failed": ("failed", FailureCause.UNKNOWN),
    "failed without a word": ("failed", FailureCause.UNKNOWN),
    "canceled": ("canceled", None),
    "aborted": ("canceled", None),
    "cold boot": ("starting", None),
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_every_ending_is_known_for_what_it_is(ending: str, tmp_path: Path) -> None:
    """Status and cause; sound where there is some, and none where there is none."""
    async with standin() as host, client_of(host) as client:
        ordered = await accepted(host, client)
        await host.predictions.ends(ordered.id, ending)
        run = await client.get(ordered.id)
        if ending == "unknown status":
            assert not run.ended
            return
        assert (run.status, run.cause) == ENDS[ending]
        assert bool(run.results) == (ending in ("succeeded", "data addresses"))
        if run.results:
            fetched = await client.fetch(run.results[0], tmp_path)
            assert fetched.audio.stat().st_size == 450_746


TOLD: list[tuple[str, str, type[HostError]]] = [
    # how a run of which model ends, and the error that a command ends with
    ("failed", RIFFUSION_MODEL, PredictionFailed),
    ("canceled", RIFFUSION_MODEL, PredictionFailed),
    ("aborted", RIFFUSION_MODEL, PredictionFailed),
    ("NSFW", RIFFUSION_MODEL, PromptRefused),
    ("failed", ENGINE_MODEL, EngineSaid),
]


@pytest.mark.parametrize(("ending", "model", "error"), TOLD)
async def test_an_ended_run_is_told_on_the_command_line(
    ending: str, model: str, error: type[HostError]
) -> None:
    """A failure becomes an error with the host's words; a stop becomes one as well."""
    async with standin() as host, client_of(host) as client:
        assert isinstance(client, PredictionsHost)
        run = await accepted(host, client)
        client.model = model
        await host.predictions.ends(run.id, ending)
        with pytest.raises(HostError) as caught:
            await until_made(client, client.get(run.id))
        assert type(caught.value) is error
        assert "…" not in sentence(caught.value)


FEED_ENDS: dict[str, tuple[RunStatus, int, FailureCause | None]] = {
    # name: status, how many can be heard, cause
    "submitted": ("processing", 0, None),
    "working": ("processing", 0, None),
    "generating_audio": ("processing", 0, None),
    "named, not heard": ("processing", 0, None),
    "empty addresses": ("processing", 0, None),
    "one of two": ("processing", 1, None),
    "success": ("succeeded", 2, None),
    "complete": ("succeeded", 2, None),
    "COMPLETED": ("succeeded", 2, None),
    "in data": ("succeeded", 2, None),
    "origin's fields": ("succeeded", 2, None),
    "success with one": ("processing", 1, None),  # the other may still come
    "success without sound": ("processing", 0, None),
    "ERROR": ("failed", 0, FailureCause.UNKNOWN),
    "failed": ("failed", 0, FailureCause.UNKNOWN),
    "flagged": ("failed", 0, FailureCause.PROMPT_REFUSED),
}


@pytest.mark.parametrize("feed", FEEDS)
async def test_every_feed_is_known_for_what_it_is(feed: str) -> None:
    """One call for both songs; what can be heard is there, in the order of the ids."""
    async with standin("songs") as host, client_of(host) as client:
        ordered = await accepted(host, client)
        ids = host.songs.tells(feed)
        run = await client.get(ordered.id)
        status, heard, cause = FEED_ENDS[feed]
        assert (run.status, len(run.results), run.cause) == (status, heard, cause)
        assert [result.id for result in run.results] == ids[:heard]
        assert len(host.at("feed")) == 1


async def test_a_thousand_questions_cost_few_calls() -> None:
    """Whoever asks at the same time shares pages of the list."""
    async with standin() as host, client_of(host) as client:
        made = [host.predictions.accept(RIFFUSION_VERSION, {"prompt_a": str(each)}) for each in range(1_000)]
        runs = await asyncio.gather(*(client.get(row["id"]) for row in made))
        assert [run.id for run in runs] == [row["id"] for row in made]
        assert len(host.calls) <= 12


@pytest.mark.parametrize("dialect", ["predictions", "aggregator"])
async def test_addresses_that_lead_elsewhere_are_not_followed(dialect: Dialect) -> None:
    """Neither to ask after a run nor to turn a page: the key stays with the host that it is for."""
    async with standin(dialect) as host, client_of(host) as client:
        host.always("create", "addresses elsewhere")
        host.always("get", "addresses elsewhere")
        host.always("list", "addresses elsewhere")
        run = await accepted(host, client)
        assert (await client.get(run.id)).id == run.id
        if dialect == "predictions":
            for _ in range(150):
                host.predictions.accept(RIFFUSION_VERSION, {})
            assert [found.id for found in await client.find(RIFF, reference="job-1", since=LONG_AGO)] == [
                run.id
            ]
            assert len(host.at("list")) == 2


async def test_cancelling_is_harmless() -> None:
    """What runs is stopped; what has ended, or never was, is no error, and stays as it is."""
    async with standin() as host, client_of(host) as client:
        run = await accepted(host, client)
        await client.cancel(run.id)
        assert (await client.get(run.id)).status == "canceled"
        await client.cancel(run.id)
        host.always("cancel", "404")
        await client.cancel("nosuchrun")


async def test_a_lost_order_is_found_again_and_paid_once() -> None:
    """The answer got lost after the host took it: its list shows it by the mark it echoes."""
    async with standin() as host, client_of(host) as client:
        host.play("create", "lost response")
        with pytest.raises(HostError):
            await client.create(EngineInput(prompt_a="funk"), reference="job-7", webhook=None)
        await client.create(EngineInput(prompt_a="funk"), reference="job-8", webhook=None)
        since = (await client.get(host.charges[0])).created_at
        assert since is not None
        found = await client.find(EngineInput(prompt_a="funk"), reference="job-7", since=since)
        assert [run.id for run in found] == host.charges[:1]
