"""What a job costs, in credits. Our own engine is free, unless somebody says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.money.policy import Price

BY_KIND: Final[Mapping[str, int]] = MappingProxyType({"riff": 1, "song": 5, "image": 2})
"""Credits for one of a kind where its host costs once as much as others; what is not named costs 1."""
MADE_OF: Final[Mapping[str, str]] = MappingProxyType({"journey": "riff"})
"""Kinds that are paid for by what they are made of."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What is made has its price, and each host says how many times of it; ``otherwise`` if not named."""

    by_host: Mapping[str, int] = field(default_factory=lambda: {"engine": 0})
    otherwise: int = 1
    by_kind: Mapping[str, int] = field(default_factory=lambda: BY_KIND)

    def of(self, kind: str, host: str) -> int:
        """What one of a kind of recipes costs at ``host``."""
        return self.by_kind.get(kind, 1) * self.by_host.get(host, self.otherwise)

    def riff(self, host: str) -> int:
        """What one riff at ``host`` costs."""
        return self.of("riff", host)

    def here(self, table: Iterable[Price], *, host: str, kind: str, model: str | None) -> int:
        """What one costs where a server has a table of its own: the most exact line that fits, else ours."""
        made_of = MADE_OF.get(kind, kind)
        fitting = [
            each
            for each in table
            if each.host == host and each.kind in (None, kind, made_of) and each.model in (None, model)
        ]
        if not fitting:
            return self.of(made_of, host)
        return max(
            fitting, key=lambda each: (each.model is not None, each.kind == kind, each.kind is not None)
        ).credits
