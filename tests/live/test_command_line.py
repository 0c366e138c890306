"""``python -m bot riff``: the same engine, server, client and audio path, without Discord."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from aiohttp import web
from PIL import Image

from bot.engine import SEED_IMAGE_IDS
from bot.engine.loudness import integrated_lufs, true_peak_db
from bot.errors import ExitCode
from bot.processes import free_port, parse_ready
from bot.settings import AS_CALLED
from bot.web.app import serving
from tests import forked


@pytest.fixture(scope="module")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An engine that runs already, as beside a bot: a private one takes two seconds of CPU to start."""
    port = free_port()
    told = {"ENGINE_PORT": str(port), "ENGINE_PUBLIC_URL": AS_CALLED, "ENGINE_WORKERS": "1"}
    engine = subprocess.Popen(
        [sys.executable, "-m", "bot", "engine"],
        env={**os.environ, **told, "RIFFCORD_DATA": str(tmp_path_factory.mktemp("engine"))},
        cwd=forked.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with engine:
        assert engine.stdout is not None
        assert any(parse_ready(line) is not None for line in engine.stdout)
        yield f"http://127.0.0.1:{port}"
        engine.terminate()


def riff(*arguments: str, cwd: Path = forked.ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    """Make a riff."""
    return command("riff", *arguments, cwd=cwd, **settings)


def command(*arguments: str, cwd: Path = forked.ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command, on a private engine where ``ENGINE_URL`` is none of the settings."""
    environment = {**os.environ, "PYTHONPATH": str(forked.ROOT), **settings}
    return forked.run("bot", *arguments, environment=environment, folder=cwd)


def typed(*arguments: str) -> subprocess.CompletedProcess[str]:
    """As :func:`command`, from a start as a person's."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=forked.ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "wav", "flac"])
def test_it_writes_sound_and_picture(tmp_path: Path, suffix: str, engine_url: str) -> None:
    """Each format, levelled, with the spectrogram beside it and one line of JSON."""
    out = tmp_path / f"solo.{suffix}"
    asked = ("funky synth solo", "--seed", "3", "--steps", "10", "--out", str(out), "--json")
    done = typed("riff", *asked) if suffix == "wav" else riff(*asked, ENGINE_URL=engine_url)
    assert done.returncode == ExitCode.OK, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"duration_s", "bpm", "key", "lufs", "true_peak_db", "seed", "audio", "picture"}
    assert told["seed"] == 3
    read, rate = sf.read(told["audio"], always_2d=True)
    samples = read.astype(np.float32)
    assert rate == 44_100
    assert len(samples) / rate == pytest.approx(told["duration_s"], abs=0.06)
    assert abs(integrated_lufs(samples) + 14) <= 0.5
    assert true_peak_db(samples) <= -1.0
    with Image.open(told["picture"]) as picture:
        assert picture.format == "PNG"
        assert picture.height == 512


def test_the_same_seed_writes_the_same_samples(tmp_path: Path, engine_url: str) -> None:
    """Exact repeatability, from the prompt to the file, on two engines."""
    asked = ("jazz piano", "--seed", "9", "--steps", "10", "--out")
    outs = [tmp_path / "one.wav", tmp_path / "two.wav"]
    assert riff(*asked, str(outs[0])).returncode == ExitCode.OK
    assert riff(*asked, str(outs[1]), ENGINE_URL=engine_url).returncode == ExitCode.OK
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
        (("jazz", "--like", "missing.json", "--out", "x.mp3"), "no file missing.json"),
        (("jazz", "--midi", "x.txt", "--out", "x.mp3"), ".mid"),
        (("jazz", "--bars", "4", "--length-s", "8", "--out", "x.mp3"), "not both"),
        (("jazz", "--stems", "x", "--host", "replicate", "--out", "x.mp3"), "built-in engine only"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    """No trace of Python, nothing written."""
    done = riff(*arguments, cwd=tmp_path)
    assert done.returncode == ExitCode.USAGE
    assert len(done.stderr.strip().splitlines()) == 1
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("song", " ", "--out", "x.mp3"), ExitCode.USAGE, "empty"),
        (("song", "folk", "--lyrics", "la", "--instrumental", "--out", "x.mp3"), ExitCode.USAGE, "lyrics"),
        (("song", "folk", "--length-s", "500", "--out", "x.mp3"), ExitCode.USAGE, "--length-s"),
        (
            ("song", "folk", "--lyrics", "words.txt", "--out", "x.mp3"),
            ExitCode.USAGE,
            "no file words.txt",
        ),
        (("song", "folk", "--lyrics", "./words", "--out", "x.mp3"), ExitCode.USAGE, "no file ./words"),
        (
            ("morph", __file__, "--transform", "cover", "--lyrics", "no/words", "--out", "x.mp3"),
            ExitCode.USAGE,
            "no file no/words",
        ),
        (
            ("morph", "none.json", "--transform", "cover", "--tags", "jazz", "--out", "x.mp3"),
            ExitCode.USAGE,
            "no file none.json",
        ),
        (
            ("morph", __file__, "--transform", "cover", "--tags", "jazz", "--out", "x.mp3"),
            ExitCode.JOB_FAILED,
            "neither a score",
        ),
    ],
)
def test_a_song_that_cannot_be_made_is_one_clear_line(
    tmp_path: Path, engine_url: str, arguments: tuple[str, ...], code: ExitCode, told: str
) -> None:
    """Mistakes and sources that are no music alike."""
    done = command(*arguments, cwd=tmp_path, ENGINE_URL=engine_url)
    assert done.returncode == code
    assert len(done.stderr.strip().splitlines()) == 1
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_riff_goes_with_another_and_tells_how(tmp_path: Path, engine_url: str) -> None:
    """Score, MIDI and stems are written; the next riff takes the score; --explain says what was decided."""
    score, midi, stems = tmp_path / "a.json", tmp_path / "a.mid", tmp_path / "stems"
    done = riff(
        *("techno 128 bpm", "--steps", "2", "--bars", "2", "--seed", "5", "--out", str(tmp_path / "a.mp3")),
        *("--score", str(score), "--midi", str(midi), "--stems", str(stems)),
        ENGINE_URL=engine_url,
    )
    assert done.returncode == ExitCode.OK, done.stderr
    assert "seed 5" in done.stdout
    assert midi.read_bytes().startswith(b"MThd")
    assert len(list(stems.glob("*.wav"))) > 2
    beside = tmp_path / "b.wav"
    asked = ("banjo", "--steps", "2", "--like", str(score), "--out", str(beside), "--explain")
    done = riff(*asked, ENGINE_URL=engine_url)
    assert done.returncode == ExitCode.OK, done.stderr
    assert "Tempo: 128 beats a minute" in done.stdout
    assert sf.info(beside).duration == pytest.approx(json.loads(score.read_text())["frames"] / 100)


