"""A thousand who wait cost a dozen calls, and nobody is told an older truth than before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadKey, HostError, NotUnderstood, Refused, Unreachable
from bot.protocol.runs import Result, Run, RunStatus
from bot.providers.sharing import FRESH_S, MOST_ONE_BY_ONE, RunPage, SharedReads

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def a_run(number: int, status: RunStatus = "processing", **values: Any) -> Run:
    """The ``number``th that was ordered: the higher, the newer."""
    return Run(id=f"r{number}", status=status, created_at=NOON + timedelta(seconds=number), **values)


@dataclass
class ListingHost:
    """Runs that can be asked after by id and by pages of a hundred, newest first."""

    runs: list[Run]
    calls: list[str] = field(default_factory=list[str])
    now: float = 0.0
    page_error: HostError | None = None
    one_error: HostError | None = None

    async def one(self, run_id: str) -> Run:
        """One run, with its logs read."""
        self.calls.append(run_id)
        await asyncio.sleep(0)
        if self.one_error is not None:
            raise self.one_error
        for run in self.runs:
            if run.id == run_id:
                return run
        raise Refused("h", "404")

    async def page(self, cursor: str | None) -> RunPage:
        """A page of the list."""
        self.calls.append(f"page {cursor}")
        await asyncio.sleep(0)
        if self.page_error is not None:
            raise self.page_error
        begin = int(cursor or 0)
        newest_first = self.runs[::-1]
        rest = len(self.runs) > begin + 100
        return RunPage(runs=tuple(newest_first[begin : begin + 100]), next=str(begin + 100) if rest else None)

    async def pause(self, seconds: float) -> None:
        """Let everybody who is about to ask do so."""
        self.now += seconds
        for _ in range(3):
            await asyncio.sleep(0)


@asynccontextmanager
async def shared(host: ListingHost, *, lists: bool = True) -> AsyncGenerator[SharedReads]:
    """Shared reads of a host."""
    reads = SharedReads(
        one=host.one, page=host.page if lists else None, clock=lambda: host.now, pause=host.pause
    )
    try:
        yield reads
    finally:
        await reads.close()


async def _ask(reads: SharedReads, numbers: range | list[int]) -> list[Run]:
    return await asyncio.gather(*(reads.get(f"r{number}") for number in numbers))


async def test_a_thousand_cost_a_dozen_calls_a_round() -> None:
    """Round after round, whether they come at once or a little later."""
    host = ListingHost([a_run(number) for number in range(1_000)])
    async with shared(host) as reads:
        for _ in range(3):
            host.calls.clear()
            told = await _ask(reads, range(900))
            assert [run.id for run in told] == [f"r{number}" for number in range(900)]
            await _ask(reads, range(900, 1_000))
            assert len(host.calls) <= 12, host.calls
            host.now += 10


async def test_batch_after_batch_reads_the_list_on() -> None:
    """A few dozen at a time, newest first or last, however long a batch takes: each page is read once."""
    host = ListingHost([a_run(number) for number in range(1_000)])
    async with shared(host) as reads:
        for numbers in (range(999, -1, -1), range(1_000)):
            host.now += 3_600
            host.calls.clear()
            began_at = datetime.now(UTC)
            for begin in range(0, 1_000, 32):
                batch = [f"r{number}" for number in numbers[begin : begin + 32]]
                told = await asyncio.gather(*(reads.get(run_id, since=began_at) for run_id in batch))
                assert [run.id for run in told] == batch
            assert len(host.calls) == 10


async def test_others_in_the_list_are_paged_past() -> None:
    """Only as far as needed: the oldest that is asked for ends the reading, also when it is not there."""
    host = ListingHost([a_run(number) for number in range(5_000)])
    async with shared(host) as reads:
        await _ask(reads, range(4_950, 5_000))
        assert len(host.calls) == 1
        host.calls.clear()
        host.now += 10
        host.runs = [run for run in host.runs if run.id != "r4960"]
        with pytest.raises(Refused):
            await _ask(reads, range(4_950, 5_000))
        assert len([call for call in host.calls if call.startswith("page")]) <= 3
        assert "r4960" in host.calls


async def test_a_few_are_asked_after_one_by_one() -> None:
    """By id there are logs, so progress; the same one again and again stays one."""
    host = ListingHost([a_run(number, progress=0.5) for number in range(MOST_ONE_BY_ONE)])
    async with shared(host) as reads:
        for _ in range(5):
            told = await _ask(reads, range(MOST_ONE_BY_ONE))
            assert [run.progress for run in told] == [0.5] * MOST_ONE_BY_ONE
        assert not [call for call in host.calls if call.startswith("page")]


async def test_a_trickle_is_asked_by_list_too() -> None:
    """A hundred who come one after the other do not cost a hundred calls."""
    host = ListingHost([a_run(number) for number in range(100)])
    async with shared(host) as reads:
        for number in range(100):
            await reads.get(f"r{number}")
        assert len(host.calls) <= 12 + 100 * 0.05 / FRESH_S * MOST_ONE_BY_ONE


async def test_askers_for_the_same_share_one_call() -> None:
    """And one who stops waiting takes the answer from nobody."""
    host = ListingHost([a_run(0)])
    async with shared(host) as reads:
        tasks = [asyncio.create_task(reads.get("r0")) for _ in range(5)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        told = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(told[0], asyncio.CancelledError)
        assert all(isinstance(each, Run) for each in told[1:])
        assert host.calls == ["r0"]


async def test_what_a_list_leaves_out_is_asked_after() -> None:
    """A success without its output, and one that the list does not show."""
    full = a_run(0, "succeeded", results=(Result(audio="https://x/a.wav"),))
    host = ListingHost([a_run(0, "succeeded"), *(a_run(number) for number in range(1, 5))])
    async with shared(host) as reads:
        asked = asyncio.create_task(reads.get("r0"))
        others = asyncio.create_task(_ask(reads, range(1, 5)))
        await others
        host.runs[0] = full
        assert (await asked).id == "r0"
        host.now += 10
        assert (await _ask(reads, range(5)))[0] == full


@pytest.mark.parametrize("error", [Refused("h", "404"), NotUnderstood("h", "x")])
async def test_a_host_without_a_list_is_asked_one_by_one(error: HostError) -> None:
    """Its refusal is heard once."""
    host = ListingHost([a_run(number) for number in range(8)], page_error=error)
    async with shared(host) as reads:
        for _ in range(2):
            assert len(await _ask(reads, range(8))) == 8
    assert len([call for call in host.calls if call.startswith("page")]) == 1


@pytest.mark.parametrize("error", [BadKey("h"), Unreachable("h")])
async def test_everybody_hears_of_a_failure(error: HostError) -> None:
    """And the next round asks again."""
    host = ListingHost([a_run(number) for number in range(8)], page_error=error)
    async with shared(host) as reads:
        told = await asyncio.gather(*(reads.get(f"r{number}") for number in range(8)), return_exceptions=True)
        assert [type(each) for each in told] == [type(error)] * 8
        host.page_error = None
        assert len(await _ask(reads, range(8))) == 8


async def test_one_failure_is_its_askers_alone() -> None:
    """An unknown id spoils nothing for the others."""
    host = ListingHost([a_run(0)])
    async with shared(host, lists=False) as reads:
        told = await asyncio.gather(reads.get("r0"), reads.get("nobody"), return_exceptions=True)
    assert isinstance(told[0], Run)
    assert isinstance(told[1], Refused)


async def test_nobody_waits_for_the_slowest() -> None:
    """A call that hangs is its askers' alone; who asks for the same joins it."""
    stuck = asyncio.Event()

    async def one(run_id: str) -> Run:
        host.calls.append(run_id)
        if run_id == "r0":
            await stuck.wait()
        return a_run(int(run_id[1:]))

    host = ListingHost([])
    reads = SharedReads(one=one, pause=host.pause, clock=lambda: host.now)
    slow = [asyncio.create_task(reads.get("r0"))]
    assert (await reads.get("r1")).id == "r1"
    slow.append(asyncio.create_task(reads.get("r0")))
    assert (await reads.get("r2")).id == "r2"
    stuck.set()
    assert [run.id for run in await asyncio.gather(*slow)] == ["r0", "r0"]
    assert host.calls.count("r0") == 1
    await reads.close()


