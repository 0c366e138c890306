"""How a step ends: the job stays and is looked at again, goes on, or has to end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.records import Job, Take
from bot.jobs.states import State

Values = Mapping[str, Any]
"""Columns of the jobs table."""


def _none() -> Values:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Same state; look again at ``due`` (None: only when somebody tells)."""

    due: datetime | None
    values: Values = field(default_factory=_none)
    unless_nudged: Values = field(default_factory=_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """On to another state, whose step runs at once, or at ``due``."""

    to: State
    cause: str
    actor: str = "machine"
    due: datetime | None = None
    values: Values = field(default_factory=_none)
    unless_set: Values = field(default_factory=_none)
    also: Callable[[AsyncConnection], Awaitable[None]] | None = None
    """Further writes of the same transaction."""
    after: Callable[[Job], Awaitable[None]] | None = None
    """Called with the job as written, once that is on disk."""
    made: tuple[Take, ...] = ()
    """Takes that are kept now: what ``deliver`` would look up again, if it runs under the same lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """It is decided that the job ends without music; host, card and money are told by the next step."""

    ending: str
    facts: dict[str, object] = field(default_factory=dict[str, object])


Outcome = Stay | Go | End
