"""Servers come and go; what was accepted is finished and told."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import psutil
import pytest

from bot.errors import ExitCode, StartupError
from bot.processes import free_port
from bot.protocol.predictions import ENGINE_MODEL
from bot.settings import Settings, load
from bot.web.api import serve_engine
from tests import forked
from tests.web.api.support import Server, TinyEngine, receiver, server


async def test_a_stopped_server_hands_over_what_it_accepted(tmp_path: Path) -> None:
    """Queued and running ones are finished by the next server; none starts over as ``starting``."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine:
        ids = [(await engine.create())["id"] for _ in range(3)]
        await engine.until(ids[0], lambda told: told["status"] == "processing" and bool(tiny.jobs))
    held = TinyEngine()
    held.free.clear()
    async with server(tmp_path, engine=held) as engine:
        _, told, _ = await engine.call("GET", f"/v1/predictions/{ids[0]}")
        assert told["status"] == "processing"
        held.free.set()
        assert [(await engine.ended(each))["status"] for each in ids] == ["succeeded"] * 3
    assert [job.wanted.specs for job in held.jobs[:1]] == [job.wanted.specs for job in tiny.jobs]


@contextlib.asynccontextmanager
async def _process(data: Path, port: int) -> AsyncGenerator[Process]:
    """``python -m bot engine`` with one worker, answering."""
    environment = {
        **os.environ,
        "RIFFCORD_DATA": str(data),
        "ENGINE_PORT": str(port),
        "ENGINE_WORKERS": "1",
    }
    process = await forked.start("bot", "engine", environment=environment, stdout=PIPE, stderr=PIPE)
    try:
        assert process.stdout is not None
        assert (await process.stdout.readline()).startswith(b"ready ")
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_kill_9_loses_nothing(tmp_path: Path) -> None:
    """Every accepted riff is played and its webhook sent, once each; no worker outlives its server."""
    port = free_port()
    async with receiver() as hook, aiohttp.ClientSession() as session:
        running = Server(url=f"http://127.0.0.1:{port}", engine=TinyEngine(), session=session)
        async with _process(tmp_path, port) as process:
            ids = [
                (
                    await running.create(
                        version=ENGINE_MODEL,
                        input={"length_s": 20, "num_inference_steps": 5},
                        webhook=hook.url,
                        webhook_events_filter=["completed"],
                    )
                )["id"]
                for _ in range(3)
            ]
            await running.until(ids[0], lambda told: told["status"] == "processing")
            children = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGKILL)
            assert process.stderr is not None
            assert b"leaked" not in await process.stderr.read()  # to its end: the last child is gone
        _, alive = await asyncio.to_thread(psutil.wait_procs, children, 5)
        assert alive == []
        async with _process(tmp_path, port):
            heard = [await hook.next() for _ in ids]
            assert sorted(each.told["id"] for each in heard) == sorted(ids)
            assert {each.told["status"] for each in heard} == {"succeeded"}
            assert [(await running.ended(each))["status"] for each in ids] == ["succeeded"] * 3
        assert hook.heard.empty()


def _settings(**given: object) -> Settings:
    return load(None, **given)


async def _fails(settings: Settings) -> StartupError:
    with pytest.raises(StartupError) as caught:
        await serve_engine(settings, on_ready=lambda _: None, stop=asyncio.Event())
    return caught.value


async def test_an_open_address_needs_tokens(tmp_path: Path) -> None:
    """Without a token it binds to loopback only and has no public address, and says so."""
    for opened in ({"engine_bind": "::"}, {"public_url": "https://music.test"}):
        error = await _fails(_settings(**opened, riffcord_data=tmp_path))
        assert (error.problem, error.exit_code) == ("engine_tokens_needed", ExitCode.BAD_SETTINGS)


async def test_a_taken_port_is_told(tmp_path: Path) -> None:
    """The port of another program is a start-up error that names it."""
    async with receiver() as hook:
        port = int(hook.url.split(":")[2].split("/")[0])
        error = await _fails(_settings(engine_port=port, riffcord_data=tmp_path))
    assert (error.problem, error.exit_code) == ("port_in_use", ExitCode.PORT_IN_USE)


async def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    """One process owns the file; the second says so instead of rendering everything twice."""
    async with server(tmp_path):
        error = await _fails(_settings(riffcord_data=tmp_path, engine_workers=1))
    assert (error.problem, error.exit_code) == ("data_in_use", ExitCode.DATA_IN_USE)
