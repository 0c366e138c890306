"""How much the kept music may take up: no order is accepted that could not be kept."""

from __future__ import annotations

import structlog

from bot.errors import MusicFull
from bot.jobs.ports import Blobs

_log = structlog.get_logger(__name__)

GB = 10**9
_EARLY = 0.9
"""The owner is told, by the log, from this share on."""


class Space:
    """Compares what is used with the bound; 0 is no bound. What is under way is still kept."""

    def __init__(self, blobs: Blobs, bound_gb: float) -> None:
        self._blobs = blobs
        self._bound_gb = bound_gb
        self._told = ""

    async def require(self) -> None:
        """Before an order is accepted. Raises ``MusicFull``."""
        if await self.share() >= 1:
            raise MusicFull(self._bound_gb)

    async def share(self) -> float:
        """How full it is, 1 = at the bound; the log hears once that it gets narrow, and once that it is."""
        if not self._bound_gb:
            return 0.0
        used_gb = await self._blobs.used_bytes() / GB
        share = used_gb / self._bound_gb
        told, facts = self._told, {"used_gb": round(used_gb, 3), "bound_gb": self._bound_gb}
        self._told = "full" if share >= 1 else "narrow" if share >= _EARLY else ""
        if self._told == "full" != told:
            _log.warning("blobs.full", setting="BLOBS_MAX_GB", **facts)
        if self._told == "narrow" != told:
            _log.warning("blobs.nearly_full", setting="BLOBS_MAX_GB", **facts)
        return share
