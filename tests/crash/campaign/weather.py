"""What befalls requests on their way to Discord, drawn from a seed."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from aiohttp import web

Kind = Literal["500", "502", "503", "429", "reset", "lost answer", "slow"]

SHARES: Final[dict[Kind, float]] = {
    "500": 0.01,
    "502": 0.01,
    "503": 0.01,
    "429": 0.02,
    "reset": 0.01,
    "lost answer": 0.015,
    "slow": 0.05,
}
"""How many of all requests meet each kind."""
_RETRY_AFTER_S: Final = 0.3
_SLOW_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Mishap:
    """One accident (implements ``tests.crash.gate.Accident``)."""

    kind: Kind
    slow_s: float

    async def before(self, request: web.Request) -> web.Response | None:
        """Refuse, break off, or delay."""
        match self.kind:
            case "500" | "502" | "503":
                return _said(int(self.kind), {"message": "an accident", "code": 0})
            case "429":
                return _rate_limited()
            case "reset":
                _abort(request)
                return web.Response()
            case "slow":
                await asyncio.sleep(self.slow_s)
            case "lost answer":
                pass
        return None

    def after(self, request: web.Request) -> None:
        """Lose the answer."""
        if self.kind == "lost answer":
            _abort(request)


def _rate_limited() -> web.Response:
    """As Discord's documents have it; ``Via`` tells clients that it is not a proxy that blocks them."""
    return _said(
        429,
        {"message": "You are being rate limited.", "retry_after": _RETRY_AFTER_S, "global": False},
        {"Retry-After": "1", "X-RateLimit-Scope": "shared", "Via": "1.1 google"},
    )


def _said(status: int, told: dict[str, Any], headers: dict[str, str] | None = None) -> web.Response:
    """As Discord says it: its clients compare the content type with exactly this."""
    exact = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(told).encode(), status=status, headers=exact)


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


@dataclass
class Weather:
    """The n-th request of one process meets the same accident with the same seed."""

    seed: str
    met: Counter[str] = field(default_factory=Counter[str])
    _count: int = 0

    def __call__(self, request: web.Request) -> Mishap | None:
        """What happens to this one."""
        self._count += 1
        chance = random.Random(f"{self.seed}/{self._count}")
        drawn = chance.random()
        for kind, share in SHARES.items():
            if drawn < share:
                self.met[kind] += 1
                return Mishap(kind, chance.uniform(0.2, _SLOW_S))
            drawn -= share
        return None
