"""The paid host in a process of its own: the stand-in, whose calls and webhooks meet accidents.

``python -m tests.crash.campaign.paid_host SEED`` prints its address and that of its books; SIGTERM ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass, field
from typing import Any, Final, get_args

import aiohttp
from aiohttp import web

from tests.peers.standin import Point, StandIn, standin
from tests.peers.standin.telling import Message, Teller, message

ANSWERS_LOST: Final = {"lost response": 0.03, "500 after acceptance": 0.01, "truncated JSON": 0.01}
"""Of orders: accepted, and charged, without an answer that says so."""
ACCIDENTS: Final[dict[Point, dict[str, float]]] = {
    "create": {**ANSWERS_LOST, "503": 0.02, "dropped": 0.02, "429 with header": 0.01, "slow body": 0.03},
    "get": {"500": 0.03, "dropped": 0.02, "truncated JSON": 0.01, "429 with header": 0.01},
    "list": {"503": 0.04, "dropped": 0.03, "slow body": 0.03},
    "file": {"500": 0.03, "dropped": 0.03, "wrong content length": 0.02, "404": 0.02, "slow body": 0.03},
    "secret": {"500": 0.05, "dropped": 0.05},
    "cancel": {"500": 0.05, "dropped": 0.03},
}
"""What befalls calls, each at its share."""
ENDINGS: Final = {"succeeded": 0.92, "NSFW": 0.02, "failed": 0.02, "interrupted": 0.02, "canceled": 0.02}
WEBHOOK_LOST, WEBHOOK_TWICE = 0.10, 0.05
_PLANNED_CALLS = 20_000
_ANSWERED_S = 5.0
_TRIES = 6
"""A host says it again to who does not answer well; what is lost was never said."""
_BUSY = ("starting", "processing")


@dataclass
class Telling:
    """What became of the webhooks."""

    meant: int = 0
    lost: int = 0
    duplicated: int = 0
    repeated: int = 0
    """Said again, because nobody took them in."""
    given_up: int = 0
    answers: dict[str, int] = field(default_factory=dict[str, int])
    """By status; ``none`` where nobody was there."""


@dataclass
class PaidHost:
    """The stand-in, alive: its runs get on, and it tells of them."""

    host: StandIn
    seed: str
    teller: Teller
    telling: Telling = field(default_factory=Telling)
    planned: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def __post_init__(self) -> None:
        for point, shares in ACCIDENTS.items():
            chance = random.Random(f"{self.seed}/{point}")
            names = [*shares, "well"]
            weights = [*shares.values(), 1 - sum(shares.values())]
            self.planned[point] = chance.choices(names, weights, k=_PLANNED_CALLS)
            self.host.play(point, *self.planned[point])

    async def live(self) -> None:
        """Get on with every run that is accepted, and move what is slow, until cancelled."""
        known = 0
        while True:
            for number, run_id in enumerate(self.host.charges[known:], known):
                self._begin(self._run(number, run_id))
            known = len(self.host.charges)
            await asyncio.sleep(0.02)

    async def beat(self) -> None:
        """Behaviours that wait at the gate go on about once a second."""
        while True:
            await asyncio.sleep(1.0)
            self.host.gate.set()
            self.host.gate.clear()

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, number: int, run_id: str) -> None:
        chance = random.Random(f"{self.seed}/run/{number}")
        made = self.host.predictions
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        if made.rows[run_id]["status"] in _BUSY:
            await made.goes_on(run_id, status="processing")
        self._begin(self._tell(chance, run_id))
        await asyncio.sleep(chance.uniform(0.2, 3.0))
        if made.rows[run_id]["status"] in _BUSY:
            await made.ends(run_id, chance.choices([*ENDINGS], [*ENDINGS.values()])[0])
        await self._tell(chance, run_id)

    async def _tell(self, chance: random.Random, run_id: str) -> None:
        address = self.host.predictions.webhooks[run_id]
        drawn, later_s = chance.random(), chance.uniform(0.0, 1.0)
        if address is None:
            return
        self.telling.meant += 1
        if drawn < WEBHOOK_LOST:
            self.telling.lost += 1
            return
        told = message(self.host.predictions.secret, self.host.predictions.rows[run_id])
        twice = drawn < WEBHOOK_LOST + WEBHOOK_TWICE
        await self._say(address, told)
        if twice:
            self.telling.duplicated += 1
            await asyncio.sleep(later_s)
            await self._say(address, told)

    async def _say(self, address: str, told: Message) -> None:
        for attempt in range(_TRIES):
            status = await self._answer(address, told)
            self._note(status or "none")
            if status is not None and status < "500":
                return
            self.telling.repeated += 1
            await asyncio.sleep(0.3 * 2**attempt)
        self.telling.given_up += 1

    def _note(self, status: str) -> None:
        self.telling.answers[status] = self.telling.answers.get(status, 0) + 1

    async def _answer(self, address: str, told: Message) -> str | None:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with asyncio.timeout(_ANSWERED_S):
                return str(await self.teller.send(address, told))
        return None

    def books(self) -> dict[str, Any]:
        """Who was charged for what, and what befell whom."""
        rows = self.host.predictions.rows
        met: Counter[str] = Counter()
        for point, names in self.planned.items():
            met.update(f"{point}: {name}" for name in names[: self._calls(point)] if name != "well")
        lost = sum(name in ANSWERS_LOST for name in self.planned["create"][: self._calls("create")])
        return {
            "charges": [
                {"id": run_id, "prompt": rows[run_id]["input"]["prompt_a"], "status": rows[run_id]["status"]}
                for run_id in self.host.charges
            ],
            "answers_lost": lost,
            "webhooks": asdict(self.telling),
            "accidents": dict(met),
        }

    def _calls(self, point: str) -> int:
        return sum(call.point == point for call in self.host.calls)


@contextlib.asynccontextmanager
async def serving_books(paid: PaidHost) -> AsyncGenerator[str]:
    """An address where the books can be read."""

    async def tell(_: web.Request) -> web.Response:
        return web.json_response(paid.books())

    app = web.Application()
    app.router.add_get("/books", tell)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/books"
    finally:
        await runner.cleanup()


async def main(seed: str) -> None:
    """Serve until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    teller = Teller()
    async with standin("predictions") as host:
        paid = PaidHost(host, seed, teller)
        async with serving_books(paid) as books_url:
            sys.stdout.write(f"{host.url} {books_url}\n")
            sys.stdout.flush()
            living = [asyncio.create_task(paid.live()), asyncio.create_task(paid.beat())]
            await stop.wait()
            for task in living:
                task.cancel()
            await asyncio.gather(*living, return_exceptions=True)
    await teller.close()


assert set(ACCIDENTS) <= set(get_args(Point))

if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
