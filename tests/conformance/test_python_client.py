"""The official Python client 1.0.7, unchanged: every call it has for what this server serves."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import httpx
import pytest
from replicate.client import Client
from replicate.exceptions import ModelError, ReplicateError
from replicate.helpers import FileOutput
from replicate.pagination import paginate
from replicate.prediction import Predictions
from replicate.webhook import Webhooks

from bot.protocol.predictions import ENGINE_MODEL, RIFFUSION_MODEL
from tests.conformance.support import TOKEN, Front, front
from tests.web.api.support import VERSION, receiver

Result = TypeVar("Result")
BY_VERSION = f"{RIFFUSION_MODEL}:{VERSION}"
ASKED: dict[str, Any] = {"prompt_a": "lofi"}


@pytest.fixture(params=["http", "https"])
async def here(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Front]:
    """The server on plain http, and behind TLS with its public address."""
    async with front(tmp_path, https=request.param == "https") as seen:
        yield seen


async def _use(here: Front, script: Callable[[Client], Result], *, token: str = TOKEN) -> Result:
    """Run a blocking script in a thread, as its own process would."""

    def run() -> Result:
        with httpx.HTTPTransport(verify=here.trust or True) as transport:
            return script(Client(api_token=token, base_url=here.url, transport=transport))

    return await asyncio.to_thread(run)


async def test_predictions(here: Front) -> None:
    """create, wait, get, reload, list, paginate, cancel: each gives what it documents."""

    def script(client: Client) -> None:
        made = client.predictions.create(version=VERSION, input=ASKED)
        assert made.status in ("starting", "processing", "succeeded")
        made.wait()
        assert (made.status, made.error, made.input) == ("succeeded", None, ASKED)
        assert made.progress is not None
        assert made.progress.percentage == 1.0
        assert client.predictions.get(made.id).output == made.output
        made.reload()
        again = client.models.predictions.create(model=cast("Any", ENGINE_MODEL), input=ASKED)
        third = client.predictions.create(model=ENGINE_MODEL, input=ASKED)
        fourth = client.predictions.create(version=BY_VERSION, input=ASKED, wait=True)
        assert fourth.status == "succeeded"
        listed = client.predictions.list()
        assert {each.id for each in listed} == {made.id, again.id, third.id, fourth.id}
        assert (listed.next, listed.previous) == (None, None)
        made.cancel()
        assert made.status == "succeeded"
        for each in (again, third):
            each.wait()
            assert each.status == "succeeded"

    await _use(here, script)


async def test_pages(here: Front) -> None:
    """``paginate`` walks all pages by the addresses that it is told."""

    def script(client: Client) -> None:
        here.engine.free.clear()
        made = [client.predictions.create(version=VERSION, input={}).id for _ in range(101)]
        pages = list(paginate(client.predictions.list))
        assert [len(page) for page in pages] == [100, 1]
        assert [each.id for page in pages for each in page] == made[::-1]
        assert pages[1].previous is not None
        assert pages[1].previous.startswith(here.url)

    await _use(here, script)
    here.engine.free.set()


async def test_run(here: Front) -> None:
    """``run`` by version and by model returns the output; files on https are FileOutput and can be read."""

    def script(client: Client) -> None:
        for name in (BY_VERSION, RIFFUSION_MODEL, ENGINE_MODEL):
            output = cast("dict[str, Any]", client.run(name, input=ASKED))
            audio = output["audio"]
            assert str(audio).startswith(here.url)
            if here.is_https:
                assert isinstance(audio, FileOutput)
                assert audio.read()[:4] == b"RIFF"
                assert b"".join(audio)[8:12] == b"WAVE"
            else:
                assert isinstance(audio, str)
        plain = cast("dict[str, Any]", client.run(BY_VERSION, input=ASKED, use_file_output=False, wait=2))
        assert isinstance(plain["audio"], str)

    await _use(here, script)


async def test_a_failure_is_raised(here: Front) -> None:
    """``run`` raises ModelError with the prediction's own sentence."""
    here.engine.fail = ValueError("That cannot be played.")
    with pytest.raises(ModelError, match=r"That cannot be played\.") as caught:
        await _use(here, lambda client: client.run(BY_VERSION, input=ASKED))
    assert caught.value.prediction.status == "failed"


async def test_a_wait_that_runs_out(here: Front) -> None:
    """``wait=1`` comes back within 1.5 s as ``starting``; cancel then stops it."""
    here.engine.free.clear()

    def script(client: Client) -> str:
        made = client.predictions.create(version=VERSION, input=ASKED, wait=1)
        assert made.status == "starting"
        made.cancel()
        return made.status

    assert await _use(here, script) == "canceled"
    here.engine.free.set()


async def test_streams(here: Front) -> None:
    """``client.stream`` and ``prediction.stream`` hear logs, the files, and the end."""

    def script(client: Client) -> None:
        heard = list(client.stream(BY_VERSION, input=ASKED))
        names = [event.event.value for event in heard]
        assert names[-1] == "done"
        assert names.count("output") == 2
        assert "Using seed" in "".join(event.data for event in heard if event.event.value == "logs")
        assert all(event.id for event in heard)
        made = client.predictions.create(version=VERSION, input=ASKED, stream=True)
        assert [event.event.value for event in made.stream()][-1] == "done"

    await _use(here, script)


