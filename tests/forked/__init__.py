"""Processes without their start: ``python -m MODULE`` as a fork of one that has loaded what they all load.

Loading takes a process of Riffcord most of its start, a second or two of CPU. A fork shares the modules with
its siblings, and the seed of ``hash``. Arguments, environment, descriptors, session and process id are its
own; it runs the module from its first line, ends as a started one, and what it starts is started as ever.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.processes import LIFELINE

ROOT = Path(__file__).parents[2]
_LAST_WORDS_S = 0.2
"""How long an ended process's output is waited for, where others may still hold its pipe."""


class _Heard(asyncio.StreamReaderProtocol):
    """Output of a process, until nobody can write to it any more."""

    def __init__(self) -> None:
        self.reader = asyncio.StreamReader()
        self.ended = asyncio.Event()
        super().__init__(self.reader)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.ended.set()


class Forked(Process):
    """As from ``asyncio.create_subprocess_exec``. Its standard input is a lifeline or nothing."""

    def __init__(self, pid: int, lifeline: int | None, heard: Mapping[str, _Heard]) -> None:
        self.pid = pid
        self.stdin = None
        self.stdout = heard["stdout"].reader if "stdout" in heard else None
        self.stderr = heard["stderr"].reader if "stderr" in heard else None
        self._heard = heard
        self._lifeline = lifeline
        self._ended = asyncio.Event()
        self._code: int | None = None

    @property
    def returncode(self) -> int | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The exit code; None while it runs."""
        return self._code

    def end(self, code: int) -> None:
        """It has ended."""
        self._code = code
        self.abandon()
        self._ended.set()

    def abandon(self) -> None:
        """Let its lifeline go, as the kernel does when this process dies."""
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    async def wait(self) -> int:
        """Wait for its end; the exit code."""
        await self._ended.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                for each in self._heard.values():
                    await each.ended.wait()
        assert self._code is not None
        return self._code

    async def communicate(
        self,
        input: bytes | bytearray | memoryview | None = None,  # noqa: A002  (as its parent has it)
    ) -> tuple[bytes, bytes]:
        """Read all that it says until its end."""
        assert input is None, "nobody would read it"
        said = [stream.read() if stream else _nothing() for stream in (self.stdout, self.stderr)]
        out, err = await asyncio.gather(*said)
        await self.wait()
        return out, err

    def send_signal(self, signal: int) -> None:
        """Raises ``ProcessLookupError`` where it has ended."""
        if self._code is not None:
            raise ProcessLookupError
        os.kill(self.pid, signal)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


async def _nothing() -> bytes:
    return b""


class _Told(asyncio.Protocol):
    """Hears the process id, then the exit code."""

    def __init__(self) -> None:
        self.pid: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.forked: Forked | None = None
        self._heard = b""
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self.pid.done() and b"\n" in self._heard:
            pid, _, self._heard = self._heard.partition(b"\n")
            self.pid.set_result(int(pid))
        self.look()

    def look(self) -> None:
        """Pass the exit code on as soon as there is one, and somebody to pass it to."""
        if self.forked is not None and self._heard.endswith(b"\n"):
            self.forked.end(int(self._heard))
            self._heard = b""
            assert self._transport is not None
            self._transport.close()


@functools.cache
def _door() -> socket.socket:
    """The way to the loaded process of this one; it ends when this one does."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with its:
        loaded = subprocess.Popen(
            [sys.executable, "-m", f"{__name__}.loaded", str(its.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[its.fileno()],
            start_new_session=True,
        )

    def end() -> None:
        ours.close()
        loaded.wait()

    atexit.register(end)
    return ours


def _ask(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    folder: Path | None,
    new_session: bool,
    standard: Sequence[int],
) -> socket.socket:
    """Have a process started; from the socket its id and exit code can be read."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    with its:
        socket.send_fds(_door(), [b"."], [its.fileno()])
    asked = {
        "module": module,
        "arguments": list(arguments),
        "environment": dict(environment),
        "folder": str(folder or Path.cwd()),
        "new_session": new_session,
    }
    socket.send_fds(ours, [b" "], list(standard))
    ours.sendall(json.dumps(asked).encode() + b"\n")
    return ours


def run(
    module: str, *arguments: str, environment: Mapping[str, str], folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m module`` to its end, as ``subprocess.run`` would, and read what it says."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, Path(os.devnull).open() as nothing:
        standard = [nothing.fileno(), out.fileno(), err.fileno()]
        with _ask(
            module, arguments, environment, folder=folder, new_session=False, standard=standard
        ) as asked:
            told = asked.makefile()
            int(told.readline())
            code = int(told.readline())
        said: list[str] = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
    return subprocess.CompletedProcess([module, *arguments], code, *said)


async def start(
    module: str,
    *arguments: str,
    environment: Mapping[str, str],
    stdout: int | None = None,
    stderr: int | None = None,
    lifeline: bool = False,
) -> Forked:
    """Start ``python -m module`` in the working folder.

    ``stdout`` and ``stderr`` are ``PIPE``, a descriptor, or by default our own; with a ``lifeline`` it ends
    with this process and has a session of its own, as from ``bot.processes.start_child``.
    """
    loop = asyncio.get_running_loop()
    heard: dict[str, _Heard] = {}
    standard = [os.open(os.devnull, os.O_RDONLY)]
    held: int | None = None
    if lifeline:
        os.close(standard.pop())
        read, held = os.pipe()
        standard.append(read)
        environment = {**environment, LIFELINE: "stdin"}
    for number, (name, wanted) in enumerate((("stdout", stdout), ("stderr", stderr)), start=1):
        if wanted != PIPE:
            standard.append(os.dup(number if wanted is None else wanted))
            continue
        read, write = os.pipe()
        standard.append(write)
        _, heard[name] = await loop.connect_read_pipe(_Heard, os.fdopen(read, "rb"))
    asked = _ask(module, arguments, environment, folder=None, new_session=lifeline, standard=standard)
    for descriptor in standard:
        os.close(descriptor)
    _, told = await loop.create_connection(_Told, sock=asked)
    told.forked = forked = Forked(await told.pid, held, heard)
    told.look()
    return forked
