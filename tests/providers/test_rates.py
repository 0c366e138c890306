"""A host is never asked faster than it allows, nor while it wants to be left alone."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from dataclasses import dataclass

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import HostBusy, NoCredit, RateLimited, Refused, Unreachable
from bot.providers.http import HostHttp, Limits
from bot.providers.rates import LOW_CREDIT_S, REPLICATE, Calling, Rate, Rates, Window
from bot.providers.waits import ATTEMPTS
from tests.providers.support import Behaviour, answer, problem, raw, scripted


@dataclass
class Clock:
    """A clock that pauses move on; nothing waits."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def _moments(rates: Rates, clock: Clock, calling: Calling, count: int) -> list[float]:
    """When ``count`` calls go that are all made at once, however long each has to wait."""
    moments: list[float] = []
    for _ in range(count):
        place = rates.look(calling)
        rates.take(place)
        moments.append(place.moment - clock.now)
    return moments


def most_in_any_window(moments: list[float], per_s: float) -> int:
    """The most moments that lie in one half-open window."""
    return max((sum(1 for each in moments if start <= each < start + per_s) for start in moments), default=0)


@given(
    st.integers(1, 7),
    st.floats(0.5, 90),
    st.lists(st.floats(0, 40), max_size=60),
)
def test_no_window_holds_more_than_allowed(calls: int, per_s: float, gaps_s: list[float]) -> None:
    """Whatever the gaps between callers, at any rate; and moments never go back."""
    window = Window(Rate(calls=calls, per_s=per_s))
    now, moments = 0.0, list[float]()
    for gap_s in gaps_s:
        now += gap_s
        moment = window.next(now)
        assert moment >= now
        window.take(moment)
        moments.append(moment)
    assert moments == sorted(moments)
    assert most_in_any_window(moments, per_s) <= calls


def test_a_rate_is_used_up_at_once_and_then_kept() -> None:
    """Six hundred creations go straight away; the next waits for the first to be a minute old."""
    clock = Clock()
    rates = Rates(clock=clock)
    moments = _moments(rates, clock, Calling.CREATE, 601)
    assert moments[599] == 0.0
    assert 60.0 < moments[600] <= 61.5
    assert rates.look(Calling.SAFE).wait_s == 0.0  # counted apart
    assert REPLICATE[Calling.SAFE].calls == 3_000


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "read", "held", "all held", "little credit"]),
        st.floats(0, 30, allow_subnormal=False),
    ),
    max_size=60,
)


@given(STEPS)
def test_whatever_the_host_says_no_rate_is_exceeded(steps: list[tuple[str, float]]) -> None:
    """Wishes and low credit only ever make it slower, and a call never goes while it is held back."""
    clock = Clock(0.0)
    limits = {Calling.CREATE: Rate(calls=3, per_s=20), Calling.SAFE: Rate(calls=5, per_s=20)}
    rates = Rates(limits=limits, clock=clock)
    gone: dict[Calling, list[float]] = {calling: [] for calling in Calling}
    held: dict[Calling, float] = dict.fromkeys(Calling, 0.0)
    for step, seconds in steps:
        if step == "little credit":
            rates.slow_down()
        elif step in ("create", "read"):
            calling = Calling.CREATE if step == "create" else Calling.SAFE
            place = rates.look(calling)
            assert place.moment >= max(clock.now, held[calling])
            rates.take(place)
            gone[calling].append(place.moment)
        else:
            rates.hold(Calling.CREATE if step == "held" else Calling.SAFE, seconds)
            for calling in (Calling.CREATE,) if step == "held" else Calling:
                held[calling] = max(held[calling], clock.now + seconds)
        clock.now += seconds / 10
    for calling, moments in gone.items():
        assert most_in_any_window(moments, limits[calling].per_s) <= limits[calling].calls


def test_looking_takes_nothing() -> None:
    """Who finds the wait too long leaves the place to others."""
    clock = Clock()
    rates = Rates(limits={Calling.CREATE: Rate(calls=1), Calling.SAFE: Rate(calls=1)}, clock=clock)
    for _ in range(3):
        assert rates.look(Calling.CREATE).wait_s == 0.0