async def test_models_and_account(here: Front) -> None:
    """models.get, list, search, versions.list and get, and the account."""

    def script(client: Client) -> None:
        model = client.models.get(RIFFUSION_MODEL)
        assert (model.owner, model.name, model.visibility) == ("riffusion", "riffusion", "public")
        assert model.latest_version is not None
        assert model.latest_version.id == VERSION
        assert [version.id for version in model.versions.list()] == [VERSION]
        version = model.versions.get(VERSION)
        assert "prompt_a" in version.openapi_schema["components"]["schemas"]["Input"]["properties"]
        assert {f"{each.owner}/{each.name}" for each in client.models.list()} >= {
            RIFFUSION_MODEL,
            ENGINE_MODEL,
        }
        assert RIFFUSION_MODEL in [f"{each.owner}/{each.name}" for each in client.models.search("riffusion")]
        account = client.accounts.current()
        assert account.username
        assert account.type in ("user", "organization")

    await _use(here, script)


async def test_files(here: Front) -> None:
    """files.create with and without metadata, get, list, delete."""

    def script(client: Client) -> None:
        plain = client.files.create(io.BytesIO(b"la la"), filename="la.txt", content_type="text/plain")
        assert (plain.name, plain.size, plain.content_type) == ("la.txt", 5, "text/plain")
        told = client.files.create(io.BytesIO(b"2"), metadata={"take": 2})
        assert told.metadata == {"take": 2}
        assert client.files.get(plain.id).checksums == plain.checksums
        assert {each.id for each in client.files.list()} == {plain.id, told.id}
        assert client.files.delete(plain.id)
        assert [each.id for each in client.files.list()] == [told.id]

    await _use(here, script)


@pytest.mark.parametrize("strategy", ["url", "base64"])
async def test_a_file_as_input(here: Front, strategy: Any) -> None:
    """An open file in the input arrives at the engine, by upload or within the address."""
    score = b'{"format": 2}'

    def script(client: Client) -> None:
        asked = {"kind": "morph", "transform": "cover", "audio": io.BytesIO(score)}
        made = client.models.predictions.create(
            model=cast("Any", ENGINE_MODEL), input=asked, file_encoding_strategy=strategy
        )
        made.wait()
        assert (made.status, made.error) == ("succeeded", None)

    await _use(here, script)
    assert here.engine.jobs[-1].source is not None


async def test_webhooks(here: Front) -> None:
    """What arrives at a webhook passes the client's own validation with the secret that it asks for."""
    async with receiver() as hook:

        def create(client: Client) -> Any:
            client.predictions.create(
                version=VERSION, input=ASKED, webhook=hook.url, webhook_events_filter=["completed"]
            )
            return client.webhooks.default.secret()

        secret = await _use(here, create)
        heard = await hook.next()
        Webhooks.validate(
            headers=cast("Any", {name.lower(): value for name, value in heard.headers.items()}),
            body=heard.body.decode(),
            secret=secret,
        )
        assert heard.told["status"] == "succeeded"
        assert heard.told["output"]["audio"].startswith(here.url)


async def test_refusals(here: Front) -> None:
    """Status and detail arrive as the client's exception."""
    scripts: list[tuple[int, str, str, Callable[[Client], object]]] = [
        (401, "wrong", "token", lambda client: client.predictions.list()),
        (404, TOKEN, "does not exist", lambda client: client.predictions.get("nope")),
        (404, TOKEN, "does not exist", lambda client: client.models.get("no/body")),
        (422, TOKEN, "version", lambda client: client.predictions.create(version="0" * 64, input={})),
        (
            422,
            TOKEN,
            "input.alpha",
            lambda client: client.predictions.create(version=VERSION, input={"alpha": 2}),
        ),
    ]
    for status, token, word, script in scripts:
        with pytest.raises(ReplicateError) as caught:
            await _use(here, script, token=token)
        assert caught.value.status == status
        assert word in str(caught.value.detail)


async def test_the_asynchronous_half(here: Front) -> None:
    """async_create, async_wait, async_run, async_stream, async_list and async_cancel."""
    async with httpx.AsyncHTTPTransport(verify=here.trust or True) as transport:
        client = Client(api_token=TOKEN, base_url=here.url, transport=cast("Any", transport))
        made = await client.predictions.async_create(version=VERSION, input=ASKED)
        await made.async_wait()
        assert made.status == "succeeded"
        assert [each.id for each in await client.predictions.async_list()] == [made.id]
        output = cast("dict[str, Any]", await client.async_run(ENGINE_MODEL, input=ASKED))
        assert str(output["audio"]).startswith(here.url)
        if here.is_https:
            assert (await output["audio"].aread())[:4] == b"RIFF"
        stream = await client.async_stream(RIFFUSION_MODEL, input=ASKED)
        assert [event.event.value async for event in stream][-1] == "done"
        await made.async_cancel()
        assert (await Predictions(client).async_get(made.id)).status == "succeeded"
