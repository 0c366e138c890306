"""The real clients, as the table of hosts makes them, in front of a stand-in; they never really pause."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import SecretStr

from bot.protocol.engine import EngineInput
from bot.protocol.runs import Run
from bot.providers import PredictionsHost
from bot.providers.cog import CogHost
from bot.providers.hosts import configured
from bot.providers.http import HostHttp, Limits
from bot.providers.rates import Rates
from bot.providers.songs import SongsHost
from bot.providers.waits import ATTEMPTS
from bot.settings import load
from tests.peers.standin import TOKEN, Dialect, Point, StandIn

LONG = Limits(answer_bytes=2_000_000)
SHORT = Limits(read_s=0.25, answer_bytes=2_000_000)
"""For hosts that are silent: they are given up soon."""


def patience(behaviour: str) -> Limits:
    """How long to wait for a host that does this: a busy machine must not make a good one look silent."""
    return SHORT if behaviour in ("no answer", "slow body") else LONG


RIFF = EngineInput(prompt_a="lo-fi rain piano", denoising=0.7)
SONG = EngineInput(prompt_a="indie folk", lyrics="[Verse]\nla", title="Harbour Lights")


def fits(arrived: int, planned: int, behaviour: str) -> bool:
    """Whether a host was called as often as planned; of a silent one a call may be given up on its way."""
    return arrived == planned or (patience(behaviour) is SHORT and 0 < arrived < planned)


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TWICE = 2 * ATTEMPTS
"""How often a call is tried whose connection is cut: aiohttp repeats a GET once by itself."""

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


_SETTINGS: Mapping[Dialect, tuple[str, str, str | None]] = {
    # dialect: the host that speaks it, the setting of its address, and that of its key
    "predictions": ("replicate", "replicate_base_url", "replicate_api_token"),
    "aggregator": ("kkiai", "kkiai_base_url", "kkiai_api_key"),
    "songs": ("riffusion", "riffusion_base_url", "riffusion_api_key"),
    "cog": ("cog", "cog_base_url", None),
}


def configured_client(host: StandIn, base_url: str = "") -> Client:
    """The client as the settings make it, of the usual address or of another spelling of it."""
    name, address, key = _SETTINGS[host.dialect]
    given: dict[str, object] = {address: base_url or host.base_url, "default_host": name, "named_hosts": ()}
    if key is not None:
        given[key] = SecretStr(TOKEN)
    made = configured(load(env_file=None, **given))[name]
    assert isinstance(made, Client)
    return made


@contextlib.asynccontextmanager
async def client_of(
    host: StandIn, *, limits: Limits = LONG, local: bool = True, time: Time | None = None
) -> AsyncGenerator[Client]:
    """The client of the stand-in's dialect. One that is not ``local`` trusts no address of this machine."""
    clock = time or Time()
    client = configured_client(host)
    assert client.local, "a stand-in listens on this machine"
    client.local = client.downloads.local = local
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


async def accepted(host: StandIn, client: Client) -> Run:
    """An order that the host has taken."""
    return await client.create(points_of(host.dialect)[1], reference="job-1", webhook=None)
