"""A process of the shipped entry point that comes back after each death."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from bot.processes import parse_ready, stop_child
from tests import forked

UP_S = 60.0
_BACK_S = 0.5
"""After it ended by itself; a supervisor would do the same."""


class Life:
    """``python -m bot ROLE``, kept. Killed ones stay away for a while; their logs are all in one file."""

    def __init__(self, name: str, role: str, environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.environment = environment
        self.owner: str | None = None
        """By which name it holds rows, where that has been seen."""
        self.former_owners: set[str] = set()
        """By which names earlier lives held them."""
        self.ended_by_itself: list[int] = []
        self._role = role
        self._log = log
        self._up = asyncio.Event()
        self._process: Process | None = None
        self._expected = False
        self._away_s = 0.0
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, and wait until it serves."""
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")
        await self.is_up()

    async def is_up(self) -> None:
        """Wait until it serves, at once or after its next start."""
        async with asyncio.timeout(UP_S):
            await self._up.wait()

    @property
    def here(self) -> bool:
        """Whether it serves now."""
        return self._up.is_set()

    async def kill(self, away_s: float) -> None:
        """``kill -9``; it comes back after ``away_s``."""
        assert self._process is not None
        self._go(away_s)
        self._process.kill()
        await self._process.wait()

    async def replace(self) -> None:
        """End it as a new version would: asked to stop, then started anew."""
        assert self._process is not None
        self._go(0.0)
        await stop_child(self._process)
        await self.is_up()

    def _go(self, away_s: float) -> None:
        self._up.clear()
        if self.owner is not None:
            self.former_owners.add(self.owner)
        self._expected, self._away_s, self.owner = True, away_s, None

    async def _keep(self) -> None:
        while True:
            with self._log.open("ab") as log:
                self._process = process = await forked.start(
                    *("bot", self._role),
                    environment=self.environment,
                    stdout=PIPE,
                    stderr=log.fileno(),
                    lifeline=True,
                )
            assert process.stdout is not None
            async for line in process.stdout:
                if parse_ready(line.decode()) is not None:
                    self._up.set()
            code = await process.wait()
            self._up.clear()
            self.owner = None
            if self._expected:
                self._expected = False
                await asyncio.sleep(self._away_s)
            else:
                self.ended_by_itself.append(code)
                await asyncio.sleep(_BACK_S)

    async def close(self) -> None:
        """End it for good, by a last kill."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
