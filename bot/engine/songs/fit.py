"""A plan to an asked length: sections are cut, left out or repeated until the bars are the wanted ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.songs.plan import (
    PlannedSection,
    cut_to,
    numbered,
    played_section,
    sung_section,
    total_bars,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.songs.plan import Pace

_EDGES = frozenset({"intro", "outro"})
_SHORT_EDGE, _LONG_EDGE = 2, 8
_BARE_BELOW = 8  # bars
_FEWEST = 4  # bars; a section shorter than this is better left out
_PLAYED_CYCLE = ("solo", "chorus", "verse", "chorus")


def fit_bars(planned: list[PlannedSection], want: int, pace: Pace) -> list[PlannedSection]:
    """Return the plan with exactly `want` bars (at least one), an outro last."""
    parts = _shorter(list(planned), want, pace)
    parts = _longer(parts, want, pace)
    return numbered(parts)


def _shorter(parts: list[PlannedSection], want: int, pace: Pace) -> list[PlannedSection]:
    steps = (
        _short_edges,
        _tight_lines(pace),
        _without_solos,
        _without_returns,
        _without_side_parts,
        _bare_edges,
    )
    for step in steps:
        if total_bars(parts) <= want:
            return parts
        parts = step(parts, want)
    while (over := total_bars(parts) - want) > 0:
        inner = [place for place, part in enumerate(parts) if part.name not in _EDGES]
        if not inner:
            return [PlannedSection("outro", max(1, want))]
        last = inner[-1]
        # A chorus stays as long as something else can go.
        if parts[last].name == "chorus" and len(inner) > 1 and parts[inner[-2]].bars > over:
            last = inner[-2]
        if parts[last].bars - over >= min(_FEWEST, parts[last].bars // 2 + 1):
            parts[last] = cut_to(parts[last], parts[last].bars - over)
        elif len(inner) > 1:
            del parts[last]
        elif parts[0].name == "intro":
            del parts[0]
        else:
            parts[last] = cut_to(parts[last], max(0, parts[last].bars - over))
            parts = [part for part in parts if part.bars] if parts[last].bars else parts[-1:]
            if len(parts) == 1:
                return [replace(parts[0], bars=max(1, want), lines=())]
    return parts


def _short_edges(parts: list[PlannedSection], want: int) -> list[PlannedSection]:
    return [
        replace(part, bars=min(part.bars, _SHORT_EDGE)) if part.name in _EDGES and not part.lines else part
        for part in parts
    ]


def _bare_edges(parts: list[PlannedSection], want: int) -> list[PlannedSection]:
    """Where there is hardly time for a verse: begin with it, and end on one chord."""
    if want > _BARE_BELOW:
        return parts
    sung = [part for part in parts if part.name != "intro" or part.lines]
    return [replace(part, bars=1, lines=()) if part.name == "outro" else part for part in sung] or parts


def _tight_lines(
    pace: Pace,
) -> Callable[[list[PlannedSection], int], list[PlannedSection]]:
    def tighten(parts: list[PlannedSection], want: int) -> list[PlannedSection]:
        """Give every line as few bars as it can be sung in."""
        return [
            sung_section(part.name, [placed.line for placed in part.lines], pace, usual=1)
            if part.lines
            else part
            for part in parts
        ]

    return tighten


def _without_solos(parts: list[PlannedSection], want: int) -> list[PlannedSection]:
    return _dropping(parts, want, lambda part, _: part.name == "solo")


def _without_returns(parts: list[PlannedSection], want: int) -> list[PlannedSection]:
    """Leave out what is sung a second time, the last one first, but never every chorus."""
    return _dropping(
        parts,
        want,
        lambda part, earlier: any(part.name == other.name and part.lines == other.lines for other in earlier),
    )


def _without_side_parts(parts: list[PlannedSection], want: int) -> list[PlannedSection]:
    return _dropping(parts, want, lambda part, _: part.name in {"bridge", "pre-chorus"})


def _dropping(
    parts: list[PlannedSection],
    want: int,
    dispensable: Callable[[PlannedSection, list[PlannedSection]], bool],
) -> list[PlannedSection]:
    for place in range(len(parts) - 1, -1, -1):
        if total_bars(parts) <= want:
            break
        if parts[place].name not in _EDGES and dispensable(parts[place], parts[:place]):
            parts = parts[:place] + parts[place + 1 :]
    return parts


def _longer(parts: list[PlannedSection], want: int, pace: Pace) -> list[PlannedSection]:
    """Repeat the chorus and play in between until only a few bars are missing, which the edges take."""
    added = 0
    while (gap := want - total_bars(parts)) >= _FEWEST and len(parts) > 1:
        name = _PLAYED_CYCLE[added % len(_PLAYED_CYCLE)]
        sung = [part for part in parts if part.name == name and part.lines]
        extra = sung[added // len(_PLAYED_CYCLE) % len(sung)] if sung else played_section(name, pace)
        parts.insert(len(parts) - 1, extra if extra.bars <= gap else cut_to(extra, gap))
        added += 1
    gap = want - total_bars(parts)
    if gap > 0:
        place = 0 if parts[0].name == "intro" and parts[0].bars + gap <= _LONG_EDGE else len(parts) - 1
        parts[place] = replace(parts[place], bars=parts[place].bars + gap)
    return parts
