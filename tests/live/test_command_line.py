"""``python -m bot riff``: the same engine, server, client and audio path, without Discord."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from aiohttp import web
from PIL import Image

from bot.engine.loudness import integrated_lufs, true_peak_db
from bot.errors import ExitCode
from bot.web.app import serving

ROOT = Path(__file__).parents[2]


def riff(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "riff", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "wav", "flac"])
def test_it_writes_sound_and_picture(tmp_path: Path, suffix: str) -> None:
    """Each format, levelled, with the spectrogram beside it and one line of JSON."""
    out = tmp_path / f"solo.{suffix}"
    done = riff("funky synth solo", "--seed", "3", "--steps", "10", "--out", str(out), "--json")
    assert done.returncode == ExitCode.OK, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"duration_s", "bpm", "key", "lufs", "true_peak_db", "audio", "picture"}
    read, rate = sf.read(told["audio"], always_2d=True)
    samples = read.astype(np.float32)
    assert rate == 44_100
    assert len(samples) / rate == pytest.approx(told["duration_s"], abs=0.06)
    assert abs(integrated_lufs(samples) + 14) <= 0.5
    assert true_peak_db(samples) <= -1.0
    with Image.open(told["picture"]) as picture:
        assert picture.format == "PNG"
        assert picture.height == 512


def test_the_same_seed_writes_the_same_samples(tmp_path: Path) -> None:
    """Exact repeatability, from the prompt to the file."""
    outs = [tmp_path / "one.wav", tmp_path / "two.wav"]
    for out in outs:
        assert riff("jazz piano", "--seed", "9", "--steps", "10", "--out", str(out)).returncode == ExitCode.OK
    first, second = (sf.read(out)[0] for out in outs)
    assert (first == second).all()


def test_a_host_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    """An unknown host and one without its key each say what to do."""
    for host, told in (("nowhere", "Choose one of"), ("replicate", "REPLICATE_API_TOKEN")):
        done = riff("jazz", "--host", host, "--out", "x.mp3", cwd=tmp_path)
        assert done.returncode == ExitCode.BAD_SETTINGS
        assert len(done.stderr.strip().splitlines()) == 1
        assert told in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("", "--out", "x.mp3"), "empty"),
        (("jazz", "--alpha", "nan", "--out", "x.mp3"), "not a number"),
        (("jazz", "--alpha", "2", "--out", "x.mp3"), "between 0 and 1"),
        (("jazz", "--seed-image", "nope", "--out", "x.mp3"), "seed image"),
        (("jazz", "--out", "x.aiff"), ".mp3"),
        (("jazz", "--out", "no/such/folder/x.mp3"), "folder"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    """No trace of Python, nothing written."""
    done = riff(*arguments, cwd=tmp_path)
    assert done.returncode == ExitCode.USAGE
    assert len(done.stderr.strip().splitlines()) == 1
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


async def test_ctrl_c_stops_the_riff_at_the_host_too(tmp_path: Path) -> None:
    """The prediction is cancelled, nothing is written, and a script sees that it was interrupted."""
    asked, cancelled = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        if request.method == "GET":
            asked.set()
        if request.path.endswith("/cancel"):
            cancelled.set()
        return web.json_response({"id": "p1", "status": "processing"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with serving(app, bind="127.0.0.1", port=0) as url:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "riff", "jazz", "--out", "x.mp3"),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "ENGINE_URL": url},
            stderr=asyncio.subprocess.PIPE,
            # A shell that runs the tests in the background has Ctrl-C ignored, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        async with asyncio.timeout(60):
            await asked.wait()
            process.send_signal(signal.SIGINT)
            _, told = await process.communicate()
    assert process.returncode == ExitCode.INTERRUPTED
    assert cancelled.is_set()
    assert b"Traceback" not in told
    assert await asyncio.to_thread(os.listdir, tmp_path) == []
