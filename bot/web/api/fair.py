"""Whose turn it is: a queue that shares render time evenly between tokens.

Start-time fair queueing (Goyal, Vin, Cheng 1996): every owner has an account of render seconds, and the
next item is of the owner with the smallest one. Who comes back after a pause starts at the present mark,
so nobody saves up turns, and nobody pays for the time when he alone was here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(slots=True)
class _Line(Generic[Item]):
    """What one owner has waiting, and what he had already."""

    waiting: deque[tuple[int, Item]]
    spent_s: float = 0.0
    taken: list[float] = field(default_factory=list[float])
    """What was charged beforehand for each that is taken and not given back."""


def no_limit(_owner: str) -> int:
    """As many at once as there is room for."""
    return 2**31


class FairQueue(Generic[Item]):
    """Items of several owners; an owner's own items leave in the order in which they came."""

    def __init__(self, most_at_once: Callable[[str], int] = no_limit) -> None:
        """``most_at_once`` tells how many of an owner's items may be taken at the same time."""
        self._most = most_at_once
        self._lines: dict[str, _Line[Item]] = {}
        self._mark_s = 0.0
        self._arrivals = 0
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    @property
    def taken(self) -> int:
        """How many are taken and not given back."""
        return sum(len(line.taken) for line in self._lines.values())

    def waiting_of(self, owner: str) -> int:
        """How many of the owner's items wait."""
        line = self._lines.get(owner)
        return 0 if line is None else len(line.waiting)

    def taken_of(self, owner: str) -> int:
        """How many of the owner's items are taken and not given back."""
        line = self._lines.get(owner)
        return 0 if line is None else len(line.taken)

    def push(self, owner: str, item: Item, *, first: bool = False) -> None:
        """Queue an item behind the owner's others, or (``first``) before them."""
        line = self._lines.setdefault(owner, _Line(deque()))
        if not line.waiting and not line.taken:
            line.spent_s = max(line.spent_s, self._mark_s)
        self._arrivals += 1
        self._waiting += 1
        if first:
            line.waiting.appendleft((0, item))
        else:
            line.waiting.append((self._arrivals, item))

    def take(self, cost_s: Callable[[Item], float]) -> Item | None:
        """The next item, charged for by a guess; None when nothing may be taken now."""
        turn: tuple[float, int, str] | None = None
        for owner, line in self._lines.items():
            if line.waiting and len(line.taken) < self._most(owner):
                mine = (line.spent_s, line.waiting[0][0], owner)
                turn = mine if turn is None or mine < turn else turn
        if turn is None:
            return None
        line = self._lines[turn[2]]
        _, item = line.waiting.popleft()
        self._waiting -= 1
        self._mark_s = max(self._mark_s, line.spent_s)
        charged_s = cost_s(item)
        line.spent_s += charged_s
        line.taken.append(charged_s)
        return item

    def give_back(self, owner: str, took_s: float | None = None) -> None:
        """One that was taken is over; ``took_s`` is what it really cost, in place of the guess."""
        line = self._lines[owner]
        charged_s = line.taken.pop(0)
        if took_s is not None:
            line.spent_s += took_s - charged_s

    def remove(self, owner: str, unwanted: Callable[[Item], bool]) -> bool:
        """Forget the owner's first waiting item that is unwanted; whether there was one."""
        line = self._lines.get(owner)
        for at, (_, item) in enumerate(line.waiting if line is not None else ()):
            if line is not None and unwanted(item):
                del line.waiting[at]
                self._waiting -= 1
                return True
        return False
