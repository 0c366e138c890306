"""Webhook to upload while a steady crowd is in flight: a part of ``tests.bench.jobs``.

So many jobs always wait at the host, in whose process results become ready at random moments (Poisson) at a
rate that the machine is not saturated by. Each job whose upload was answered is replaced by a new order,
which goes its whole way too. What is measured is therefore a latency, not how long a queue gets.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bot.jobs.parcels import Delivery, Posted
from bot.jobs.records import Job
from tests.bench.jobs_upload import House, house
from tests.bench.jobs_world import Lag, cpu_s, quantiles

IN_FLIGHT = 100
RATE_PER_S = 10.0
COUNT = 400
"""Webhooks; forty seconds, so that every kind of poll comes by while they do."""


class Replacing:
    """Places an order for each that was delivered."""

    def __init__(self, home: House) -> None:
        self._home = home
        self._deliver = home.stage.deliver
        self._ordering: set[asyncio.Task[object]] = set()

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """As the stage does, and the next one is ordered."""
        posted = await self._deliver(job, delivery)
        ordering = asyncio.create_task(self._home.order_one())
        self._ordering.add(ordering)
        ordering.add_done_callback(self._ordering.discard)
        return posted


async def steady(folder: Path, url: str) -> dict[str, object]:
    """Webhooks at :data:`RATE_PER_S`, :data:`IN_FLIGHT` jobs at the host."""
    async with house(folder, url, whole=False) as home:
        await home.order(IN_FLIGHT)
        home.stage.deliver = Replacing(home).deliver
        await home.ask("/steady", {"rate_per_s": RATE_PER_S, "count": 10})  # connections and secret
        await asyncio.sleep(1)
        before_s, began = cpu_s(), time.perf_counter()
        async with Lag() as lag:
            told = await home.ask("/steady", {"rate_per_s": RATE_PER_S, "count": COUNT})
        used_s, took_s = cpu_s() - before_s, time.perf_counter() - began
    return {
        "in_flight": IN_FLIGHT,
        "webhooks": f"{COUNT} at random moments, {RATE_PER_S:.0f} a second",
        "webhook_to_upload_ms": quantiles([wait * 1000 for wait in told["waits_s"]]),
        "cpu_ms_per_job": round(1000 * used_s / COUNT, 1),
        "cpu_of_a_core": round(used_s / took_s, 2),
        "worst_loop_lag_ms": round(lag.worst_ms, 1),
        "worst_loop_lag_cpu_ms": round(lag.worst_cpu_ms, 1),
    }
