"""The real engine in real worker processes, behind the real server."""

from __future__ import annotations

import asyncio
import contextlib
import io
import multiprocessing
import wave
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from bot.protocol.engine import EngineOutput
from bot.protocol.predictions import ENGINE_MODEL
from bot.web.api.app import open_app
from bot.web.api.pool import RenderPool, worker_processes
from tests.web.api.support import Server, TinyEngine, listening, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Server]:
    """One server with one worker process for all tests here: starting it costs a second."""
    listener, url = listening()
    pool = RenderPool(worker_processes(1), 1)
    try:
        async with (
            open_app(
                data=tmp_path_factory.mktemp("engine"),
                own_url=url,
                tokens=(),
                private_webhooks=True,
                pool=pool,
            ) as app,
            serving(app, listener),
            aiohttp.ClientSession() as session,
        ):
            yield Server(url=url, engine=TinyEngine(), session=session)
    finally:
        await pool.stop()


async def _made(real: Server, **sent: Any) -> dict[str, Any]:
    return await real.ended((await real.create(version=ENGINE_MODEL, input=sent))["id"])


async def _bytes(real: Server, address: str) -> bytes:
    async with real.session.get(address) as response:
        return await response.read()


async def test_a_riff_comes_back_as_sound_and_picture(real: Server) -> None:
    """16-bit stereo at 44.1 kHz that is heard, a picture of 512 rows, and what was understood."""
    told = await _made(real, prompt_a="jazz saxophone 120 bpm", num_inference_steps=10)
    assert told["status"] == "succeeded", told["error"]
    output = EngineOutput.model_validate(told["output"])
    assert output.bpm == pytest.approx(120, rel=0.02)
    assert "jazz" in output.genres
    with wave.open(io.BytesIO(await _bytes(real, output.audio))) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (2, 2, 44_100)
        assert wav.getnframes() / 44_100 == pytest.approx(output.duration_s)
        samples = np.frombuffer(wav.readframes(wav.getnframes()), "<i2") / 32_768
    assert 20 * np.log10(np.sqrt(np.mean(samples**2))) > -30
    picture = Image.open(io.BytesIO(await _bytes(real, output.spectrogram or "")))
    assert (picture.format, picture.height) == ("JPEG", 512)


async def test_the_same_seed_gives_the_same_bytes(real: Server) -> None:
    """Two calls with one seed are the same file; another seed is another."""
    sent = {"prompt_a": "techno", "num_inference_steps": 1, "length_s": 3}
    told = [await _made(real, **sent, seed=seed) for seed in (5, 5, 6)]
    files = [await _bytes(real, each["output"]["audio"]) for each in told]
    assert files[0] == files[1] != files[2]


async def test_a_killed_worker_costs_no_prediction(real: Server) -> None:
    """The render is tried again in a new worker; its logs go on, its status never goes back."""
    made = await real.create(
        version=ENGINE_MODEL, input={"prompt_a": "orchestra", "length_s": 60, "num_inference_steps": 300}
    )
    await real.until(made["id"], lambda told: "Using seed" in told["logs"])
    statuses = asyncio.create_task(_statuses(real, made["id"]))
    for worker in multiprocessing.active_children():
        worker.kill()
    told = await real.ended(made["id"])
    assert told["status"] == "succeeded", told["error"]
    assert set(await statuses) == {"processing", "succeeded"}
    assert told["logs"].count("Using seed") == 1


async def _statuses(real: Server, prediction_id: str) -> list[str]:
    seen: list[str] = []
    with contextlib.suppress(TimeoutError):
        await real.until(prediction_id, lambda told: seen.append(told["status"]) or told["completed_at"])
    return seen


async def test_a_running_render_is_stopped_in_its_worker(real: Server) -> None:
    """After a cancel the same worker is free for the next riff."""
    made = await real.create(version=ENGINE_MODEL, input={"length_s": 60, "num_inference_steps": 1_000})
    await real.until(made["id"], lambda told: told["status"] == "processing")
    workers = {worker.pid for worker in multiprocessing.active_children()}
    _, told, _ = await real.call("POST", f"/v1/predictions/{made['id']}/cancel")
    assert told["status"] == "canceled"
    after = await _made(real, length_s=2, num_inference_steps=1)
    assert after["status"] == "succeeded"
    assert {worker.pid for worker in multiprocessing.active_children()} == workers
