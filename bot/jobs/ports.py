"""What the job machine needs of the other rooms; ``bot.app`` hands it the real ones."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotEnough
from bot.jobs.limits import Pace
from bot.jobs.order import Order
from bot.jobs.parcels import Delivery, FileFormat, Packed, Posted, Voice
from bot.jobs.records import (
    Dressed,
    Fetched,
    Filed,
    Finished,
    HostHealth,
    Job,
    Offers,
    Piece,
    Place,
    Source,
    Take,
)
from bot.money.prices import Prices
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import Result, Run

WriteAhead = Callable[[], Awaitable[None]]
"""Notes that a paid call is made, at the last moment before its first byte leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An order at the gate."""

    order: Order
    job_id: str
    """Of the job that it becomes."""
    parts: int
    """How many paid calls it is made of."""
    prices: Prices
    """Of whoever runs the bot."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """An order may be accepted."""

    account: str
    """Of the ledger, that pays for it."""
    price: int
    """Credits, for each of its parts."""
    held: tuple[str, ...] = ()
    """Why it has to wait for a moderator; empty: it does not."""
    on_credit: bool = False
    """Whether the account may hold less than that."""
    key_id: str | None = None
    """The key that somebody brought by which its host is asked; None: ours."""


class Gate(Protocol):
    """Whether an order may be accepted, and who pays for it."""

    async def pass_(self, connection: AsyncConnection, candidate: Candidate) -> Passage:
        """Decide, in the very transaction that accepts the order.

        What is read here about money stays true until that transaction ends. Raises ``UserError``: it is
        refused, and nothing is left of it.
        """
        ...

    async def refused(self, connection: AsyncConnection, candidate: Candidate, error: NotEnough) -> None:
        """Write down what is to be known of an order that could not be paid, after that transaction."""
        ...


class Verifier(Protocol):
    """Checks who signed a webhook."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the body is the host's own and fresh."""
        ...


