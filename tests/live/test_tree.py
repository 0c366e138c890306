"""``python -m bot`` as a person starts it: one address, one tree, nothing left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from asyncio import sleep, subprocess, timeout
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import psutil
from aiohttp import web

from bot.errors import ExitCode

ROOT = Path(__file__).parents[2]
UP_S = 60.0
LOOK_S = 0.1


@contextlib.asynccontextmanager
async def started(data: Path, **settings: str) -> AsyncGenerator[subprocess.Process]:
    """The command of the README, its output in pipes; one engine worker, since each costs time to start."""
    process = await subprocess.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "RIFFCORD_DATA": str(data),
            "LOG_LEVEL": "WARNING",
            "ENGINE_WORKERS": "1",
            **settings,
        },
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def address_of(process: subprocess.Process) -> str:
    """The one line that is printed when all is up."""
    assert process.stdout is not None
    async with timeout(UP_S):
        line = (await process.stdout.readline()).decode().strip()
    assert line.startswith("http://127.0.0.1:"), line
    return line


def family_of(process: subprocess.Process) -> list[psutil.Process]:
    """Everything below the process."""
    return psutil.Process(process.pid).children(recursive=True)


def command_of(process: psutil.Process) -> str:
    """The last word of its command line."""
    with contextlib.suppress(psutil.Error):
        return (process.cmdline() or [""])[-1]
    return ""


async def ends_with_all_below(process: subprocess.Process, number: signal.Signals) -> None:
    """The signal ends the whole tree, with code 0."""
    family = family_of(process)
    assert {"engine", "room", "bot"} <= {command_of(member) for member in family}
    process.send_signal(number)
    async with timeout(UP_S):
        assert await process.wait() == ExitCode.OK
    assert psutil.wait_procs(family, timeout=10)[1] == []


async def test_it_prints_one_address_owns_its_data_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    """Room, engine with workers, and bot are up behind the address; a second tree is refused, in one line."""
    async with started(tmp_path, ENGINE_WORKERS="0") as process:
        url = await address_of(process)
        async with aiohttp.ClientSession() as session, session.get(url.partition("#")[0]) as page:
            assert page.status == 200
            assert "Riffcord" in await page.text()
        async with started(tmp_path) as second:
            code, lines = await ended(second)
        assert code == ExitCode.DATA_IN_USE
        assert [str(tmp_path) in line for line in lines] == [True]
        await ends_with_all_below(process, signal.SIGINT)


async def test_a_dead_bot_comes_back_and_ends_with_sigterm(tmp_path: Path) -> None:
    """The supervisor starts a killed bot again, while room and engine live on; it leaves nobody behind."""
    async with started(tmp_path) as process:
        await address_of(process)
        before = {command_of(member): member.pid for member in family_of(process)}
        os.kill(before["bot"], signal.SIGKILL)
        async with timeout(UP_S):
            while True:
                now = {command_of(member): member.pid for member in family_of(process)}
                if now.get("bot", before["bot"]) != before["bot"]:
                    break
                await sleep(LOOK_S)
        assert (now["room"], now["engine"]) == (before["room"], before["engine"])
        await ends_with_all_below(process, signal.SIGTERM)


async def test_nothing_outlives_a_killed_parent(tmp_path: Path) -> None:
    """``kill -9`` of the supervisor ends room, engine, bot and all their workers."""
    async with started(tmp_path) as process:
        await address_of(process)
        family = family_of(process)
        assert len(family) >= 5
        process.kill()
        await process.wait()
        assert psutil.wait_procs(family, timeout=20)[1] == []


@contextlib.asynccontextmanager
async def discord_that_says(status: int) -> AsyncGenerator[str]:
    """A Discord that answers everything with one status."""

    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"message": "no", "code": 0}, status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    finally:
        await runner.cleanup()


async def ended(process: subprocess.Process) -> tuple[int, list[str]]:
    """Exit code and what stood on standard error, log lines left out."""
    async with timeout(UP_S):
        _, told = await process.communicate()
    assert process.returncode is not None
    lines = [line for line in told.decode().splitlines() if line and not line.startswith("20")]
    return process.returncode, lines


async def test_a_wrong_token_is_one_line_and_a_code(tmp_path: Path) -> None:
    """Discord says 401: what to do, in one line, without the token."""
    async with (
        discord_that_says(401) as api,
        started(tmp_path, DISCORD_TOKEN="not.a.token", DISCORD_API_URL=api) as process,
    ):
        code, lines = await ended(process)
    assert code == ExitCode.BAD_TOKEN
    assert len(lines) == 1
    assert "DISCORD_TOKEN" in lines[0]
    assert "not.a.token" not in lines[0]


async def test_an_unreachable_discord_is_one_line_and_a_code(tmp_path: Path) -> None:
    """Nobody answers: one line, and another code; also where the engine is somebody else's."""
    nowhere = "http://127.0.0.1:9"
    async with started(
        tmp_path,
        DISCORD_TOKEN="some.good.token",
        DISCORD_API_URL=f"{nowhere}/api/v10",
        ENGINE_URL=nowhere,
    ) as process:
        code, lines = await ended(process)
    assert code == ExitCode.DISCORD_UNREACHABLE
    assert len(lines) == 1


async def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    """A value that cannot be used is one line that names the setting."""
    async with started(tmp_path, WEB_PORT="many") as process:
        code, lines = await ended(process)
    assert code == ExitCode.BAD_SETTINGS
    assert "WEB_PORT" in lines[0]
