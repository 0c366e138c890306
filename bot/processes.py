"""Children that never outlive their parent, whatever ends it, ``kill -9`` included.

Two kinds of child exist. One that we start as a command (:func:`start_child`) gets a pipe as its
standard input; the parent holds the only other end, so the kernel closes it when the parent dies.
A worker of ``multiprocessing`` already owns such a pipe: its parent's sentinel.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence

LIFELINE = "RIFFCORD_LIFELINE"
"""Set for children whose standard input is a lifeline."""

STOP_GRACE_S = 10.0
"""How long a process may take to stop by itself before it is ended."""

GIVES_WAY_BY = 5
"""Of 19 steps: a third of the processor where somebody else wants all of it, all of it where nobody does."""


def give_way() -> None:
    """Let those that answer people go first: this process's heavy work gets what they leave.

    A few steps only (POSIX ``nice``): beside other programs that keep a machine busy it goes on, slower.
    """
    os.nice(GIVES_WAY_BY)


def follow_parent() -> None:
    """End this process when its parent dies; returns at once, a daemon thread keeps watch.

    A command child is asked to stop first (SIGTERM to itself) and gets :data:`STOP_GRACE_S`;
    a pool worker has nothing to tidy up and ends on the spot.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        # A terminal's Ctrl-C goes to the whole process group: it is for the parent to decide.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        watch = threading.Thread(target=_end_with_sentinel, args=(parent.sentinel,), daemon=True)
    elif os.environ.pop(LIFELINE, None):
        watch = threading.Thread(target=_end_with_lifeline, daemon=True)
    else:
        return
    watch.name = "follow-parent"
    watch.start()


def _end_with_sentinel(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(0)


def _end_with_lifeline() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_GRACE_S)
    os._exit(1)


def settle() -> None:
    """What start-up made stays for good: the garbage collector need not look through it again.

    It would do so now and then for 100 ms, in which nobody is answered.
    """
    gc.collect()
    gc.freeze()


def say_ready(**facts: str) -> None:
    """Tell the parent, in one line on standard output, that this process serves now."""
    settle()
    line = " ".join(f"{name}={value}" for name, value in facts.items())
    sys.stdout.write(f"ready {line}\n")
    sys.stdout.flush()


def parse_ready(line: str) -> dict[str, str] | None:
    """The facts of a line of :func:`say_ready`; None for any other line."""
    words = line.split()
    if not words or words[0] != "ready":
        return None
    return dict(word.split("=", 1) for word in words[1:] if "=" in word)


async def start_child(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    output: int | None = asyncio.subprocess.PIPE,
    errors: int | None = None,
) -> asyncio.subprocess.Process:
    """Start ``python -m bot ARGUMENTS`` in a session of its own, with a lifeline to this process.

    ``errors`` is where its standard error goes: by default to our own.
    """
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=output,
        stderr=errors,
        env={**environment, LIFELINE: "stdin"},
        start_new_session=True,
    )


async def stop_child(child: asyncio.subprocess.Process) -> None:
    """SIGTERM, then after :data:`STOP_GRACE_S` SIGKILL; returns when it is gone."""
    if child.returncode is not None:
        return
    try:
        child.terminate()
        async with asyncio.timeout(STOP_GRACE_S + 1):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
    except ProcessLookupError:
        await child.wait()


def free_port(bind: str = "127.0.0.1") -> int:
    """A TCP port that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.bind((bind, 0))
        return int(probe.getsockname()[1])


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set ``stop`` on Ctrl-C and SIGTERM."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
