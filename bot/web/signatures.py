"""Who signed a webhook: secrets fetched when needed, renewed when they no longer fit, ids remembered."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from bot.jobs.ports import Verifier
from bot.web.ports import TellingHost

REFRESH_S: Final = 60.0
"""A secret that does not fit is fetched anew at most this often: anybody can send a wrong signature."""
REMEMBERED_S: Final = 600.0
"""Both ways of the five minutes for which a signature is good."""
MOST_REMEMBERED: Final = 10_000


class Signatures:
    """One host's signatures."""

    def __init__(self, host: TellingHost, clock: Callable[[], float] = time.monotonic) -> None:
        self._host = host
        self._clock = clock
        self._fetching = asyncio.Lock()
        self._signature: Verifier | None = None
        self._fetched_at: float | None = None
        self._seen: OrderedDict[str, float] = OrderedDict()

    async def are_needed(self) -> bool:
        """Whether this host signs at all. Raises ``HostError`` where it cannot be asked for its secret."""
        return await self._newest(older_than=None) is not None

    async def fits(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the host signed this. Raises ``HostError`` as :meth:`are_needed`."""
        signature = await self._newest(older_than=None)
        if signature is None or signature.verify(headers, body):
            return True
        asked_at = self._clock()
        newer = await self._newest(older_than=asked_at - REFRESH_S)
        return newer is not None and newer is not signature and newer.verify(headers, body)

    async def _newest(self, *, older_than: float | None) -> Verifier | None:
        """The secret's checker, fetched where there is none yet or it was fetched before ``older_than``."""
        async with self._fetching:
            if self._fetched_at is None or (older_than is not None and self._fetched_at <= older_than):
                self._signature = await self._host.verifier()
                self._fetched_at = self._clock()
            return self._signature

    def is_known(self, message_id: str | None) -> bool:
        """Whether this very webhook was acted on already."""
        now = self._clock()
        while self._seen and now - next(iter(self._seen.values())) > REMEMBERED_S:
            self._seen.popitem(last=False)
        return message_id in self._seen

    def remember(self, message_id: str | None) -> None:
        """It was acted on."""
        if message_id:
            self._seen[message_id] = self._clock()
            if len(self._seen) > MOST_REMEMBERED:
                self._seen.popitem(last=False)