def test_low_credit_means_six_a_minute_one_by_one() -> None:
    """Counted from the creation before it, and over after ten minutes of silence about it."""
    clock = Clock()
    rates = Rates(clock=clock)
    _moments(rates, clock, Calling.CREATE, 1)
    rates.slow_down()
    moments = _moments(rates, clock, Calling.CREATE, 6)
    assert moments[0] >= 10.0
    assert most_in_any_window(moments, 60.0) <= 6
    assert min(later - earlier for earlier, later in itertools.pairwise(moments)) >= 10.0
    clock.now += LOW_CREDIT_S + moments[-1]
    assert _moments(rates, clock, Calling.CREATE, 3) == [0.0, 0.0, 0.0]


def test_a_wish_holds_the_right_calls_back() -> None:
    """Of a creation: creations. Of a reading: everything. The longer wish counts."""
    clock = Clock()
    rates = Rates(clock=clock)
    rates.hold(Calling.CREATE, 30.0)
    rates.hold(Calling.CREATE, 10.0)
    assert (rates.look(Calling.CREATE).wait_s, rates.look(Calling.SAFE).wait_s) == (30.0, 0.0)
    rates.hold(Calling.SAFE, 40.0)
    assert (rates.look(Calling.CREATE).wait_s, rates.look(Calling.SAFE).wait_s) == (40.0, 40.0)
    clock.now += 40.0
    assert (rates.look(Calling.CREATE).wait_s, rates.look(Calling.SAFE).wait_s) == (0.0, 0.0)


async def _http(url: str, clock: Clock, *, busy: frozenset[int] = frozenset()) -> HostHttp:
    return HostHttp(host="h", base_url=url, rates=Rates(clock=clock), pause=clock.pause, busy=busy)


THROTTLED: list[tuple[Behaviour, float]] = [
    (problem(429, retry_after=30), 30),
    (raw(429, b"{}", Retry_After="30"), 30),
    (problem(429, detail="Request was throttled. Your rate limit resets in ~30s."), 30),
]


@pytest.mark.parametrize("act", range(len(THROTTLED)))
async def test_one_refusal_holds_every_creation_back(act: int) -> None:
    """The next creation is refused at home, with the time that is left, and the host hears nothing of it."""
    clock = Clock()
    behaviour, wait_s = THROTTLED[act]
    async with scripted(behaviour, answer(200, {})) as host:
        http = await _http(host.url, clock)
        with pytest.raises(RateLimited):
            await http.once("POST", "/p", json={})
        clock.now += 10
        with pytest.raises(RateLimited) as caught:
            await http.once("POST", "/p", json={})
        assert caught.value.retry_after_s == wait_s - 10
        assert len(host.calls) == 1
        assert (await http.safe("GET", "/p")).ok
        clock.now += 16  # four seconds are left: they are waited for
        assert (await http.once("POST", "/p", json={})).ok
        assert clock.now == 1_000 + wait_s
        await http.close()