class Host(Protocol):
    """A music host, whatever its dialect. Errors are ``bot.errors.HostError``s."""

    @property
    def name(self) -> str:
        """As in ``DEFAULT_HOST``."""
        ...

    @property
    def base_url(self) -> str:
        """Where it is."""
        ...

    @property
    def local(self) -> bool:
        """Whether it stands on this machine or in its network, by its configured address."""
        ...

    @property
    def offers(self) -> Offers:
        """What can be asked of it."""
        ...

    @property
    def pace(self) -> Pace | None:
        """How fast it takes orders now, as far as this process knows; None where that is not bounded."""
        ...

    async def create(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        webhook: str | None,
        source: Source | None = None,
        ahead: WriteAhead | None = None,
    ) -> Run:
        """Order what is wanted, made of ``source`` where it is a morph; sent once.

        ``ahead`` is awaited once, when all is ready and connected and no byte has left: whatever is raised
        before it was, or by it, means that nothing was ordered.

        Raises ``Refused``/``Unreachable`` (not accepted) or ``OutcomeUnknown``.
        """
        ...

    async def get(self, run_id: str, *, since: datetime | None = None, urgent: bool = False) -> Run:
        """The run as it stands, or as it stood at ``since`` or later, if somebody was told then.

        ``urgent``: there is no later, so the host is asked although it wants to be left alone.
        """
        ...

    async def find(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        since: datetime,
        until: datetime | None = None,
        urgent: bool = False,
    ) -> list[Run]:
        """Every run of ``wanted`` that was ordered since then and echoes ``reference``, oldest first.

        Needs ``offers.lists``. ``until`` is when it was ordered at the latest. Raises ``NotUnderstood``
        where an empty list would not prove that there is none. With ``offers.shows_idle`` alone it is empty
        while the host makes nothing at all, and ``OutcomeUnknown`` is raised while it makes something.
        """
        ...

    async def cancel(self, run_id: str) -> None:
        """Stop it if it still runs; a finished or unknown one is no error."""
        ...

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """Download a result's audio, and its score if it has one, into ``folder``.

        Bounded in size and time. Raises ``NotUnderstood`` where there is no audio.
        """
        ...

    async def fetch_picture(self, result: Result, folder: Path) -> Path:
        """Download a result's picture into ``folder``, bounded as audio is."""
        ...

    def told(self, body: bytes) -> Run:
        """What a webhook's body tells. Raises ``NotUnderstood``."""
        ...

    async def verifier(self) -> Verifier | None:
        """A checker with the host's newest signing secret; None where it does not sign."""
        ...

    async def check(self) -> HostHealth:
        """Whether it answers and takes our key; costs nothing and raises nothing."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class OwnAccounts(Protocol):
    """Accounts at hosts that members and servers brought a key of; a job names the key by ``Job.key_id``."""

    def host(self, name: str, key_id: str) -> Host:
        """The host, asked with this key; its calls raise ``KeyGone`` once the key was taken back."""
        ...

    def paces(self) -> Mapping[tuple[str, str], Pace]:
        """How fast hosts take orders of an account now, by host and key, as far as this process knows."""
        ...

    async def refused(self, key_id: str, trouble: Literal["bad_key", "no_credit"]) -> None:
        """A host did not take an order because of its key: whoever brought it is told, once."""
        ...

    async def accepted(self, key_id: str) -> None:
        """A host took an order by this key."""
        ...


class Finisher(Protocol):
    """The audio room, behind a worker process."""

    async def finish(self, fetched: Fetched, order: Order, folder: Path) -> Finished:
        """Probe, repeat to length, level, encode, tag, picture. Raises ``UnusableAudio``."""
        ...

    async def pack(
        self, source: Path, folder: Path, *, name: str, form: FileFormat, limit_bytes: int | None
    ) -> Packed:
        """Write a take's lossless file to ``folder`` in ``form``, made as small as it has to be.

        Raises ``UnusableAudio`` (``too_large``) where not even its beginning fits.
        """
        ...

    async def join(self, pieces: Sequence[Piece], folder: Path) -> Path:
        """One lossless file of several, each going over into the next on the beat."""
        ...

    async def speak(self, source: Path, folder: Path, *, name: str, limit_bytes: int) -> Voice:
        """Write a take as a voice message. Raises as :meth:`pack`."""
        ...

    async def film(self, source: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
        """Write a take as a video of its picture. Raises as :meth:`pack`."""
        ...

    async def finish_picture(self, file: Path, folder: Path) -> Finished:
        """Make sure that it is a picture, or a moving one. Raises ``UnusableAudio``."""
        ...

    async def bring_picture(self, file: Path, folder: Path) -> Path:
        """Write a member's picture to ``folder`` as hosts get it. Raises ``UnusableAudio``."""
        ...

    async def fit_picture(self, file: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
        """The picture, or a smaller one in ``folder``. Raises as :meth:`pack`."""
        ...

    async def finish_parts(self, fetched: Fetched, original: Path, folder: Path) -> Finished:
        """Prove that these are the parts of ``original``, and lay them together. Raises ``UnusableAudio``."""
        ...

    async def fit_parts(self, archive: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
        """The archive, or one of smaller files in ``folder``. Raises as :meth:`pack`."""
        ...

    async def dress(self, lossless: Path, picture: Path, folder: Path) -> Dressed:
        """Write a take's files anew with a picture as their cover. Raises ``UnusableAudio``."""
        ...

    async def midi(self, score: Path) -> bytes:
        """A score as a MIDI file. Raises ``UnusableAudio``."""
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

    def limit_bytes(self, job: Job) -> int:
        """How large a file may be in the job's channel, as far as is known."""
        ...

    def may_speak(self, job: Job) -> bool:
        """Whether voice messages are allowed in the job's channel, as far as is known."""
        ...

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """Bring the result to where the order wants it, and say where that is. Idempotent.

        Raises ``UnusableAudio`` (``too_large``) where the files are not accepted.
        """
        ...

    async def speak(self, job: Job, take: Take, voice: Voice, message_id: str) -> str:
        """Answer the result with a voice message; its id. Idempotent for some minutes."""
        ...

    async def wear(self, take: Take, cover: Path, upload: Path) -> None:
        """Show a take's new cover on its message, with the file that has it inside. Idempotent."""
        ...

    async def end(self, job: Job, ending: str, facts: dict[str, object]) -> str | None:
        """Turn the card into the sentence ``ending`` and return the message id. Idempotent."""
        ...

    async def tell_owner(self, job: Job, ending: str, facts: dict[str, object]) -> None:
        """Say the sentence to whoever ordered, alone: for when the channel cannot be used."""
        ...


class Blobs(Protocol):
    """Sound and pictures, by key: ``<take id>/<name>``, so that a broken-off try is simply overwritten."""

    async def put(self, source: Path, *, key: str) -> None:
        """Keep a copy under ``key``, synced to disk; again is the same. Raises ``NoSpace``."""
        ...

    async def keep(self, files: Mapping[str, Path]) -> dict[str, Path]:
        """Keep files under their keys, as :meth:`put` does, all at once; where they are now.

        They are given away: nobody writes to them any more, and whoever likes may remove them.
        """
        ...

    async def path(self, key: str) -> Path:
        """A readable local file. Raises ``NotFound``."""
        ...

    async def delete(self, key: str) -> None:
        """Forget one file; an unknown key is no error."""
        ...

    def shelves(self) -> AsyncGenerator[list[Filed], None]:
        """Every file there is, a part at a time."""
        ...

    async def used_bytes(self) -> int:
        """What they take up together. The first call may take long, later ones return at once."""
        ...

    async def delete_take(self, take_id: str) -> None:
        """Forget every file of a take; an unknown one is no error."""
        ...
