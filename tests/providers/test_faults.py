"""Every documented way in which a host fails an order: which error it becomes, what is said, who pays.

One row a behaviour of the stand-in, played to the real client. ``charged`` is what the host's own books say;
``then`` is what the job machine does about the error: it ends with that sentence and the refund that every
ending brings, or it goes on with that line on the card and keeps the money reserved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import errors
from bot.errors import (
    BadKey,
    HostBusy,
    HostError,
    InvalidInput,
    ModelGone,
    NoCredit,
    OutcomeUnknown,
    PromptRefused,
    RateLimited,
    Refused,
    Unreachable,
)
from bot.jobs.retry import GiveUp, decide
from bot.jobs.states import State
from bot.named_hosts import DIALECTS, KNOWN
from bot.processes import free_port
from bot.protocol.engine import EngineInput
from bot.settings import Settings
from bot.ui.words import ENGLISH, sentence
from tests.keys import test_own_accounts
from tests.peers.standin import REFUSALS, TOKEN, Dialect, standin
from tests.providers import test_faults_of_runs
from tests.providers.clients import RIFF, SONG, Client, Time, client_of, patience, points_of


@dataclass(frozen=True)
class Row:
    """One behaviour, and what follows from it."""

    name: str
    error: type[HostError]
    then: str
    charged: bool = False
    dialect: Dialect = "predictions"
    field: str = ""

    def __str__(self) -> str:
        return f"{self.dialect}: {self.name}"


ROWS = [
    # what a host says no to
    Row("401", BadKey, "ending.host_bad_key"),
    Row("401 gateway", BadKey, "ending.host_bad_key"),
    Row("403", BadKey, "ending.host_bad_key"),
    Row("402", NoCredit, "ending.host_no_credit"),
    Row("403 quota", NoCredit, "ending.host_no_credit"),
    Row("404", ModelGone, "ending.host_model_gone"),
    Row("409", Refused, "ending.host_refused"),
    Row("413", InvalidInput, "ending.host_invalid_input"),
    Row("413 without a word", InvalidInput, "ending.host_invalid_input"),
    Row("400 gateway", InvalidInput, "ending.host_invalid_input"),
    Row("422 input", InvalidInput, "ending.host_invalid_input", field="denoising"),
    Row("422 version", ModelGone, "ending.host_model_gone"),
    Row("503 no channel", ModelGone, "ending.host_model_gone"),
    Row("200 with error", PromptRefused, "ending.host_prompt_refused"),
    Row("redirect to a private address", Refused, "ending.host_refused"),
    # what may be asked again, later
    Row("429 without header", RateLimited, "trouble.host_busy"),
    Row("429 with header", RateLimited, "trouble.host_busy"),
    Row("429 with date", RateLimited, "trouble.host_busy"),
    Row("429 in body", RateLimited, "trouble.host_busy"),
    Row("429 in prose", RateLimited, "trouble.host_busy"),
    Row("429 gateway", RateLimited, "trouble.host_busy"),
    # what nobody knows: never asked again blindly
    Row("500", OutcomeUnknown, "trouble.checking"),
    Row("502", OutcomeUnknown, "trouble.checking"),
    Row("503", OutcomeUnknown, "trouble.checking"),
    Row("dropped", OutcomeUnknown, "trouble.checking"),
    Row("500 after acceptance", OutcomeUnknown, "trouble.checking", charged=True),
    Row("lost response", OutcomeUnknown, "trouble.checking", charged=True),
    Row("no answer", OutcomeUnknown, "trouble.checking", charged=True),
    Row("slow body", OutcomeUnknown, "trouble.checking", charged=True),
    Row("endless body", OutcomeUnknown, "trouble.checking", charged=True),
    Row("gzip bomb", OutcomeUnknown, "trouble.checking", charged=True),
    Row("wrong content length", OutcomeUnknown, "trouble.checking", charged=True),
    Row("HTML body", OutcomeUnknown, "trouble.checking", charged=True),
    Row("truncated JSON", OutcomeUnknown, "trouble.checking", charged=True),
    Row("deep JSON", OutcomeUnknown, "trouble.checking", charged=True),
    Row("not UTF-8", OutcomeUnknown, "trouble.checking", charged=True),
    Row("empty body", OutcomeUnknown, "trouble.checking", charged=True),
    Row("no id", OutcomeUnknown, "trouble.checking", charged=True),
    # gateways that sell Replicate's models
    Row("401 gateway", BadKey, "ending.host_bad_key", dialect="aggregator"),
    Row("403 quota", NoCredit, "ending.host_no_credit", dialect="aggregator"),
    Row("503 no channel", ModelGone, "ending.host_model_gone", dialect="aggregator"),
    Row("429 gateway", RateLimited, "trouble.host_busy", dialect="aggregator"),
    Row("200 with error", PromptRefused, "ending.host_prompt_refused", dialect="aggregator"),
    Row("lost response", OutcomeUnknown, "trouble.checking", charged=True, dialect="aggregator"),
    Row("HTML body", OutcomeUnknown, "trouble.checking", charged=True, dialect="aggregator"),
    # a container, which has a word for having no place
    Row("409", HostBusy, "trouble.host_busy", dialect="cog"),
    Row("503 of a container", HostBusy, "trouble.host_busy", dialect="cog"),
    Row("422 of a container", InvalidInput, "ending.host_invalid_input", dialect="cog", field="denoising"),
    Row("500", OutcomeUnknown, "trouble.checking", dialect="cog"),
    Row("lost response", OutcomeUnknown, "trouble.checking", charged=True, dialect="cog"),
    Row("truncated JSON", OutcomeUnknown, "trouble.checking", charged=True, dialect="cog"),
    Row("another id", OutcomeUnknown, "trouble.checking", charged=True, dialect="cog"),
    # the same through the client of songs, where answers differ
    Row("401 gateway", BadKey, "ending.host_bad_key", dialect="songs"),
    Row("403 quota", NoCredit, "ending.host_no_credit", dialect="songs"),
    Row("400 gateway", InvalidInput, "ending.host_invalid_input", dialect="songs"),
    Row("429 gateway", RateLimited, "trouble.host_busy", dialect="songs"),
    Row("503 no channel", ModelGone, "ending.host_model_gone", dialect="songs"),
    Row("200 with error", PromptRefused, "ending.host_prompt_refused", dialect="songs"),
    Row("500", OutcomeUnknown, "trouble.checking", dialect="songs"),
    Row("lost response", OutcomeUnknown, "trouble.checking", charged=True, dialect="songs"),
    Row("no answer", OutcomeUnknown, "trouble.checking", charged=True, dialect="songs"),
    Row("HTML body", OutcomeUnknown, "trouble.checking", charged=True, dialect="songs"),
    Row("truncated JSON", OutcomeUnknown, "trouble.checking", charged=True, dialect="songs"),
    Row("no id", OutcomeUnknown, "trouble.checking", charged=True, dialect="songs"),
]


async def failed(client: Client, wanted: EngineInput) -> HostError:
    """The error that an order ends with."""
    with pytest.raises(HostError) as caught:
        await client.create(wanted, reference="job-1", webhook="https://bot.example/hooks/1")
    return caught.value


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_an_order_that_fails(row: Row) -> None:
    """One call on the wire; error, sentence, next step and the host's books are those of the table."""
    async with standin(row.dialect) as host, client_of(host, limits=patience(row.name)) as client:
        point, wanted = points_of(row.dialect)
        host.play(point, row.name)
        error = await failed(client, wanted)
        assert type(error) is row.error
        assert len(host.at(point)) == 1
        assert len(host.charges) == row.charged
    decision = decide(error, State.SUBMIT, attempts=0, host=client.name, chance=0.5)
    assert (decision.ending if isinstance(decision, GiveUp) else decision.trouble) == row.then
    assert row.then in ENGLISH
    told = sentence(error)
    assert "…" not in told
    assert not isinstance(error, Refused) or "Nothing was charged" in told
    assert row.charged is False or isinstance(error, OutcomeUnknown), "what is paid for is looked for"
    assert getattr(error, "field", "") == row.field
    assert TOKEN not in repr(error) + str(error) + repr(client)