async def test_a_success_without_its_output_is_never_passed_on() -> None:
    """Not even to who asks right after the list was read."""
    full = a_run(0, "succeeded", results=(Result(audio="https://x/a.wav"),))
    host = ListingHost([a_run(0, "succeeded"), *(a_run(number) for number in range(1, 6))])
    async with shared(host) as reads:
        await _ask(reads, range(1, 6))
        host.runs[0] = full
        assert await reads.get("r0") == full


async def test_our_own_mistake_is_told_too() -> None:
    """Nobody hangs because of it."""

    async def page(_: str | None) -> RunPage:
        raise ZeroDivisionError

    host = ListingHost([a_run(number) for number in range(8)])
    async with shared(host) as reads:
        reads.page = page
        told = await asyncio.gather(*(reads.get(f"r{number}") for number in range(8)), return_exceptions=True)
    assert [type(each) for each in told] == [ZeroDivisionError] * 8


async def test_closing_cancels_who_waits() -> None:
    """Nobody hangs on a client that is gone."""

    async def for_ever(_: float) -> None:
        await asyncio.Event().wait()

    reads = SharedReads(one=ListingHost([]).one, pause=for_ever)
    asked = asyncio.create_task(reads.get("r0"))
    await asyncio.sleep(0)
    await reads.close()
    with pytest.raises(asyncio.CancelledError):
        await asked


