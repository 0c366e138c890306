"""How a model container is, by its ``/health-check``: the only thing that it tells when it is asked. Pure."""

from __future__ import annotations

import hashlib
from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.errors import HostBusy, Unreachable

WORKING: Final = frozenset({"READY", "BUSY"})
_BROKEN: Final = frozenset({"SETUP_FAILED", "UNHEALTHY", "DEFUNCT"})
"""It answers, and never makes anything again."""
KNOWN: Final = WORKING | _BROKEN | {"STARTING"}
_SETUP_S: Final = 5.0
"""Until a container that still loads its model is asked again."""
_ID_DIGITS, _START_DIGITS = 26, 8


class _Setup(BaseModel):
    model_config = ConfigDict(extra="ignore")

    started_at: str | None = None


class _Version(BaseModel):
    model_config = ConfigDict(extra="ignore")

    coglet: str | None = None


class Health(BaseModel):
    """``/health-check``, as far as we look at it."""

    model_config = ConfigDict(extra="ignore")

    status: str
    setup: _Setup | None = None
    version: _Version | None = None

    @property
    def life(self) -> str:
        """A short name of the container's present life, from start to stop; empty where it does not tell."""
        began = self.setup.started_at if self.setup is not None else None
        return hashlib.sha256(began.encode()).hexdigest()[:_START_DIGITS] if began else ""

    @property
    def in_words(self) -> str:
        """For people: how it is, and by which Cog."""
        cog = self.version.coglet if self.version is not None else None
        return self.status.lower() + (f", cog {cog}" if cog else "")


def run_id(reference: str, life: str) -> str:
    """The id that a run is given: of the order's reference, and of the container's life."""
    digest = hashlib.sha256(reference.encode()).hexdigest()[:_ID_DIGITS]
    return f"{digest}-{life}" if life else digest


def life_now(host: str, health: Health | None) -> str:
    """The name of the container's life, if anything can be begun in it.

    Raises:
        HostBusy: it still loads its model.
        Unreachable: it broke down. It says that it is busy then, for ever; whoever watches over it may
            start it anew.
    """
    if health is None:
        return ""
    if health.status == "STARTING":
        raise HostBusy(host, "the container is starting", retry_after_s=_SETUP_S)
    if health.status in _BROKEN:
        raise Unreachable(host, f"the container broke down ({health.status.lower()})")
    return health.life


def why_lost(health: Health | None, run_id: str) -> str | None:
    """Why nothing will be heard of a run any more; None while it may."""
    if health is None:
        return None
    life = run_id.partition("-")[2]
    if life and health.life and life != health.life:
        return "The container was started anew before it was done."
    if health.status in _BROKEN:
        return f"The container broke down ({health.status.lower()})."
    return None
