"""The client of model containers against Cog's own server, with our engine for its model."""

from __future__ import annotations

import contextlib
import io
import wave
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ
from bot.errors import HostBusy, InvalidInput, Refused, Unreachable
from bot.jobs.records import Source
from bot.processes import free_port
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import FailureCause, Run
from bot.providers.cog import CogHost
from tests.peers.cog import Container, container, document, riffusion_schema
from tests.peers.cog.misbehaviour import DIE, FAIL, HOLD
from tests.providers.support import Pauses
from tests.web.api.support import Receiver, listening, receiver, serving, write_sine

TOKEN = "a-token-of-its-own"


@pytest.fixture(scope="module")
def riffs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """One container that plays riffs, for all tests that leave it whole."""
    folder = tmp_path_factory.mktemp("riffs")
    with container(folder, schema=riffusion_schema(), WEBHOOK_AUTH_TOKEN=TOKEN) as here:
        yield here


@pytest.fixture
def idle(riffs: Container) -> Container:
    """The same, doing nothing: its only place stays taken for a moment after a run."""
    riffs.wait_for("READY")
    return riffs


@contextlib.asynccontextmanager
async def client(url: str) -> AsyncGenerator[CogHost]:
    """A client that never really pauses."""
    host = CogHost(name="cog", base_url=url, webhook_token=TOKEN)
    host.http.pause = host.downloads.pause = Pauses()
    try:
        yield host
    finally:
        await host.close()


async def told(host: CogHost, hook: Receiver, run_id: str) -> list[Run]:
    """Everything that is told of a run until it has ended, as it comes."""
    heard: list[Run] = []
    while not (heard and heard[-1].ended):
        run = host.told((await hook.next()).body)
        if run.id == run_id:
            heard.append(run)
    return heard


async def test_a_riff_comes_back(idle: Container, tmp_path: Path) -> None:
    """From the order to music and picture in files, with progress and the webhook's token on the way."""
    wanted = EngineInput(prompt_a="lo-fi rain piano", prompt_b="techno", num_inference_steps=5, seed=3)
    async with receiver() as hook, client(idle.url) as host:
        verifier = await host.verifier()
        assert verifier is not None
        run = await host.create(wanted, reference="riff", webhook=hook.url)
        assert (run.status, run.results) == ("starting", ())
        heard: list[Run] = []
        while not (heard and heard[-1].ended):
            webhook = await hook.next()
            assert verifier.verify(webhook.headers, webhook.body)
            assert not verifier.verify({**webhook.headers, "authorization": "Bearer other"}, webhook.body)
            heard.append(host.told(webhook.body))
        assert {each.id for each in heard} == {run.id}
        assert (heard[-1].status, heard[-1].progress, len(heard[-1].results)) == ("succeeded", 1.0, 1)
        assert (heard[-1].compute_s or 0) > 0
        fetched = await host.fetch(heard[-1].results[0], tmp_path)
        picture = await host.fetch_picture(heard[-1].results[0], tmp_path)
    sound = decode(fetched.audio)
    assert 3 < len(sound.audio) / SAMPLE_RATE_HZ < 15
    assert abs(sound.audio).max() > 0.1
    assert Image.open(io.BytesIO(picture.read_bytes())).format == "JPEG"


async def test_one_thing_at_a_time(idle: Container) -> None:
    """Busy is a refusal worth asking again; the same order again does not run twice; a cancel ends it."""
    async with receiver() as hook, client(idle.url) as host:
        held = await host.create(EngineInput(prompt_a=HOLD), reference="held", webhook=hook.url)
        with pytest.raises(HostBusy):
            await host.create(EngineInput(prompt_a="x"), reference="other", webhook=hook.url)
        host.http.rates = CogHost(name="cog", base_url=idle.url).http.rates  # forgets that it is busy
        again = await host.create(EngineInput(prompt_a=HOLD), reference="held", webhook=hook.url)
        assert (again.id, again.ended) == (held.id, False)
        assert (await host.get(held.id)).status == "processing"
        await host.cancel(held.id)
        heard = await told(host, hook, held.id)
        await host.cancel(held.id)
        await host.cancel("never-was")
    assert (heard[-1].status, heard[-1].results, heard[-1].cause) == ("canceled", (), None)


async def test_the_model_fails(idle: Container) -> None:
    """A failure has the model's own words, without Cog's in front, and the cause that they tell."""
    async with receiver() as hook, client(idle.url) as host:
        run = await host.create(EngineInput(prompt_a=FAIL), reference="fails", webhook=hook.url)
        heard = await told(host, hook, run.id)
    assert (heard[-1].status, heard[-1].cause) == ("failed", FailureCause.PROMPT_REFUSED)
    assert heard[-1].error == "ValueError: NSFW content detected, try something else"


