"""The remix family of a take: who made what from what, as rows under each other. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

SHOWN_MOST: Final = 24
"""Rows of a picture that is still read on a phone."""

Seen = Literal["here", "gone", "hidden"]
"""As somebody sees a take: it stands, it was deleted, or it is in a channel that they cannot see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A take of the family. Of one that is not ``here`` nothing but its place is told."""

    take_id: str
    parent_id: str | None
    seen: Seen
    created_at: datetime
    title: str = ""
    author: str = ""
    made: str = "riff"
    """The kind of recipe, or the transform of a morph."""
    likes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One row: a take and where it hangs."""

    relative: Relative
    depth: int
    """0 is the oldest ancestor."""
    goes_on: tuple[bool, ...] = ()
    """For each level above the last: whether that line goes on below this row. The last: of its own level."""
    chosen: bool = False
    """Whether it is the take whose family this is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The rows from the top, how many takes had no place, and who took part, the busiest first."""

    branches: tuple[Branch, ...]
    left_out: int
    credits: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the family as it is drawn, in words."""

    title: str
    note: str
    goes_on: tuple[bool, ...]
    chosen: bool = False
    faded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a picture of a family shows."""

    heading: str
    lines: tuple[Line, ...]
    footing: str


def family_of(relatives: Iterable[Relative], take_id: str, *, most: int = SHOWN_MOST) -> Family:
    """Arrange a family around one of its takes.

    Deleted takes from which nothing stands any more are not shown; others are, as gone. Where there are more
    than ``most``, the way from the oldest ancestor to the take comes first, then what is nearest to it.

    Args:
        relatives: Every take of the family, in any order; ``take_id`` among them.
        take_id: Whose family it is.
        most: How many rows there may be, at least 1.
    """
    known = {each.take_id: each for each in relatives}
    line = _line(known, take_id)
    children = _children(known, line[0])
    alive = _worth_showing(known, children, line)
    kept = set(line[-most:])
    for each in _nearest_first(known, children, line, alive):
        if len(kept) >= most:
            break
        kept.add(each)
    top = next(each for each in line if each in kept)
    branches = tuple(_rows(known, children, kept, top, take_id))
    counted: defaultdict[str, int] = defaultdict(int)
    for each in alive:
        if known[each].seen == "here":
            counted[known[each].author] += 1
    credits_ = tuple(sorted(counted.items(), key=lambda named: (-named[1], named[0].casefold())))
    return Family(branches=branches, left_out=len(alive) - len(branches), credits=credits_)


def _line(known: Mapping[str, Relative], take_id: str) -> list[str]:
    """The way from the oldest known ancestor to the take; a circle, which cannot be, is cut."""
    way = [take_id]
    while (parent := known[way[-1]].parent_id) is not None and parent in known and parent not in way:
        way.append(parent)
    return way[::-1]


def _children(known: Mapping[str, Relative], top: str) -> dict[str, list[str]]:
    """Everybody's children, oldest first. Nobody is a parent of the top."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in sorted(known.values(), key=lambda each: (each.created_at, each.take_id)):
        if each.parent_id is not None and each.take_id != top:
            found[each.parent_id].append(each.take_id)
    return found


def _below(children: Mapping[str, list[str]], top: str) -> list[str]:
    """The top and all that comes from it, parents before children, in the order in which rows stand."""
    found: list[str] = []
    waiting = [top]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(reversed(children.get(found[-1], ())))
    return found


def _worth_showing(
    known: Mapping[str, Relative], children: Mapping[str, list[str]], line: list[str]
) -> list[str]:
    """All of them but gone ones without anything that stands below."""
    every = _below(children, line[0])
    standing: set[str] = set(line)
    for each in reversed(every):
        if known[each].seen != "gone" or any(child in standing for child in children.get(each, ())):
            standing.add(each)
    return [each for each in every if each in standing]


def _nearest_first(
    known: Mapping[str, Relative],
    children: Mapping[str, list[str]],
    line: list[str],
    alive: list[str],
) -> list[str]:
    """Who gets a row next, nobody before its parent: what comes from the take, then from its ancestors."""
    wanted, seen = set(alive), set(line)
    order: list[str] = []
    for start in reversed(line):
        level = [start]
        while level:
            level = [child for each in level for child in children.get(each, ()) if child in wanted - seen]
            seen.update(level)
            order.extend(level)
    return order


def _rows(
    known: Mapping[str, Relative],
    children: Mapping[str, list[str]],
    kept: set[str],
    top: str,
    take_id: str,
) -> Iterable[Branch]:
    waiting: list[tuple[str, tuple[bool, ...]]] = [(top, ())]
    while waiting:
        each, goes_on = waiting.pop()
        yield Branch(relative=known[each], depth=len(goes_on), goes_on=goes_on, chosen=each == take_id)
        below = [child for child in children.get(each, ()) if child in kept]
        last = len(below) - 1
        waiting.extend((child, (*goes_on, place < last)) for place, child in reversed(list(enumerate(below))))
