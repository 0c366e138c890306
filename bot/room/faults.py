"""Failures that a test asks the room for.

A fault meets the next ``count`` requests whose method and path match. ``refuse`` answers with an error and
does nothing; ``lose`` does the work and drops the connection before the answer; ``hold`` keeps the
request waiting, before or after the work, until the test lets go, so that a process can be killed at just
that moment.
"""

from __future__ import annotations

import asyncio
import enum
import fnmatch
from dataclasses import dataclass, field


class FaultKind(enum.StrEnum):
    """What happens to a request that meets a fault."""

    REFUSE = "refuse"
    LOSE = "lose"
    HOLD_BEFORE = "hold_before"
    HOLD_AFTER = "hold_after"


@dataclass(slots=True)
class Fault:
    """One planned failure. ``count`` None means until cleared."""

    method: str
    path: str
    kind: FaultKind = FaultKind.REFUSE
    status: int = 500
    code: int = 0
    message: str = "Internal Server Error"
    count: int | None = 1
    met: int = 0
    waiting: int = 0
    held: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, method: str, path: str) -> bool:
        """Whether a request to ``path`` (without ``/api/v10``) meets this fault."""
        if self.count is not None and self.met >= self.count:
            return False
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)

    async def hold(self) -> None:
        """Wait until the test releases this fault."""
        self.waiting += 1
        self.held.set()
        try:
            await self.released.wait()
        finally:
            self.waiting -= 1


class FaultTable:
    """The faults in force, first match first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, fault: Fault) -> int:
        """Put a fault in force; returns its number."""
        self.faults.append(fault)
        return len(self.faults) - 1

    def meet(self, method: str, path: str) -> Fault | None:
        """The fault this request runs into, counted as met; None when it passes."""
        for fault in self.faults:
            if fault.matches(method, path):
                fault.met += 1
                return fault
        return None

    def clear(self) -> None:
        """Lift every fault and let the held requests go on."""
        for fault in self.faults:
            fault.count = 0
            fault.released.set()