WAITS = {
    "429 without header": 5.0,
    "429 with header": 4.0,
    "429 in body": 5.0,
    "429 in prose": 30.0,
    "429 with date": 60.0,
}


@pytest.mark.parametrize("name", WAITS)
async def test_a_wish_to_wait_is_read_and_kept_by_everyone(name: str) -> None:
    """Seconds, date, body or prose; while it lasts, other orders do not reach the host too soon."""
    time = Time()
    async with standin() as host, client_of(host, time=time) as client:
        host.play("create", name)
        error = await failed(client, RIFF)
        assert isinstance(error, RateLimited)
        assert error.retry_after_s == pytest.approx(WAITS[name], abs=2.0)
        asked_at = time.now_s
        if WAITS[name] > 10:
            assert isinstance(await failed(client, RIFF), RateLimited)
            assert len(host.calls) == 1, "told at once instead of slept through"
            time.now_s += WAITS[name]
        assert (await client.create(RIFF, reference="job-2", webhook=None)).status == "starting"
        assert time.now_s - asked_at >= WAITS[name] - 2.0
        assert len(host.charges) == 1


UNDERSTOOD = [
    "well",
    "missing fields",
    "extra fields",
    "numbers as strings",
    *(f"{digits}-digit fractions" for digits in range(3, 9)),
    "in data",
    "in data, code 200",
    "no status",
]


