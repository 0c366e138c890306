"""The command line, loaded once: each command runs in a fork of its own, as a process that just started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

_LOADED_ONCE = """
import json, os, sys
import bot.app, bot.cli.following, bot.cli.outs, bot.cli.riff, bot.cli.song, bot.cli.telling, bot.providers
from bot.__main__ import main

def run(asked):
    os.chdir(asked["cwd"])
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    code = 1  # as Python's own after a traceback
    try:
        code = main(asked["arguments"])
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class WarmCommands:
    """Runs commands that end by themselves. Get it from :func:`warm_commands`."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._files = {"out": folder / "out", "err": folder / "err"}

    def run(self, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """``python -m bot ARGUMENTS`` in a folder."""
        asked: dict[str, Any] = {"arguments": arguments, "cwd": str(cwd)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        told = {name: str(file) for name, file in self._files.items()}
        self._process.stdin.write(json.dumps({**asked, **told}) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        out, err = (file.read_text("utf-8") for file in self._files.values())
        return subprocess.CompletedProcess(arguments, code, out, err)


@contextmanager
def warm_commands(folder: Path) -> Generator[WarmCommands]:
    """The command line, ready; ``folder`` is for what it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", _LOADED_ONCE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with process:
        try:
            yield WarmCommands(process, folder)
        finally:
            process.kill()
