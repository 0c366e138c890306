"""What a job costs, in credits. Our own engine is free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Prices:
    """Credits by host; what is not named costs ``otherwise``."""

    by_host: Mapping[str, int] = field(default_factory=lambda: {"engine": 0})
    otherwise: int = 1
    least_in_pot: int | None = None
    """What must be left in a server's pot; None while servers have no pots of their own to fill."""

    def riff(self, host: str) -> int:
        """What one riff at ``host`` costs."""
        return self.by_host.get(host, self.otherwise)
