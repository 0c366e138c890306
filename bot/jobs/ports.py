"""What the job machine needs of the other rooms; ``bot.app`` hands it the real ones."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.jobs.order import Order
from bot.jobs.records import Fetched, Finished, Job, Place, Take
from bot.protocol.predictions import Prediction


class Host(Protocol):
    """A music host, whatever its dialect. Errors are ``bot.errors.HostError``s."""

    @property
    def name(self) -> str:
        """As in ``DEFAULT_HOST``."""
        ...

    @property
    def morphs(self) -> bool:
        """Whether it makes something else of a take."""
        ...

    async def create(
        self, order: Order, *, reference: str, webhook: str | None, source: Path | None = None
    ) -> Prediction:
        """Order the riff, or the morph of ``source``: a score (``.json``) or audio.

        Raises ``Refused``/``Unreachable`` (not accepted) or ``OutcomeUnknown``.
        """
        ...

    async def get(self, prediction_id: str) -> Prediction:
        """The prediction as it stands."""
        ...

    async def find(self, reference: str, *, since: datetime) -> list[Prediction]:
        """Every prediction created since then that echoes ``reference``, oldest first."""
        ...

    async def cancel(self, prediction_id: str) -> None:
        """Stop it if it still runs; a finished or unknown one is no error."""
        ...

    async def fetch(self, prediction: Prediction, folder: Path) -> Fetched:
        """Download a succeeded prediction's audio, and its score if it has one, into ``folder``.

        Bounded in size and time.
        """
        ...


class Finisher(Protocol):
    """The audio room, behind a worker process."""

    async def finish(self, fetched: Fetched, order: Order, folder: Path) -> Finished:
        """Probe, repeat to length, level, encode, tag, picture. Raises ``UnusableAudio``."""
        ...


class Stage(Protocol):
    """Discord as the machine sees it: one message a job. Errors are ``bot.errors.DiscordError``s."""

    async def find_card(self, job: Job) -> str | None:
        """The id of a card that was shown but not recorded (crash in between), by ``@original``."""
        ...

    async def show(self, job: Job, place: Place | None) -> None:
        """Bring the card up to date; sparing with edits, silent when it cannot.

        It returns at once when it would have to wait: the next call is never far, and a step waits for it.
        """
        ...

    async def deliver(self, job: Job, take: Take, upload: Path, picture: Path) -> str:
        """Turn the card into the result (or post it anew) and return its message id. Idempotent."""
        ...

    async def end(self, job: Job, ending: str, facts: dict[str, object]) -> str | None:
        """Turn the card into the sentence ``ending`` and return the message id. Idempotent."""
        ...


class Blobs(Protocol):
    """Sound and pictures, by key: ``<take id>/<name>``, so that a broken-off try is simply overwritten."""

    async def put(self, source: Path, *, key: str) -> None:
        """Keep a copy under ``key``, synced to disk; again is the same. Raises ``NoSpace``."""
        ...

    async def path(self, key: str) -> Path:
        """A readable local file. Raises ``NotFound``."""
        ...

    async def delete(self, key: str) -> None:
        """Forget one file; an unknown key is no error."""
        ...

    async def delete_take(self, take_id: str) -> None:
        """Forget every file of a take; an unknown one is no error."""
        ...