statuses = st.sampled_from(["starting", "processing", "succeeded", "failed", "canceled"])


@given(st.lists(st.tuples(statuses, st.booleans()), max_size=12))
async def test_an_end_is_never_left(told: list[tuple[RunStatus, bool]]) -> None:
    """Whatever is told late, by list, by id or by webhook: the first end stays, or another end follows."""
    host = ListingHost([])
    async with shared(host) as reads:
        ended = False
        for status, listed in told:
            seen = reads.learn(a_run(0, status), listed_at=0.0 if listed else None)
            assert seen.ended or not ended
            ended = seen.ended


async def test_progress_is_not_lost_to_a_list() -> None:
    """Lists come without logs."""
    host = ListingHost([])
    async with shared(host) as reads:
        reads.learn(a_run(0, progress=0.4))
        assert reads.learn(a_run(0), listed_at=0.0).progress == 0.4
        assert reads.learn(a_run(0, "failed")).progress is None


async def _steps(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_who_asks_while_an_answer_comes_home_is_answered() -> None:
    """Between the answer to somebody else and the end of the call that brought it."""
    host = ListingHost([a_run(1), a_run(2)])
    loop = asyncio.get_running_loop()
    arrived, gathered = loop.create_future(), loop.create_future()
    pauses = [_steps(1), gathered]

    async def one(run_id: str) -> Run:
        if run_id == "r1":
            await arrived
        return await host.one(run_id)

    async def pause(_: float) -> None:
        if pauses:
            await pauses.pop(0)

    reads = SharedReads(one=one, clock=lambda: host.now, pause=pause)
    first = asyncio.create_task(reads.get("r1"))
    await _steps()
    second = asyncio.create_task(reads.get("r2"))
    await _steps()
    arrived.set_result(None)
    await asyncio.sleep(0)  # the host tells it ...
    third = asyncio.create_task(reads.get("r1"))
    gathered.set_result(None)  # ... and whoever gathers looks who else asked
    async with asyncio.timeout(60):
        runs = await asyncio.gather(first, second, third)
    await reads.close()
    assert [run.id for run in runs] == ["r1", "r2", "r1"]


async def test_a_list_is_as_old_as_the_call_for_it() -> None:
    """What a slow page told is no fresh news when it arrives."""
    host = ListingHost([a_run(number) for number in range(5)])
    read = host.page

    async def slow(cursor: str | None) -> RunPage:
        page = await read(cursor)
        host.now += FRESH_S + 1
        return page

    reads = SharedReads(one=host.one, page=slow, clock=lambda: host.now, pause=host.pause)
    await _ask(reads, range(5))
    await _ask(reads, range(5))
    await reads.close()
    assert host.calls == ["page None", "page None"]


async def test_the_time_of_day_is_the_callers() -> None:
    """What was told before ``since`` is asked for again, by the clock that said so."""
    host = ListingHost([a_run(0)], now=20.0)
    reads = SharedReads(
        one=host.one,
        clock=lambda: host.now,
        now=lambda: NOON + timedelta(seconds=host.now),
        pause=host.pause,
    )
    reads.learn(a_run(0), listed_at=10.0)
    await reads.get("r0", since=NOON + timedelta(seconds=5))
    assert host.calls == []
    await reads.get("r0", since=NOON + timedelta(seconds=15))
    await reads.close()
    assert host.calls == ["r0"]
