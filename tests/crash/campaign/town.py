"""Everything of a campaign, as whoever orders, kills and counts sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests.crash.campaign.lives import Life
from tests.crash.campaign.view import View
from tests.crash.campaign.weather import Weather
from tests.crash.gate import Gate
from tests.room.driver import RoomDriver

PAID: Final = "replicate"
ENGINE: Final = "engine"
"""Names of the two hosts."""


@dataclass
class Worker:
    """A bot, and the gates through which it speaks to others."""

    life: Life
    discord: Gate
    paid: Gate
    engine: Gate


@dataclass
class Town:
    """A running campaign's places. Get it from :func:`~tests.crash.campaign.opening.town`."""

    room: RoomDriver
    view: View
    books_url: str
    workers: list[Worker]
    """The first takes the members' orders."""
    engine: Life
    web: Life
    """Who takes webhooks in: a process of its own, or the bot."""
    hooks: Gate
    weather: Weather
    folder: Path
    next_host: str
    """Where the next life of the bot that takes orders sends them."""
    _session: aiohttp.ClientSession = field(repr=False)

    @property
    def lives(self) -> list[Life]:
        """Every process that may be killed."""
        return list({id(life): life for life in (*self._bots, self.web, self.engine)}.values())

    @property
    def _bots(self) -> list[Life]:
        return [worker.life for worker in self.workers]

    async def books(self) -> dict[str, Any]:
        """What the paid host has in its books."""
        async with self._session.get(self.books_url) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def kill(self, victim: Life, away_s: float) -> None:
        """``kill -9``; the process comes back after ``away_s``."""
        if victim is self.workers[0].life:
            victim.environment["DEFAULT_HOST"] = self.next_host
        await victim.kill(away_s)

    async def orders_go_to(self, host: str) -> None:
        """Have the bot that takes orders send them to this host: a setting, so it is started anew."""
        life = self.workers[0].life
        if life.environment["DEFAULT_HOST"] != host:
            await life.is_up()
            life.environment["DEFAULT_HOST"] = host
            await life.replace()
