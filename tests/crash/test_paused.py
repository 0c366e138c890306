"""Processes apart on PostgreSQL: one sleeps for longer than its lease, one is killed; a worker takes over."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.processes import free_port
from tests.crash.gate import Gate
from tests.live.house import House, house

CREATE = r"/v1/.*predictions$"
PATIENCE = {
    "JOBS_LEASE_S": "3",
    "JOBS_BETWEEN_READS_S": "0.5",
    "JOBS_FIRST_POLL_S": "0.3",
    "JOBS_SLOWEST_POLL_S": "1",
}


@pytest.mark.timeout(200)
async def test_a_worker_takes_over_what_a_bot_lost(
    tmp_path: Path, new_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot sleeps with the paid call's answer in its hands, wakes, and is killed in its next job."""
    for name, value in {**PATIENCE, "DATABASE_URL": new_postgres_url}.items():
        monkeypatch.setenv(name, value)
    port = free_port()
    async with (
        Gate(f"http://127.0.0.1:{port}").running() as gate,
        house(tmp_path, engine_url=gate.url, engine_port=port) as built,
    ):
        await built.start_beside("web", WEB_PORT=str(free_port()))
        assert built.bot is not None

        answer = gate.hold("POST", CREATE, "after")
        await built.room.slash("Ana", "riffs", "riff", {"prompt": "slept over"}, wait_s=0.0)
        async with asyncio.timeout(40):
            await answer.reached.wait()
        built.bot.send_signal(signal.SIGSTOP)
        await built.start_beside("worker")
        await built.result("slept over")
        gate.let_go(answer)
        built.bot.send_signal(signal.SIGCONT)
        await _ended(built, new_postgres_url, 1)

        answer = gate.hold("POST", CREATE, "after")
        worker = built.beside[-1]
        worker.send_signal(signal.SIGSTOP)  # or it might be the one that makes the call
        await built.room.slash("Ana", "riffs", "riff", {"prompt": "killed over"}, wait_s=0.0)
        async with asyncio.timeout(40):
            await answer.reached.wait()
        worker.send_signal(signal.SIGCONT)
        await built.kill_bot()
        await built.result("killed over")
        gate.let_go(answer)
        await _ended(built, new_postgres_url, 2)
        assert built.predictions() == 2
        for prompt in ("slept over", "killed over"):
            assert len(await built.messages_about(prompt)) == 1


async def _ended(built: House, url: str, count: int) -> None:
    """So many jobs were done, each settled once and no more."""
    engine = sa.create_engine(url)

    async def look() -> bool:
        with engine.connect() as connection:
            states = connection.execute(sa.text("SELECT state FROM jobs")).scalars().all()
        return list(states) == ["done"] * count

    await built.room.until(look, what="all jobs to be done")
    with engine.connect() as connection:
        kinds = sa.text("SELECT kind, count(*) AS lines FROM ledger WHERE job_id IS NOT NULL GROUP BY kind")
        told = {row.kind: row.lines for row in connection.execute(kinds)}
    assert told == {"reserve": count, "settle": count}
    engine.dispose()
