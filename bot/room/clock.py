"""The room's time: the wall clock, never backwards, and movable by tests."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class WallClock:
    """Aware UTC now. Ids are made from it, so it never steps back when the host's clock does."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._latest = datetime.now(UTC)
        self._started_s = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the room began, including what was advanced."""
        return time.monotonic() - self._started_s + self._ahead.total_seconds()

    def now(self) -> datetime:
        """The present moment."""
        self._latest = max(self._latest, datetime.now(UTC) + self._ahead)
        return self._latest

    def advance(self, seconds: float) -> None:
        """Move the room into the future, as if ``seconds`` had passed."""
        self._ahead += timedelta(seconds=seconds)