def test_the_seed_pictures_are_named_in_the_help() -> None:
    """All eleven ids."""
    told = riff("--help").stdout
    assert all(name in told.replace("\n", "").replace(" ", "") for name in SEED_IMAGE_IDS)


def test_a_song_is_written_take_by_take_and_morphed(tmp_path: Path, engine_url: str) -> None:
    """Each take has sound, picture, lyrics and score; the score of one becomes a cover of it."""
    lyrics = tmp_path / "words.txt"
    lyrics.write_text("[Verse]\nThe morning comes again to me\nI see the light upon the sea\n")
    done = typed(
        *("song", "indie folk, banjo", "--lyrics", str(lyrics), "--title", "Morning", "--length-s", "12"),
        *("--seed", "8", "--out", str(tmp_path / "song.mp3"), "--json"),
    )
    assert done.returncode == ExitCode.OK, done.stderr
    takes = json.loads(done.stdout)["takes"]
    assert [Path(take["audio"]).name for take in takes] == ["song-1.mp3", "song-2.mp3"]
    for take in takes:
        assert take["seed"] == 8
        assert "morning comes again" in Path(take["lrc"]).read_text()
        samples = sf.read(take["audio"], always_2d=True)[0].astype(np.float32)
        assert abs(integrated_lufs(samples) + 14) <= 0.5
        with Image.open(take["picture"]) as picture:
            assert picture.height == 512
    cover = tmp_path / "cover.ogg"
    done = command(
        *("morph", takes[0]["score"], "--transform", "cover", "--tags", "techno", "--cover-strength", "1"),
        *("--out", str(cover), "--explain"),
        ENGINE_URL=engine_url,
    )
    assert done.returncode == ExitCode.OK, done.stderr
    assert "techno" in done.stdout
    assert sf.info(cover).duration > 5


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
            env={**os.environ, "PYTHONPATH": str(forked.ROOT), "ENGINE_URL": url},
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