@pytest.mark.parametrize("name", UNDERSTOOD)
@pytest.mark.parametrize("dialect", ["predictions", "aggregator"])
async def test_an_odd_answer_is_understood_all_the_same(dialect: Dialect, name: str) -> None:
    """The order is accepted once, and known by its id."""
    async with standin(dialect) as host, client_of(host) as client:
        host.play("create", name)
        run = await client.create(RIFF, reference="job-1", webhook=None)
        assert [run.id] == host.charges
        assert not run.ended


@pytest.mark.parametrize("name", ["well", "missing fields", "extra fields", "in data", "in data, code 200"])
async def test_an_odd_answer_about_songs_is_understood_too(name: str) -> None:
    """Both ids, in their order."""
    async with standin("songs") as host, client_of(host) as client:
        host.play("generate", name)
        run = await client.create(SONG, reference="job-1", webhook=None)
        assert [run.id] == host.charges


async def test_a_gateway_may_answer_with_the_result_at_once(tmp_path: Path) -> None:
    """Addresses in the shape of an image API: the order is done, and there is nothing to ask after."""
    async with standin("aggregator") as host, client_of(host) as client:
        host.play("create", "created and data")
        run = await client.create(RIFF, reference="job-1", webhook=None)
        assert run.status == "succeeded"
        fetched = await client.fetch(run.results[0], tmp_path)
        assert fetched.audio.suffix == ".wav"
        assert [call.point for call in host.calls] == ["create", "file"]


async def test_nobody_there_is_certainly_not_accepted() -> None:
    """A refused connection, and a name that does not exist."""
    async with standin() as host, client_of(host) as client:
        for address in (f"http://127.0.0.1:{free_port()}", "http://nowhere.invalid"):
            client.http.base_url = address
            error = await failed(client, RIFF)
            assert type(error) is Unreachable
        assert host.calls == []


def below(kind: type[HostError]) -> Iterator[type[HostError]]:
    """A class and all that are made of it."""
    yield kind
    for each in kind.__subclasses__():
        yield from below(each)


NOT_OF_AN_ORDER = {
    errors.KeyGone: test_own_accounts.test_another_process_sees_at_once_that_a_key_is_gone_or_new,
    errors.Unreachable: test_nobody_there_is_certainly_not_accepted,
    errors.NotUnderstood: test_faults_of_runs.test_asking_after_a_run_fails,
    errors.PredictionFailed: test_faults_of_runs.test_an_ended_run_is_told_on_the_command_line,
    errors.EngineSaid: test_faults_of_runs.test_an_ended_run_is_told_on_the_command_line,
}
"""Errors that no answer to an order is; the tests that reach them."""


def test_every_refusal_and_every_error_has_its_row() -> None:
    """The documented refusals are all played, and no class of the tree is left out."""
    assert {row.name for row in ROWS} >= REFUSALS
    reached = {row.error for row in ROWS} | NOT_OF_AN_ORDER.keys()
    assert {kind for kind in below(HostError) if kind not in reached} == {HostError}


DOCUMENT = (Path(__file__).parents[2] / "docs" / "providers.md").read_text("utf-8")


def test_the_document_names_every_error_host_and_setting() -> None:
    """Each class of the tree stands in its table, each host too, and no setting is invented."""
    named = set(re.findall(r"`(\w+)`", DOCUMENT))
    assert {kind.__name__ for kind in below(HostError)} <= named
    assert {*KNOWN} <= named
    settings = {name for name in named if name.isupper() and not name.startswith("HOST_")}
    assert settings <= {name.upper() for name in Settings.model_fields}
    assert {dialect for dialect in DIALECTS if f" {dialect}" not in DOCUMENT} == set()
