"""How a worker tells how far it is, and how the server tells it to stop: two small files.

Files, not a queue: a worker that is killed in the middle of a ``Queue.put`` leaves its lock held and
the others waiting for ever, and a file works the same in a thread, a process or on another machine.
"""

from __future__ import annotations

import re
from pathlib import Path

_PROGRESS = "progress"
_STOP = "stop"
_RECORD = "{:>11} {:>11}\n"
_RECORD_BYTES = 24
_STEP = re.compile(r"%\|[# ]*\| (\d+)/\d+")


class Stopped(Exception):
    """The server wants this render no more."""


class Reporter:
    """The worker's side. Made once a render."""

    def __init__(self, folder: Path) -> None:
        self._progress = folder / _PROGRESS
        self._stop = folder / _STOP

    def step(self, done: int, total: int) -> None:
        """Report ``done`` of ``total`` steps. Raises :class:`Stopped` when nobody wants the render."""
        # Gone with its folder, or told to: either way nobody waits for the result.
        if self._stop.exists() or not self._stop.parent.exists():
            raise Stopped
        self._progress.write_bytes(_RECORD.format(done, total).encode())


def read_progress(folder: Path) -> tuple[int, int] | None:
    """(done, total) as last reported; None before the first report."""
    try:
        record = (folder / _PROGRESS).read_bytes()
    except FileNotFoundError:
        return None
    # Read while it was being written, a record is short: the next one will do.
    words = record.split() if len(record) == _RECORD_BYTES else []
    return (int(words[0]), int(words[1])) if len(words) == 2 else None


def ask_to_stop(folder: Path) -> None:
    """Make the render in ``folder`` end at its next step; no error when there is none."""
    if folder.exists():
        (folder / _STOP).touch()


def tqdm_line(done: int, total: int, elapsed_s: float) -> str:
    """One line as tqdm writes it, which clients of this API read their progress from."""
    percent = 100 * done // total
    bar = f"{'#' * (percent // 10):<10}"
    rate = done / elapsed_s if elapsed_s > 0 else 0.0
    left = _clock((total - done) / rate) if rate > 0 else "?"
    speed = f"{rate:.2f}" if rate > 0 else "?"
    return f"{percent:3d}%|{bar}| {done}/{total} [{_clock(elapsed_s)}<{left}, {speed}it/s]\n"


def steps_told(logs: str) -> int:
    """The last step that the lines of :func:`tqdm_line` in ``logs`` tell of."""
    found = _STEP.findall(logs)
    return int(found[-1]) if found else 0


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"
