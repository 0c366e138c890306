"""What a job costs, in credits. Our own engine is free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

BY_KIND: Final[Mapping[str, int]] = MappingProxyType({"riff": 1, "song": 5, "image": 2})
"""Credits for one of a kind where its host costs once as much as others; what is not named costs 1."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What is made has its price, and each host says how many times of it; ``otherwise`` if not named."""

    by_host: Mapping[str, int] = field(default_factory=lambda: {"engine": 0})
    otherwise: int = 1
    least_in_pot: int | None = None
    """What must be left in a server's pot; None while servers have no pots of their own to fill."""

    by_kind: Mapping[str, int] = field(default_factory=lambda: BY_KIND)

    def of(self, kind: str, host: str) -> int:
        """What one of a kind of recipes costs at ``host``."""
        return self.by_kind.get(kind, 1) * self.by_host.get(host, self.otherwise)

    def riff(self, host: str) -> int:
        """What one riff at ``host`` costs."""
        return self.of("riff", host)
