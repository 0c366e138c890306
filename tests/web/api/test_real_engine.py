"""The real engine in real worker processes, behind the real server."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import multiprocessing
import re
import wave
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import numpy as np
import pytest
import pytest_asyncio
import soundfile as sf
from PIL import Image

from bot.engine import score_from_json
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


async def test_a_riff_can_be_had_in_every_way(real: Server) -> None:
    """Score, MIDI, stems that sum to the mix, FLAC, two takes, and what was decided."""
    sent = {
        "prompt_a": "funk",
        "bars": 1,
        "num_inference_steps": 2,
        "seed": 4,
        "format": "flac",
        "stems": True,
        "explain": True,
        "takes": 2,
    }
    told = await _made(real, **sent)
    assert told["status"] == "succeeded", told["error"]
    output = EngineOutput.model_validate(told["output"])
    whole = await _samples(real, output.audio)
    assert output.stems is not None
    parts = [await _samples(real, address) for address in output.stems.values()]
    assert len(parts) > 2
    rest_db = 20 * np.log10(np.abs(np.sum(parts, axis=0) - whole).max())
    assert rest_db < -60
    score = score_from_json(json.loads(await _bytes(real, output.score or "")))
    assert (score.bars, score.seed) == (1, 4)
    assert (await _bytes(real, output.midi or "")).startswith(b"MThd")
    assert output.explained is not None
    assert output.explained["key"]["name"] == output.key
    assert output.takes is not None
    assert [take.seed for take in output.takes] == [4, 5]
    assert output.takes[0].audio == output.audio
    assert (await _samples(real, output.takes[1].audio)).shape[1] == 2
    assert told["logs"].rstrip().splitlines()[-1].startswith("100%")


@pytest.mark.parametrize(("form", "start"), [("mp3", b"\xff"), ("ogg", b"OggS"), ("wav", b"RIFF")])
async def test_each_format_is_what_it_says(real: Server, form: str, start: bytes) -> None:
    """By its first bytes, its address and its type."""
    told = await _made(real, prompt_a="techno", bars=1, num_inference_steps=1, format=form)
    address = told["output"]["audio"]
    assert address.endswith(f"/riff.{form}")
    content = await _bytes(real, address)
    assert content.startswith(start)
    samples, rate = sf.read(io.BytesIO(content), always_2d=True)
    assert rate == 44_100
    assert len(samples) / rate == pytest.approx(told["output"]["duration_s"], abs=0.06)


async def test_a_riff_goes_with_another_persons(real: Server) -> None:
    """Named by the address of its score, as an object or as data: the same length, to the sample."""
    first = (await _made(real, prompt_a="techno 128 bpm", num_inference_steps=1))["output"]
    score = json.loads(await _bytes(real, first["score"]))
    for like in (first["score"], score):
        told = await _made(real, prompt_a="banjo", like=like, num_inference_steps=1)
        assert told["status"] == "succeeded", told["error"]
        assert (told["output"]["bpm"], told["output"]["key"]) == (first["bpm"], first["key"])
        assert told["output"]["duration_s"] == first["duration_s"]


@pytest.mark.parametrize(
    ("like", "told"),
    [
        ({"format": 1}, "A score of format 1 cannot be read by this version."),
        ("data:text/plain,hello", "The source is neither a score nor audio that can be read."),
        ("data:application/json,{", "The score is not a JSON document."),
    ],
)
async def test_music_that_is_none_fails_in_a_sentence(real: Server, like: Any, told: str) -> None:
    """What cannot be decoded fails the prediction."""
    ended = await _made(real, prompt_a="banjo", like=like)
    assert (ended["status"], ended["error"]) == ("failed", told)


async def test_a_song_has_takes_lyrics_and_progress(real: Server) -> None:
    """Two takes that differ, synced lyrics with each, and logs that tell more than the end."""
    told = await _made(
        real,
        prompt_a="indie folk, banjo",
        lyrics="[Verse]\nThe morning comes again to me\nI see the light upon the sea",
        title="Morning",
        length_s=12,
        seed=3,
    )
    assert told["status"] == "succeeded", told["error"]
    output = EngineOutput.model_validate(told["output"])
    assert output.takes is not None
    assert len(output.takes) == 2
    first, second = [await _samples(real, take.audio) for take in output.takes]
    assert len(first) != len(second) or not np.array_equal(first, second)
    for take in output.takes:
        assert "morning comes again" in (await _bytes(real, take.lrc or "")).decode()
        assert take.title == "Morning"
    percents = re.findall(r"(\d+)%\|", told["logs"])
    assert len(set(percents)) >= 4


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"transform": "cover", "prompt_a": "jazz"}, None),
        ({"transform": "extend", "prompt_a": "jazz", "duration": 20}, None),
        ({"transform": "swap_vocals"}, "Swapping voices needs a song that was made here"),
        ({"prompt_a": "banjo", "num_inference_steps": 1}, None),
        ({"prompt_a": "banjo", "like_as": "layer"}, "goes beside a recording only"),
    ],
)
async def test_a_recording_is_morphed_and_gone_with(
    real: Server, sent: dict[str, Any], told: str | None
) -> None:
    """An upload is probed, not trusted; what needs a score says so."""
    loop = (await _made(real, prompt_a="house 120 bpm", bars=4, num_inference_steps=1, format="ogg"))[
        "output"
    ]
    recording = "data:audio/x;base64," + base64.b64encode(await _bytes(real, loop["audio"])).decode()
    ended = await _made(real, **{"audio" if "transform" in sent else "like": recording}, **sent)
    if told is None:
        assert ended["status"] == "succeeded", ended["error"]
        assert (await _samples(real, ended["output"]["audio"])).shape[1] == 2
        assert score_from_json(json.loads(await _bytes(real, ended["output"]["score"])))
    else:
        assert ended["status"] == "failed"
        assert told in ended["error"]


async def test_morphs_start_from_a_stored_score(real: Server) -> None:
    """By its address; a stretch made anew, and that morphed again."""
    riff = (await _made(real, prompt_a="house 120 bpm", bars=4, num_inference_steps=1))["output"]
    span = {"replace_start_at": 2, "replace_end_at": 4}
    for _ in range(2):
        told = await _made(real, transform="inpaint", score=riff["score"], stems=True, **span)
        assert told["status"] == "succeeded", told["error"]
        riff = told["output"]
        assert len(riff["stems"]) > 1


async def _samples(real: Server, address: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    samples, _ = sf.read(io.BytesIO(await _bytes(real, address)), always_2d=True)
    return samples.astype(np.float64)