async def test_what_a_container_does_not_take(idle: Container) -> None:
    """Refused before anything is sent, or by the container, with the field; nothing runs."""
    orders: list[tuple[EngineInput | ImageInput, str]] = [
        (EngineInput(lyrics="la la"), "lyrics"),
        (EngineInput(prompt_a="x").model_copy(update={"num_inference_steps": 0}), "num_inference_steps"),
        (ImageInput(model="stability-ai/sdxl", inputs={"prompt": "a cat"}), "prompt"),
    ]
    async with receiver() as hook, client(idle.url) as host:
        for wanted, field in orders:
            with pytest.raises(InvalidInput) as caught:
                await host.create(wanted, reference=field, webhook=hook.url)
            assert caught.value.field == field
        with pytest.raises(Refused, match="webhook"):
            await host.create(EngineInput(prompt_a="x"), reference="r", webhook=None)
        assert idle.health()["status"] == "READY"
        assert hook.heard.empty()
        assert (await host.check()).told == "ready, cog 0.23.1"


async def test_its_worker_dies(tmp_path: Path) -> None:
    """The run has failed, and the container is broken: it says busy for ever, so it is sent nothing more."""
    with container(tmp_path, model="clips", schema=_clips()) as here:
        async with receiver() as hook, client(here.url) as host:
            run = await host.create(EngineInput(prompt_a=DIE), reference="dies", webhook=hook.url)
            heard = await told(host, hook, run.id)
            assert (heard[-1].status, heard[-1].cause) == ("failed", FailureCause.INTERRUPTED)
            here.wait_for("UNHEALTHY")
            lost = await host.get(run.id)  # as if that webhook had never arrived
            assert (lost.status, lost.cause) == ("failed", FailureCause.INTERRUPTED)
            with pytest.raises(Unreachable, match="broke down"):
                await host.create(EngineInput(prompt_a="x"), reference="next", webhook=hook.url)
            assert not (await host.check()).answers


async def test_it_is_started_anew(tmp_path: Path) -> None:
    """A run that was on its way is known to be lost as soon as the container is back, and none before."""
    port = free_port()
    async with receiver() as hook, client(f"http://127.0.0.1:{port}") as host:
        with container(tmp_path, model="clips", schema=_clips(), port=port):
            run = await host.create(EngineInput(prompt_a=HOLD), reference="lost", webhook=hook.url)
            assert (await host.get(run.id)).status == "processing"
        with pytest.raises(Unreachable):
            await host.get(run.id)
        with container(tmp_path, model="clips", port=port, until="STARTING", SETUP_S="1") as here:
            with pytest.raises(HostBusy, match="starting"):
                await host.create(EngineInput(prompt_a="x"), reference="early", webhook=hook.url)
            here.wait_for("READY")
            lost = await host.get(run.id)
    assert (lost.status, lost.cause) == ("failed", FailureCause.INTERRUPTED)
    assert "started anew" in (lost.error or "")


def _clips() -> dict[str, Any]:
    text = {"type": "string"}
    address = {"type": "string", "format": "uri"}
    inputs = {"prompt": text, "audio": {**address, "nullable": True}}
    return document(inputs, {"type": "array", "items": address}, required=("prompt",))


async def test_another_model_with_uploads(tmp_path: Path) -> None:
    """What it describes is what it is sent, a file goes along, and uploads are put back in their order."""
    source = tmp_path / "source.wav"
    write_sine(source)
    (tmp_path / "model").mkdir()
    async with file_host() as files, receiver() as hook:
        with container(tmp_path / "model", model="clips", schema=_clips(), upload_url=files) as here:
            async with client(here.url) as host:
                wanted = EngineInput(prompt_a="any", num_inference_steps=50)
                run = await host.create(
                    wanted, reference="clips", webhook=hook.url, source=Source(file=source)
                )
                results = (await told(host, hook, run.id))[-1].results
                sounds = [(await host.fetch(result, tmp_path)).audio.read_bytes() for result in results]
    with wave.open(str(source)) as wav:
        frames = wav.readframes(100)
    assert [sound[44:] for sound in sounds] == [frames[: 2 * count] for count in (8, 9, 10)]


@contextlib.asynccontextmanager
async def file_host() -> AsyncGenerator[str]:
    """Where files can be put and fetched again; its address."""
    kept: dict[str, bytes] = {}

    async def put(request: web.Request) -> web.Response:
        kept[request.path] = await request.read()
        return web.Response()

    async def get(request: web.Request) -> web.Response:
        return web.Response(body=kept[request.path], content_type="audio/wav")

    app = web.Application()
    app.router.add_put("/up/{name}", put)
    app.router.add_get("/up/{name}", get)
    listener, url = listening()
    async with serving(app, listener):
        yield f"{url}/up/"
