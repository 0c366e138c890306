"""A host's list of predictions, newest first, page after page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
"""How far the host's clock may lag behind ours when its list is searched."""
_MOST_PAGES: Final = 20


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

    async def find(self, bears: Callable[[Mapping[str, Any]], bool], *, since: datetime) -> list[Run]:
        """Every run created since then whose input ``bears`` what is looked for, oldest first.

        The host's clock may lag behind ours by a minute. Nothing found means that nothing is there: who asks
        may order, and pay, once more.

        Raises:
            NotUnderstood: the list has no end, or tells too little to say that something is not in it.
        """
        since -= _CLOCK_SKEW
        query: dict[str, str] | None = {"created_after": since.isoformat().replace("+00:00", "Z")}
        found: dict[str, Prediction] = {}
        untold = False
        for _ in range(_MOST_PAGES):
            page = await self._page(query)
            recent = [each for each in page.results if each.created_at is None or each.created_at >= since]
            found.update((each.id, each) for each in recent if bears(each.input))
            untold |= any(not each.input for each in recent) or "results" not in page.model_fields_set
            untold |= page.unreadable > 0  # one of them may be it
            query = _query_of(page.next)
            if query is None or len(recent) < len(page.results):
                if untold and not found:
                    raise NotUnderstood(self.http.host, "a list that does not tell what was asked for")
                return [run_of(each) for each in found.values()][::-1]
        raise NotUnderstood(self.http.host, "the list of predictions has no end")

    async def _page(self, query: Mapping[str, str] | None) -> PredictionPage:
        answer = await self.http.safe("GET", "/predictions", query=query)
        return read(self.http.host, answer, PredictionPage)


def _query_of(address: str | None) -> dict[str, str] | None:
    """The query of the next page's address; None at the last page."""
    try:
        query = dict(parse_qsl(urlsplit(address).query)) if address else {}
    except ValueError:
        return None
    return query or None
