"""How far a piece is: told by stretches and layers, so that whoever waits can see it, or stop it.

What a report raises ends the work at once.
"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the steps that are done and how many there are in all."""

HUNDRED = 100


def share(progress: Progress | None, first: int, last: int) -> Progress | None:
    """Return what reports a part of the work as its share of a hundred steps, `first` to `last`."""
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(first + (last - first) * min(done, total) // max(1, total), HUNDRED)

    return report


class Steps:
    """Counts the steps of one part of the work."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def step(self) -> None:
        """Report one more."""
        self._done += 1
        if self._progress:
            self._progress(min(self._done, self._total), self._total)
