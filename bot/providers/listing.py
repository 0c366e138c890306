"""A host's list of predictions, newest first, page after page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from bot.errors import NotUnderstood
from bot.protocol.predictions import Prediction, PredictionPage
from bot.protocol.runs import Run
from bot.providers.answers import read
from bot.providers.http import HostHttp
from bot.providers.prediction_runs import run_of
from bot.providers.sharing import RunPage

_CLOCK_SKEW: Final = timedelta(seconds=60)
"""How exactly the host's clock is known where its answers tell the time."""
_UNKNOWN_SKEW: Final = timedelta(hours=1)
"""How far its clock may lag behind ours where they do not."""
_LONGEST_CALL: Final = timedelta(minutes=10)
"""After an order was sent, until the host writes down when that was."""
_MOST_PAGES: Final = 20


@dataclass(slots=True)
class _Found:
    """What a walk through the list came by."""

    entries: dict[str, Prediction] = field(default_factory=dict[str, Prediction])
    untold: bool = False
    """Whether some entry tells too little to say that it is not what is looked for."""
    whole: bool = False
    """Whether the list was read to its end, or to where it is too old."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of one host.

    Each page is followed by its cursor alone, on our own base address: the key never goes to an address that
    an answer names.
    """

    http: HostHttp

    async def runs(self, cursor: str | None) -> RunPage:
        """A page of runs, the first for None."""
        page = await self._page(None if cursor is None else _query_of(cursor))
        onward = page.next if _query_of(page.next) else None
        return RunPage(runs=tuple(map(run_of, page.results)), next=onward)

    async def find(
        self,
        bears: Callable[[Mapping[str, Any]], bool],
        *,
        since: datetime,
        until: datetime | None = None,
        urgent: bool = False,
    ) -> list[Run]:
        """Every run ordered since then whose input ``bears`` what is looked for, oldest first.

        Times are ours; the host's clock may tell another one, so its answers are measured against ours.
        Nothing found means that nothing is there: who asks may order, and pay, once more.

        Args:
            bears: Knows it by its inputs.
            since: When it was ordered at the earliest.
            until: When it was ordered at the latest. Only looked at where the list is too long to be read
                from its newest entry on.
            urgent: Ask even if the host wants to be left alone.

        Raises:
            NotUnderstood: nothing was found, but the list has no end, or tells too little to say so.
        """
        if since > self.http.now():  # our clock was put back meanwhile
            since = self.http.now() - _UNKNOWN_SKEW
        walked_from = self._there(since)
        found = await self._walk(bears, since, None, urgent=urgent)
        if not found.entries and self._there(since) < walked_from:  # now its clock is known
            found = await self._walk(bears, since, None, urgent=urgent)
        if not found.entries and not found.whole and until is not None:
            found = await self._walk(bears, since, until, urgent=urgent)
        if not found.entries and not found.whole:
            raise NotUnderstood(self.http.host, "the list of predictions has no end")
        if not found.entries and found.untold:
            raise NotUnderstood(self.http.host, "a list that does not tell what was asked for")
        return [run_of(each) for each in found.entries.values()][::-1]

    def _there(self, ours: datetime) -> datetime:
        """The earliest that the host's clock may have shown at a time of ours."""
        ahead = self.http.ahead
        return ours - _UNKNOWN_SKEW if ahead is None else ours + ahead - _CLOCK_SKEW

    async def _walk(
        self,
        bears: Callable[[Mapping[str, Any]], bool],
        since: datetime,
        until: datetime | None,
        *,
        urgent: bool,
    ) -> _Found:
        """Page after page, as far as is reasonable."""
        earliest = self._there(since)
        query: dict[str, str] | None = {"created_after": _in_words(earliest)}
        if until is not None:
            latest = until + (self.http.ahead or _UNKNOWN_SKEW) + _CLOCK_SKEW + _LONGEST_CALL
            query["created_before"] = _in_words(latest)
        found = _Found()
        for _ in range(_MOST_PAGES):
            page = await self._page(query, urgent=urgent)
            earliest = self._there(since)  # better known now
            recent = [each for each in page.results if each.created_at is None or each.created_at >= earliest]
            found.entries.update((each.id, each) for each in recent if bears(each.input))
            found.untold |= any(not each.input for each in recent) or "results" not in page.model_fields_set
            found.untold |= page.unreadable > 0  # one of them may be it
            query = _query_of(page.next)
            if query is None or len(recent) < len(page.results):
                found.whole = True
                break
        return found

    async def _page(self, query: Mapping[str, str] | None, *, urgent: bool = False) -> PredictionPage:
        answer = await self.http.safe("GET", "/predictions", query=query, urgent=urgent)
        return read(self.http.host, answer, PredictionPage)


def _in_words(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _query_of(address: str | None) -> dict[str, str] | None:
    """The query of the next page's address; None at the last page."""
    try:
        query = dict(parse_qsl(urlsplit(address).query)) if address else {}
    except ValueError:
        return None
    return query or None
