"""Children end when their parent dies, by any cause."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent

PARENT = """
import asyncio, multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
from bot.processes import follow_parent

def identify():
    return os.getpid()

async def main():
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=follow_parent)
    worker = await asyncio.get_running_loop().run_in_executor(pool, identify)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "RIFFCORD_LIFELINE": "stdin"}, start_new_session=True)
    await child.stdout.readline()
    print(worker, child.pid, flush=True)
    await asyncio.sleep(600)

CHILD = (
    "import time; from bot.processes import follow_parent; follow_parent();"
    "print('up', flush=True); time.sleep(600)"
)
if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nobody_outlives_a_killed_parent(tmp_path: Path, number: signal.Signals) -> None:
    """A pool worker and a command child are gone soon after their parent was killed."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    family = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert len(family) == 2
    parent.send_signal(number)
    parent.wait(10)
    parent.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=15)
    assert alive == []


def test_ready_lines_survive_the_pipe() -> None:
    """What a child says is what its parent reads, addresses with fragments included."""
    from bot.processes import parse_ready

    assert parse_ready("ready page=http://127.0.0.1:1/#a=b api=http://x") == {
        "page": "http://127.0.0.1:1/#a=b",
        "api": "http://x",
    }
    assert parse_ready("something else") is None
