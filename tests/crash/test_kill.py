"""``kill -9`` of the shipped bot at each point of a riff's way, then a new start: one message, one order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest
import pytest_asyncio

from bot.jobs.states import State
from bot.processes import free_port
from tests.crash.gate import Gate, Hold
from tests.live.house import House, house

pytestmark = pytest.mark.asyncio(loop_scope="module")

CREATE = r"/v1/.*predictions$"


@dataclass
class Scene:
    """A house whose engine stands behind a gate, and the riff that will be interrupted."""

    house: House
    gate: Gate
    prompt: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    orphans: list[psutil.Process] = field(default_factory=list[psutil.Process])
    """Suspended workers of the killed bot: let go, they end by themselves."""

    def __post_init__(self) -> None:
        self._earlier_jobs = self._jobs()
        self._earlier_counts = self._counts()

    async def order(self) -> None:
        """Ana orders; the command may never be answered when the bot dies in between."""
        asked = {"prompt": self.prompt, **self.options}
        await self.house.room.slash("Ana", "riffs", "riff", asked, wait_s=0.0)

    def _jobs(self) -> dict[str, str]:
        return dict(self.house.rows("SELECT id, state FROM jobs"))

    def _counts(self) -> tuple[int, int]:
        return self.house.predictions(), self.house.rows("SELECT count(*) FROM takes")[0][0]

    def jobs(self) -> dict[str, str]:
        """What was ordered since the scene was set: ids and states."""
        return {id_: state for id_, state in self._jobs().items() if id_ not in self._earlier_jobs}

    def state(self) -> str | None:
        """The one job's state; None before it is a row."""
        return next(iter(self.jobs().values()), None)

    def made(self) -> tuple[int, int]:
        """How many predictions and takes there are since the scene was set."""
        predictions, takes = self._counts()
        return predictions - self._earlier_counts[0], takes - self._earlier_counts[1]

    async def until_state(self, state: State) -> State:
        """Wait until the job is there."""

        async def look() -> bool:
            return self.state() == state

        await self.house.room.until(look, what=f"the job to be {state}")
        return state


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gated(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[House, Gate]]:
    """Room, engine behind a gate, and bot, all up: one house for all kills, since only its bot dies."""
    port = free_port()
    async with (
        Gate(f"http://127.0.0.1:{port}").running() as gate,
        house(tmp_path_factory.mktemp("kills"), engine_url=gate.url, engine_port=port) as built,
    ):
        yield built, gate


@pytest_asyncio.fixture(loop_scope="module")
async def scene(gated: tuple[House, Gate], request: pytest.FixtureRequest) -> AsyncGenerator[Scene]:
    """The house with a living bot, for a riff of a name of its own."""
    built, gate = gated
    yield Scene(built, gate, prompt=request.node.name.partition("[")[2].strip("]").replace("_", " "))
    await built.room.clear_faults()
    gate.let_all_go()
    if built.bot is not None and built.bot.returncode is not None:  # the test failed in between
        await built.start_bot()


async def held_by_room(scene: Scene, method: str, path: str, kind: str) -> None:
    """Order, and come back when the room holds the request."""
    number = await scene.house.room.fault(method, path, kind=kind)
    ordering = asyncio.create_task(scene.order())
    await scene.house.room.until_held(number)
    await ordering


async def held_by_gate(scene: Scene, hold: Hold) -> None:
    """Order, and come back when the gate holds the request."""
    await scene.order()
    async with asyncio.timeout(30):
        await hold.reached.wait()


async def before_the_card(scene: Scene) -> State:
    """The order is a row; Discord never heard of the card."""
    await held_by_room(scene, "POST", "/interactions/*/*/callback", "hold_before")
    return State.QUEUED


async def after_the_card(scene: Scene) -> State:
    """The card stands; its id was never told."""
    await held_by_room(scene, "POST", "/interactions/*/*/callback", "hold_after")
    return State.QUEUED


async def before_the_call(scene: Scene) -> State:
    """The intent is on disk; the call never reached the engine."""
    await held_by_gate(scene, scene.gate.hold("POST", CREATE, "before"))
    return State.SUBMIT


async def after_the_call(scene: Scene) -> State:
    """The engine has the order; its answer was lost."""
    await held_by_gate(scene, scene.gate.hold("POST", CREATE, "after"))
    return State.SUBMIT


async def while_it_plays(scene: Scene) -> State:
    """The engine is at work, and will tell a bot that is not there."""
    scene.options = {"steps": 150, "length_s": 60}
    await scene.order()
    return await scene.until_state(State.WAITING)


async def while_it_is_mixed(scene: Scene) -> State:
    """The music is home; the audio worker has it in hands."""
    assert scene.house.bot is not None
    bot = psutil.Process(scene.house.bot.pid)

    async def look() -> list[psutil.Process]:
        family = bot.children(recursive=True)
        return family if any("spawn_main" in " ".join(each.cmdline()) for each in family) else []

    workers = await scene.house.room.until(look, what="the audio worker to be started")
    for worker in workers:
        worker.suspend()
    await scene.order()
    state = await scene.until_state(State.COLLECT)
    scene.orphans = workers
    return state


async def _hold_delivery(scene: Scene, kind: str) -> State:
    """Hold the edit that brings the music; earlier edits of the card pass."""
    room = scene.house.room
    number = await room.fault("PATCH", "/channels/*/messages/*", kind=kind)
    await scene.order()
    await room.until_held(number)
    while scene.state() != State.DELIVER:
        following = await room.fault("PATCH", "/channels/*/messages/*", kind=kind)
        await room.release(number)
        number = following
        await room.until_held(number)
    return State.DELIVER


async def before_the_delivery(scene: Scene) -> State:
    """The take is kept; the message is still a card."""
    return await _hold_delivery(scene, "hold_before")


async def after_the_delivery(scene: Scene) -> State:
    """The message is the result; nobody noted it."""
    return await _hold_delivery(scene, "hold_after")


@pytest.mark.parametrize(
    "interrupt",
    [
        before_the_card,
        after_the_card,
        before_the_call,
        after_the_call,
        while_it_plays,
        while_it_is_mixed,
        before_the_delivery,
        after_the_delivery,
    ],
)
async def test_a_killed_bot_ends_each_job_once(
    scene: Scene, interrupt: Callable[[Scene], Awaitable[State]]
) -> None:
    """Wherever it was killed: one message with the music, one prediction, exact books."""
    killed_in = await interrupt(scene)
    assert scene.state() == killed_in
    await scene.house.kill_bot(scene.orphans)
    assert psutil.wait_procs(scene.orphans, timeout=10)[1] == []
    await scene.house.start_bot()
    await scene.house.result(scene.prompt)
    await scene.house.until_states(State.DONE)
    assert len(await scene.house.messages_about(scene.prompt)) == 1
    assert scene.made() == (1, 1)
    (job_id,) = scene.jobs()
    entries = scene.house.rows("SELECT job_id, kind FROM ledger ORDER BY id")
    assert [kind for job, kind in entries if job == job_id] == ["reserve", "settle"]
