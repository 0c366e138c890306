"""What the bot's web room needs of the others; ``bot.app`` hands it the real ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.jobs.news import News
from bot.jobs.records import Job
from bot.protocol.predictions import Prediction


class Desk(Protocol):
    """The jobs, as far as news from outside concerns them."""

    def is_our_hook(self, job_id: str, attempt: str, mac: str) -> bool:
        """Whether these parts of an address were made by this instance."""
        ...

    async def get(self, job_id: str) -> Job:
        """The job. Raises ``NotFound``."""
        ...

    async def told(self, job_id: str, prediction: Prediction) -> News:
        """A host told about a job; late, repeated and foreign news change nothing."""
        ...


class Signature(Protocol):
    """Checks a host's signature."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the body is the host's own and fresh."""
        ...


class SigningHost(Protocol):
    """A host that signs its webhooks."""

    async def webhook_verifier(self) -> Signature:
        """A checker with the host's own secret."""
        ...
