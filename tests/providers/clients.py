"""The real clients, as the table of hosts makes them, in front of a stand-in; they never really pause."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from bot.protocol.engine import EngineInput
from bot.protocol.predictions import RIFFUSION_MODEL, RIFFUSION_VERSION
from bot.providers import PredictionsHost
from bot.providers.aggregator import AggregatorHost
from bot.providers.cog import CogHost
from bot.providers.http import HostHttp, Limits
from bot.providers.rates import Rates
from bot.providers.songs import SongsHost
from tests.peers.standin import TOKEN, Dialect, Point, StandIn

LONG = Limits(answer_bytes=2_000_000)
SHORT = Limits(read_s=0.15, total_s=0.4, answer_bytes=2_000_000)
"""For hosts that are silent: they are given up soon."""


def patience(behaviour: str) -> Limits:
    """How long to wait for a host that does this: a busy machine must not make a good one look silent."""
    return SHORT if behaviour in ("no answer", "slow body") else LONG


RIFF = EngineInput(prompt_a="lo-fi rain piano", denoising=0.7)
SONG = EngineInput(prompt_a="indie folk", lyrics="[Verse]\nla", title="Harbour Lights")

Client = PredictionsHost | SongsHost | CogHost


def points_of(dialect: Dialect) -> tuple[Point, EngineInput]:
    """Where an order arrives, and what is ordered."""
    return ("generate", SONG) if dialect == "songs" else ("create", RIFF)


@dataclass
class Time:
    """A clock that only pauses move, and the pauses that were asked for."""

    now_s: float = 1_000.0
    paused_s: list[float] = field(default_factory=list[float])

    def __call__(self) -> float:
        """The time."""
        return self.now_s

    async def pause(self, seconds: float) -> None:
        """Let time pass at once."""
        self.paused_s.append(seconds)
        self.now_s += seconds


@contextlib.asynccontextmanager
async def client_of(
    host: StandIn, *, limits: Limits = LONG, local: bool = True, time: Time | None = None
) -> AsyncGenerator[Client]:
    """The client of the stand-in's dialect."""
    clock = time or Time()
    client: Client
    if host.dialect == "songs":
        client = SongsHost(name="riffusion", base_url=host.base_url, token=TOKEN, local=local)
    elif host.dialect == "aggregator":
        client = AggregatorHost(name="kkiai", base_url=host.base_url, token=TOKEN, local=local)
    elif host.dialect == "cog":
        client = CogHost(name="cog", base_url=host.base_url, local=local)
    else:
        client = PredictionsHost(
            name="replicate",
            base_url=host.base_url,
            token=TOKEN,
            model=RIFFUSION_MODEL,
            version=RIFFUSION_VERSION,
            local=local,
        )
    client.http = HostHttp(
        host=client.name,
        base_url=client.base_url,
        token=client.token,
        limits=limits,
        rates=Rates(clock=clock),
        busy=client.http.busy,
        pause=clock.pause,
    )
    client.downloads.pause = clock.pause
    try:
        yield client
    finally:
        await client.close()
