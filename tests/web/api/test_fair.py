"""Render time is shared evenly between tokens, and a slow source far away holds up nobody."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.predictions import ENGINE_MODEL
from bot.web.api.fair import FairQueue
from bot.web.api.outputs import Outputs
from tests.web.api.support import TinyEngine, listening, server, serving


def _played(queue: FairQueue[tuple[str, float]], rounds: int) -> list[str]:
    """Take and give back one after the other; whose turn it was."""
    turns: list[str] = []
    for _ in range(rounds):
        taken = queue.take(lambda _item: 1.0)
        if taken is None:
            break
        turns.append(taken[0])
        queue.give_back(taken[0], taken[1])
    return turns


def test_a_crowd_of_one_does_not_push_others_back() -> None:
    """Who came with a hundred gets every other turn as soon as somebody else comes."""
    queue: FairQueue[tuple[str, float]] = FairQueue()
    for _ in range(100):
        queue.push("crowd", ("crowd", 1.0))
    assert _played(queue, 10) == ["crowd"] * 10
    for _ in range(3):
        queue.push("late", ("late", 1.0))
    assert _played(queue, 6).count("late") == 3


def test_long_renders_have_fewer_turns() -> None:
    """What is shared is time: one of eight seconds weighs as much as eight of one."""
    queue: FairQueue[tuple[str, float]] = FairQueue()
    for _ in range(50):
        queue.push("songs", ("songs", 8.0))
        queue.push("riffs", ("riffs", 1.0))
    assert 2 <= _played(queue, 27).count("songs") <= 4


def test_nobody_is_taken_beyond_his_limit() -> None:
    """An owner whose items are all out waits, others do not."""
    queue: FairQueue[tuple[str, float]] = FairQueue(lambda owner: 1 if owner == "one" else 5)
    for _ in range(2):
        queue.push("one", ("one", 1.0))
        queue.push("five", ("five", 1.0))
    taken = [queue.take(lambda _item: 1.0) for _ in range(4)]
    assert [each and each[0] for each in taken] == ["one", "five", "five", None]
    assert (len(queue), queue.taken, queue.waiting_of("one"), queue.taken_of("five")) == (1, 3, 1, 2)
    queue.give_back("one")
    assert queue.take(lambda _item: 1.0) == ("one", 1.0)


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0.1, 9.0)), min_size=1, max_size=80),
    st.floats(0.1, 9.0),
)
def test_spent_time_never_drifts_apart(items: list[tuple[str, float]], guess_s: float) -> None:
    """While two owners both wait, what they were given differs by two of the longest items at most."""
    queue: FairQueue[tuple[str, float]] = FairQueue()
    for owner, cost_s in items:
        queue.push(owner, (owner, cost_s))
    left = {owner: sum(each == owner for each, _ in items) for owner in "abcd"}
    spent_s = dict.fromkeys("abcd", 0.0)
    longest_s = max(cost_s for _, cost_s in items)
    while taken := queue.take(lambda _item: guess_s):
        owner, cost_s = taken
        queue.give_back(owner, cost_s)
        spent_s[owner] += cost_s
        left[owner] -= 1
        waiting = [spent_s[each] for each in "abcd" if left[each]]
        assert not waiting or max(waiting) - min(waiting) <= 2 * longest_s
    assert not any(left.values())


def test_what_is_removed_does_not_come() -> None:
    """A removed item is gone, and its place in the count with it."""
    queue: FairQueue[tuple[str, float]] = FairQueue()
    queue.push("a", ("a", 1.0))
    assert not queue.remove("b", lambda _item: True)
    assert queue.remove("a", lambda item: item[1] == 1.0)
    assert (len(queue), queue.take(lambda _item: 1.0)) == (0, None)


async def test_tokens_take_turns(tmp_path: Path) -> None:
    """Ten of one token and one of another: the second token's is played second or third, not last."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny, tokens=["crowd", "late"], token="crowd") as engine:
        for seed in range(10):
            await engine.create(version=ENGINE_MODEL, input={"seed": seed})
        late = {"Authorization": "Bearer late"}
        body = {"version": ENGINE_MODEL, "input": {"seed": 99}}
        status, told, _ = await engine.call("POST", "/v1/predictions", json=body, headers=late)
        assert status == 201
        tiny.free.set()
        async with asyncio.timeout(30):
            while told["status"] != "succeeded":
                _, told, _ = await engine.call("GET", f"/v1/predictions/{told['id']}", headers=late)
        assert 99 in [job.wanted.specs[0]["seed"] for job in tiny.jobs[:3]]


async def test_a_slow_source_holds_no_worker(tmp_path: Path) -> None:
    """While an address takes its time, the only worker plays for others; then it is that one's turn."""
    answer = asyncio.Event()
    asked = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        asked.set()
        await answer.wait()
        return web.Response(body=b"no music")

    far = web.Application()
    far.router.add_get("/score", slow)
    listener, url = listening()
    async with serving(far, listener), server(tmp_path, private_sources=True) as engine:
        named = {"kind": "morph", "transform": "cover", "score": f"{url}/score"}
        waits = await engine.create(version=ENGINE_MODEL, input=named)
        async with asyncio.timeout(60):
            await asked.wait()
        quick = await engine.create()
        assert (await engine.ended(quick["id"]))["status"] == "succeeded"
        _, health, _ = await engine.call("GET", "/health")
        assert (health["queued"], health["running"]) == (1, 0)
        answer.set()
        assert (await engine.ended(waits["id"]))["status"] == "succeeded"
        assert engine.engine.jobs[-1].source is not None


async def test_one_waiting_for_its_source_can_be_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its fetch ends, it never starts, and nothing of it stays on a slow disk, though the server ends."""
    asked = asyncio.Event()
    remove = Outputs.remove

    async def late(outputs: Outputs, key: str) -> None:
        await asyncio.sleep(0.05)
        await remove(outputs, key)

    monkeypatch.setattr(Outputs, "remove", late)

    async def never(_: web.Request) -> web.Response:
        asked.set()
        await asyncio.Event().wait()
        return web.Response()

    far = web.Application()
    far.router.add_get("/score", never)
    listener, url = listening()
    async with serving(far, listener), server(tmp_path, private_sources=True) as engine:
        named = {"kind": "morph", "transform": "cover", "score": f"{url}/score"}
        made = await engine.create(version=ENGINE_MODEL, input=named)
        async with asyncio.timeout(60):
            await asked.wait()
        _, told, _ = await engine.call("POST", f"/v1/predictions/{made['id']}/cancel")
        assert (told["status"], told["started_at"]) == ("canceled", None)
        assert engine.engine.jobs == []
    assert list((tmp_path / "engine-outputs").iterdir()) == []