async def test_all_is_closed_although_it_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Creations leave by other connections than the rest: those are closed, too."""
    close, closed = aiohttp.ClientSession.close, 0

    async def breaking(session: aiohttp.ClientSession) -> None:
        nonlocal closed
        await close(session)
        closed += 1
        raise OSError("broken pipe")

    async with scripted(answer(200, {}), answer(200, {})) as host:
        http = await _http(host.url, Clock())
        await http.once("POST", "/p", json={})
        await http.safe("GET", "/p")
        monkeypatch.setattr(aiohttp.ClientSession, "close", breaking)
        with pytest.raises(OSError, match="broken pipe"):
            await http.close()
    assert closed == 2


async def test_a_busy_host_is_left_alone_for_a_moment() -> None:
    """It is told apart from one that was asked too often, also while nobody asks it."""
    clock = Clock()
    async with scripted(raw(409, b'{"error": "At capacity"}', Retry_After="20")) as host:
        http = await _http(host.url, clock, busy=frozenset({409, 503}))
        for _ in range(2):
            with pytest.raises(HostBusy):
                await http.once("PUT", "/p", json={})
        assert len(host.calls) == 1
        await http.close()


@pytest.mark.parametrize(
    "act",
    [
        problem(402, title="Billing required", detail="pay"),
        problem(
            429, detail="Your rate limit is reduced while you have less than $5.0 in credit", retry_after=1
        ),
    ],
)
async def test_low_credit_is_noticed(act: Behaviour) -> None:
    """By a refused payment or by the words of a refusal: creations then go ten seconds apart."""
    clock = Clock()
    async with scripted(act, answer(201, {})) as host:
        http = await _http(host.url, clock)
        with pytest.raises((RateLimited, NoCredit)):
            await http.once("POST", "/p", json={})
        clock.now += 11
        await http.once("POST", "/p", json={})
        with pytest.raises(RateLimited) as caught:
            await http.once("POST", "/p", json={})
        assert caught.value.retry_after_s >= 10
        await http.close()


async def test_a_host_that_is_down_may_say_for_how_long() -> None:
    """503 with Retry-After holds every caller back, not only the one who heard it."""
    clock = Clock()
    async with scripted(raw(503, b"", Retry_After="100")) as host:
        http = await _http(host.url, clock)
        with pytest.raises((Unreachable, RateLimited)):
            await http.safe("GET", "/p")
        with pytest.raises(RateLimited):
            await http.once("POST", "/p", json={})
        assert len(host.calls) == 1
        await http.close()


@pytest.mark.parametrize("status", [429, 503])
async def test_one_answer_to_a_question_holds_nobody_back_for_an_hour(status: int) -> None:
    """A minute at most, for everybody and for who asked; an order that was refused so is held back longer."""
    clock = Clock()
    async with scripted(raw(status, b"", Retry_After="3600"), answer(200, {})) as host:
        http = await _http(host.url, clock)
        with pytest.raises(RateLimited) as caught:
            await http.safe("GET", "/p")
        assert caught.value.retry_after_s <= 60
        with pytest.raises(RateLimited):
            await http.safe("GET", "/p")
        clock.now += 60
        assert (await http.safe("GET", "/p")).ok
        assert (await http.once("POST", "/p", json={})).ok
        await http.close()
    async with scripted(raw(429, b"", Retry_After="3600")) as host:
        http = await _http(host.url, clock)
        with pytest.raises(RateLimited) as caught:
            await http.once("POST", "/p", json={})
        assert caught.value.retry_after_s == 3600
        clock.now += 60
        with pytest.raises(RateLimited):
            await http.once("POST", "/p", json={})
        assert len(host.calls) == 1
        await http.close()


@pytest.mark.parametrize(
    ("act", "status"), [(problem(422), 422), (answer(200, {"code": 404, "message": "x"}), 404)]
)
async def test_an_error_tells_the_hosts_own_number(act: Behaviour, status: int) -> None:
    """Also one in disguise; what never was an answer has none."""
    async with scripted(act) as host:
        http = await _http(host.url, Clock())
        for call in (http.safe("GET", "/p"), http.once("POST", "/p", json={})):
            with pytest.raises(Refused) as caught:
                await call
            assert caught.value.status == status
        await http.close()
    assert Refused("h", "404 said in prose").status is None


async def test_tries_have_a_budget_of_time() -> None:
    """However many tries are left."""
    clock = Clock()
    async with scripted(raw(500, b"")) as host:
        http = await _http(host.url, clock)
        http.limits = Limits(budget_s=0.3)
        with pytest.raises(Unreachable):
            await http.safe("GET", "/p")
        await http.close()
    assert 1 <= len(host.calls) < ATTEMPTS


async def test_what_must_be_written_first_is_written_before_anything_leaves() -> None:
    """The connection stands, the request is built, and not a byte has left; what is raised there stops it."""
    arrived = asyncio.Queue[bytes]()
    connected = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        arrived.put_nowait(await reader.read(1))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        http = await _http(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", Clock())

        async def ahead() -> None:
            await connected.wait()
            await asyncio.sleep(0.02)
            assert arrived.empty()

        async def stop() -> None:
            raise LookupError

        with pytest.raises(LookupError):
            await http.once("PUT", "/p", json={}, ahead=stop)
        assert await arrived.get() == b""
        connected.clear()
        assert (await http.once("PUT", "/p", json={}, ahead=ahead)).ok
        assert await arrived.get() == b"P"
        await http.close()


async def test_a_kept_connection_that_the_host_closes_costs_nothing() -> None:
    """While what must be written first is written, the host lets go of it: the call has one of its own."""
    there: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    async def ahead() -> None:
        there[0].close()
        await there[0].wait_closed()
        await asyncio.sleep(0)

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        http = await _http(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", Clock())
        assert (await http.safe("GET", "/p")).ok
        assert (await http.once("POST", "/p", json={}, ahead=ahead)).ok
        assert len(there) == 2
        await http.close()
