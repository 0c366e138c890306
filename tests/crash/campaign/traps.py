"""Waiting for the moment of a kill, and striking in it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from bot.jobs.states import ENDED, State
from tests.crash.campaign.lives import Life
from tests.crash.campaign.plan import Moment, Round
from tests.crash.campaign.town import Town
from tests.crash.gate import Gate, Hold

MOMENT_S: Final = 40.0
"""How long a moment is waited for; one that does not come is tried again in a later round."""
_IDLE_S: Final = 3.0
"""It is not waited for where so long nothing was open."""
_LOOK_S = 0.01
_NOTICED_S = 0.1
"""Until everybody has seen that a process is gone."""


_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class _Point:
    """A request that can be held."""

    way: Literal["discord", "paid", "engine", "hooks"]
    method: str
    path: str
    point: Literal["before", "after"]
    with_files: bool = False


_CARD = r"/interactions/[^/]+/[^/]+/callback$"
_CREATE = r"/v1/.*predictions$"
_MESSAGE = r"/channels/\d+/messages"
POINTS: Final[dict[Moment, tuple[_Point, ...]]] = {
    Moment.QUEUED_BEFORE: (_Point("discord", "POST", _CARD, "before"),),
    Moment.QUEUED_AFTER: (_Point("discord", "POST", _CARD, "after"),),
    Moment.SUBMIT_BEFORE: (
        _Point("paid", "POST", _CREATE, "before"),
        _Point("engine", "POST", _CREATE, "before"),
    ),
    Moment.SUBMIT_AFTER: (
        _Point("paid", "POST", _CREATE, "after"),
        _Point("engine", "POST", _CREATE, "after"),
    ),
    Moment.TOLD_BEFORE: (_Point("hooks", "POST", "^/hooks/", "before"),),
    Moment.TOLD_AFTER: (_Point("hooks", "POST", "^/hooks/", "after"),),
    Moment.RENDERING: (_Point("engine", "POST", _CREATE, "after"),),
    Moment.DELIVER_BEFORE: (_Point("discord", "PATCH", _MESSAGE, "before", with_files=True),),
    Moment.DELIVER_AFTER: (_Point("discord", "PATCH", _MESSAGE, "after", with_files=True),),
}
"""Where exactly the kill strikes."""


_STATES: Final = {Moment.HELD: State.HELD, Moment.WAITING: State.WAITING}
"""Moments that last."""


@dataclass(frozen=True, slots=True)
class Struck:
    """One kill that was made."""

    moment: Moment
    victim: str
    open_jobs: dict[str, int]
    """How many jobs stood in each state just then."""


async def strike(town: Town, this: Round, chance: random.Random) -> Struck | None:
    """Wait for the round's moment and kill; None where the moment did not come."""
    if this.moment in POINTS:
        return await _at_a_request(town, this)
    if this.moment is Moment.COLLECT:
        return await _while_collecting(town, this)
    victim = town.workers[0].life if chance.random() < 0.5 else chance.choice(town.lives)
    if this.moment in _STATES:
        victim = chance.choice(town.workers).life

        async def look() -> bool | None:
            return (await town.view.states())[_STATES[this.moment]] > 0 or None

        if await _found(town, look) is None:
            return None
    await asyncio.sleep(this.after_s)
    await victim.is_up()
    return await _kill(town, this, victim)


async def _at_a_request(town: Town, this: Round) -> Struck | None:
    """Hold a request, and kill while it is held who made it, or who was about to answer it."""
    await asyncio.gather(town.web.is_up(), town.engine.is_up())  # or a call finds nobody to be killed
    set_up = [
        (gate, gate.hold(point.method, point.path, point.point, with_files=point.with_files), life)
        for point in POINTS[this.moment]
        for gate, life in _gates(town, point.way)
    ]
    caught: Hold | None = None
    try:
        caught = await _first(town, [hold for _, hold, _ in set_up])
        if caught is None:
            return None
        maker = next(life for _, hold, life in set_up if hold is caught)
        if this.moment is Moment.RENDERING:
            caught.released.set()
            await asyncio.sleep(this.after_s)
            return await _kill(town, this, town.engine)
        return await _kill(town, this, maker)
    finally:
        await asyncio.sleep(_NOTICED_S if caught is not None else 0)
        for gate, hold, _ in set_up:
            gate.let_go(hold)


def _gates(town: Town, way: str) -> list[tuple[Gate, Life]]:
    if way == "hooks":
        return [(town.hooks, town.web)]
    ways = {"discord": "discord", "paid": "paid", "engine": "engine"}
    return [(getattr(worker, ways[way]), worker.life) for worker in town.workers]


async def _first(town: Town, holds: Sequence[Hold]) -> Hold | None:
    """Which of them is reached first, in time."""

    async def look() -> Hold | None:
        return next((hold for hold in holds if hold.reached.is_set()), None)

    return await _found(town, look)


async def _while_collecting(town: Town, this: Round) -> Struck | None:
    """Kill the bot that is at it."""

    lives = [worker.life for worker in town.workers]

    async def look() -> Life | None:
        holders = await town.view.holders(State.COLLECT)
        here = [life for life in lives if life.here]
        for life in here:
            if life.owner in holders:
                return life
        # One whose name nobody knows yet holds what no other holds or held.
        strange = (
            holders - {life.owner for life in lives} - set().union(*(one.former_owners for one in lives))
        )
        unknown = [life for life in here if life.owner is None]
        return unknown[0] if strange and len(unknown) == 1 else None

    victim = await _found(town, look)
    return None if victim is None else await _kill(town, this, victim)


async def _found(town: Town, look: Callable[[], Awaitable[_Found | None]]) -> _Found | None:
    """Look again and again, but not where nothing is open that could bring it about."""
    loop = asyncio.get_running_loop()
    began = busy = looked = loop.time()
    while (now := loop.time()) - began < MOMENT_S and now - busy < _IDLE_S:
        if (found := await look()) is not None:
            return found
        if now - looked > _IDLE_S / 6:
            looked = now
            busy = now if any(state not in ENDED for state in await town.view.states()) else busy
        await asyncio.sleep(_LOOK_S)
    return None


async def _kill(town: Town, this: Round, victim: Life) -> Struck | None:
    if not victim.here:  # it ended by itself just now
        return None
    states = await town.view.states()
    await town.kill(victim, this.away_s)
    return Struck(
        this.moment,
        victim.name,
        {state.value: count for state, count in states.items() if count},
    )
