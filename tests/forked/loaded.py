"""The loaded process: whatever is asked of it becomes a fork that runs one module as ``python -m`` does.

``python -m tests.forked.loaded FD``: through the socket FD comes a socket for each process to be started.
Its process id goes back through that, and once it has ended its exit code, a line each. The fork itself reads
what it shall be: its descriptors for standard input, output and errors, and a line of JSON.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
from typing import Any

LOADED = (
    "aiosqlite",
    "psycopg",
    "bot.app",
    "bot.client",
    "bot.audio.finisher",
    "bot.cli.jobs",
    "bot.cli.db",
    "bot.cli.following",
    "bot.cli.outs",
    "bot.cli.parser",
    "bot.cli.riff",
    "bot.cli.song",
    "bot.cli.telling",
    "bot.gate",
    "bot.jobs.service",
    "bot.keys.paying",
    "bot.keys.vault",
    "bot.logs",
    "bot.moderation.doors",
    "bot.patience",
    "bot.providers",
    "bot.room.host",
    "bot.store.places",
    "bot.web.api.app",
    "bot.web.api.serve",
    "bot.web.app",
    "bot.web.downloads",
    "encodings.idna",
    "multiprocessing.popen_spawn_posix",
    "multiprocessing.synchronize",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
)
"""What the processes load at their start."""

_CLOSED_UP_TO = 4096


def serve(door: int) -> int:
    """Fork for each socket that comes through the door; returns in forks only, with their sockets."""
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.signal(signal.SIGCHLD, _notice)
    signal.set_wakeup_fd(waking)
    running: dict[int, int] = {}
    while True:
        ready = select.select([door, woken], [], [])[0]
        if woken in ready:
            os.read(woken, 4096)
            _tell_ends(running)
        if door in ready:
            asked = _next_of(door)
            if asked is None:
                os._exit(0)  # whoever asks is gone
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                return asked
            running[pid] = asked
            _tell(asked, pid)


def _notice(*_: object) -> None:
    """A handler, or the system would not tell us."""


def _next_of(door: int) -> int | None:
    with socket.socket(fileno=os.dup(door)) as listening:
        _, descriptors, _, _ = socket.recv_fds(listening, 1, 1)
    return descriptors[0] if descriptors else None


def _tell_ends(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        asked = running.pop(pid)
        _tell(asked, os.waitstatus_to_exitcode(status))
        os.close(asked)


def _tell(asked: int, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody waits for this one any more
        os.write(asked, f"{number}\n".encode())


def become(asked: int) -> str:
    """Make this process what was asked for, as if it had just been started; returns the module to be run."""
    with socket.socket(fileno=os.dup(asked)) as telling:
        line, standard, _, _ = socket.recv_fds(telling, 65536, 3)
        while not line.endswith(b"\n"):
            line += telling.recv(65536)
    wanted: dict[str, Any] = json.loads(line)
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
    os.closerange(3, _CLOSED_UP_TO)
    if wanted["new_session"]:
        os.setsid()
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["folder"])
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, buffering)
        for number, (mode, buffering) in enumerate([("r", -1), ("w", -1), ("w", 1)])
    )
    sys.argv = ["", *wanted["arguments"]]
    return wanted["module"]


def main() -> None:
    """Load, and fork; in a fork, run."""
    for name in LOADED:
        importlib.import_module(name)
    if threading.active_count() > 1:
        raise RuntimeError("a thread would not be there in a fork")
    gc.collect()
    gc.freeze()  # or looking for garbage would copy each page of it
    module = become(serve(int(sys.argv[1])))
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
