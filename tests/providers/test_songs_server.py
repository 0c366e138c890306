"""The client of songs hosts against our own server of that dialect, with the real engine behind it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.audio.probe import decode
from bot.audio.sound import SAMPLE_RATE_HZ
from bot.jobs.records import Source
from bot.protocol.engine import EngineInput
from bot.protocol.runs import Run
from bot.providers.songs import SongsHost
from bot.web.api.app import open_app
from bot.web.api.pool import RenderPool, worker_processes
from tests.providers.support import Pauses
from tests.web.api.support import growing_pauses_s, listening, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = "[Verse]\nHome again"
MORPHS: dict[str, dict[str, Any]] = {
    "cover": {"prompt_a": "techno"},
    "extend": {"crop_end_at": 4.0, "duration": 12.0},
    "inpaint": {"replace_start_at": 3.0, "replace_end_at": 6.0},
    "swap_vocals": {"prompt_a": "choir"},
    "swap_sound": {"prompt_a": "strings", "normalized_sound_prompt_strength": 1.0},
}


@contextlib.asynccontextmanager
async def client(url: str, **options: Any) -> AsyncGenerator[SongsHost]:
    """A client that never really pauses."""
    host = SongsHost(name="riffusion", base_url=url, **options)
    host.http.pause = host.downloads.pause = Pauses()
    try:
        yield host
    finally:
        await host.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[SongsHost]:
    """A client of one server with two worker processes for all tests here."""
    listener, url = listening()
    pool = RenderPool(worker_processes(2), 2)
    data = tmp_path_factory.mktemp("engine")
    try:
        async with (
            open_app(data=data, own_url=url, tokens=(), private_webhooks=True, pool=pool) as app,
            serving(app, listener),
            client(url, local=True) as host,
        ):
            yield host
    finally:
        await pool.stop()


async def ended(host: SongsHost, run: Run) -> Run:
    """The run when it has ended, asked for as the bot does."""
    pauses_s = growing_pauses_s()
    async with asyncio.timeout(60):
        while True:
            now = await host.get(run.id)
            if now.ended:
                return now
            await asyncio.sleep(next(pauses_s))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def song(real: SongsHost) -> Run:
    """A song that was made once."""
    wanted = EngineInput(prompt_a="fast punk, 180 bpm", lyrics=WORDS, title="Morning", quality="FUZZ-1.0")
    return await ended(real, await real.create(wanted, reference="r", webhook=None))


async def test_a_song_comes_back_twice(real: SongsHost, song: Run, tmp_path: Path) -> None:
    """Both versions, each with its id, its cover and the words, and they are not the same."""
    assert (song.status, song.progress, len(song.results)) == ("succeeded", 1.0, 2)
    assert ",".join(each.id or "" for each in song.results) == song.id
    sounds: list[bytes] = []
    for number, result in enumerate(song.results):
        folder = tmp_path / str(number)
        folder.mkdir()
        fetched = await real.fetch(result, folder)
        assert (await real.fetch_picture(result, folder)).suffix == ".jpg"
        length_s = len(decode(fetched.audio).audio) / SAMPLE_RATE_HZ
        assert length_s == pytest.approx(result.duration_s, abs=0.1)
        assert 8 < length_s < 20
        assert (result.title, result.lyrics) == ("Morning", WORDS)
        sounds.append(fetched.audio.read_bytes())
    assert sounds[0] != sounds[1]


@pytest.mark.parametrize("transform", MORPHS)
async def test_each_transform(real: SongsHost, song: Run, transform: str, tmp_path: Path) -> None:
    """Of a song that the host knows by its id, with its own fields and no others."""
    wanted = EngineInput.model_validate({"transform": transform, **MORPHS[transform]})
    source = Source(file=tmp_path / "unread.json", result_id=song.results[1].id)
    run = await ended(real, await real.create(wanted, reference="r", webhook=None, source=source))
    assert (run.status, len(run.results)) == ("succeeded", 2), run.error


async def test_a_recording_is_covered(real: SongsHost, song: Run, tmp_path: Path) -> None:
    """A file goes up as it is where the host is at home."""
    file = (await real.fetch(song.results[0], tmp_path)).audio
    wanted = EngineInput(transform="cover", prompt_a="bossa nova")
    run = await ended(real, await real.create(wanted, reference="r", webhook=None, source=Source(file=file)))
    assert (run.status, len(run.results)) == ("succeeded", 2), run.error
