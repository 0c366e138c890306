"""``python -m tests.forked.mirror WORD...``: tells what it is, then ends as the first word says."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import stat
import sys
import threading
from pathlib import Path

from bot.processes import follow_parent


def main() -> None:
    """It ``lives`` on, exits with a ``code``, ``raises``, is ``killed`` by itself, or just ``goes``."""
    told = {
        "name": __name__,
        "package": __spec__.name,
        "words": sys.argv[1:],
        "program": sys.argv[0],
        "environment": {name: os.environ[name] for name in sorted(os.environ) if name.isupper()},
        "folder": str(Path.cwd()),
        "own session": os.getsid(0) == os.getpid(),
        "threads": [thread.name for thread in threading.enumerate()],
        "main thread": threading.get_native_id() == os.getpid(),
        "parent by multiprocessing": multiprocessing.parent_process() is not None,
        "open": sorted(_open_descriptors()),
        "signals": {each.name: str(signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGCHLD)},
        "wakeup": signal.set_wakeup_fd(-1),
        "input": stat.S_IFMT(os.fstat(0).st_mode),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    follow_parent()
    match sys.argv[1]:
        case "lives":
            signal.pause()
        case "code":
            sys.exit(3)
        case "raises":
            raise RuntimeError("as the word says")
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case _:
            sys.stdout.write("the end")  # and it is for the interpreter to see that it gets there


def _open_descriptors() -> list[int]:
    return [number for number in range(64) if _is_open(number)]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
