"""A fork of the loaded process cannot be told from a process that was started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.processes import LIFELINE
from tests import forked
from tests.forked import Forked

MIRROR = "tests.forked.mirror"


@pytest.mark.parametrize("word", ["goes", "code", "raises", "killed"])
def test_it_says_of_itself_what_a_started_one_says(tmp_path: Path, word: str) -> None:
    """Arguments, environment, folder, descriptors, signals, threads, what it wrote, and how it ended."""
    environment = {**os.environ, "PYTHONPATH": str(forked.ROOT), "SOMETHING": "else"}
    del environment["HOME"]
    started = subprocess.run(
        [sys.executable, "-m", MIRROR, word, "two words"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    fork = forked.run(MIRROR, word, "two words", environment=environment, folder=tmp_path)
    assert fork.returncode == started.returncode
    assert fork.stdout == started.stdout
    assert fork.stderr.splitlines()[-1:] == started.stderr.splitlines()[-1:]


async def mirrored(process: Process) -> dict[str, Any]:
    """What it says of itself."""
    assert process.stdout is not None
    return json.loads(await process.stdout.readline())


async def test_it_ends_with_its_lifeline_and_by_signals() -> None:
    """In a session of its own, with a pipe as its input, as from ``start_child``; gone once it has ended."""
    for end, number in (
        (Forked.abandon, signal.SIGTERM),
        (Forked.terminate, signal.SIGTERM),
        (Forked.kill, signal.SIGKILL),
    ):
        process = await forked.start(MIRROR, "lives", environment=os.environ, stdout=PIPE, lifeline=True)
        told = await mirrored(process)
        assert told["own session"]
        assert told["environment"][LIFELINE] == "stdin"
        assert psutil.pid_exists(process.pid)
        assert process.returncode is None
        end(process)
        assert await process.wait() == process.returncode == -number
        assert not psutil.pid_exists(process.pid)
        with pytest.raises(ProcessLookupError):
            process.kill()
