"""What the bot's web room needs of the others; ``bot.app`` hands it the real ones."""

from __future__ import annotations

from typing import Protocol

from bot.jobs.news import News
from bot.jobs.ports import Verifier
from bot.jobs.records import Job, Offers
from bot.protocol.runs import Run


class Desk(Protocol):
    """The jobs, as far as news from outside concerns them."""

    def is_our_hook(self, job_id: str, attempt: str, mac: str) -> bool:
        """Whether these parts of an address were made by this instance."""
        ...

    async def get(self, job_id: str) -> Job:
        """The job. Raises ``NotFound``."""
        ...

    async def told(self, job_id: str, run: Run) -> News:
        """A host told about a job; late, repeated and foreign news change nothing."""
        ...

    async def nudge(self, job_id: str, run_id: str) -> None:
        """A run is said to have got on, without proof: its host is to be asked. Raises ``HostError``."""
        ...


class TellingHost(Protocol):
    """A host that calls us."""

    @property
    def offers(self) -> Offers:
        """What it can do."""
        ...

    async def verifier(self) -> Verifier | None:
        """A checker with the host's newest signing secret; None where it does not sign."""
        ...

    def told(self, body: bytes) -> Run:
        """What a webhook's body tells. Raises ``NotUnderstood``."""
        ...
