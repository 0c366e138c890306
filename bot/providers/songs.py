"""A host of the songs dialect, ``/riffusion/generate``: a reseller of the FUZZ models, or our own server.

Songs only, two versions of each, and nobody tells when they are there: the feed is asked. There is no cancel
and no list. A call to generate costs money and is sent once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, get_args
from urllib.parse import quote

from bot.errors import (
    HostError,
    InvalidInput,
    NotUnderstood,
    OutcomeUnknown,
    Refused,
)
from bot.jobs.limits import Pace
from bot.jobs.ports import WriteAhead
from bot.jobs.records import Fetched, HostHealth, Offers, Source
from bot.protocol.engine import EngineInput, Transform
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import Result, Run
from bot.protocol.songs import FEED_PATH
from bot.providers.addresses import at_home
from bot.providers.download import Downloads
from bot.providers.fetching import fetch_result, fetch_result_picture
from bot.providers.health import asked_once, health_of
from bot.providers.http import HostHttp
from bot.providers.songs_answers import job_ids
from bot.providers.songs_asked import call_for
from bot.providers.songs_feed import feed_of, run_of
from bot.providers.songs_uploads import upload

SECOND_SONG_S: Final = 60.0
"""How long a finished request waits for the address of its second song."""
PATIENCE_S: Final = 15 * 60.0
"""After which one song of two is taken for all that there will be: shipping clients give up about then."""
_MOST_WATCHED: Final = 10_000
_NO_SONG: Final = "00000000-0000-0000-0000-000000000000"


@dataclass(slots=True)
class _Watch:
    """Since when a request is asked for, and since when it has been done with a song missing."""

    asked_at: float
    done_at: float | None = None


@dataclass(kw_only=True)
class SongsHost:
    """One configured host (implements ``bot.jobs.ports.Host``)."""

    name: str
    base_url: str
    token: str | None = field(default=None, repr=False)
    local: bool = False
    ours: bool = False
    """Whether it is our own engine."""
    offers: Offers = field(
        default=Offers(
            riffs=False,
            songs=True,
            transforms=frozenset(get_args(Transform)),
            cancels=False,
            webhooks=False,
        ),
        init=False,
    )
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    http: HostHttp = field(init=False, repr=False)
    downloads: Downloads = field(init=False, repr=False)
    _watched: dict[str, _Watch] = field(default_factory=dict[str, _Watch], init=False, repr=False)

    def __post_init__(self) -> None:
        self.http = HostHttp(host=self.name, base_url=self.base_url, token=self.token)
        self.downloads = Downloads(host=self.name, base_url=self.base_url, local=self.local)

    @property
    def pace(self) -> Pace:
        """As its limiter has it."""
        return self.http.rates.pace

    async def close(self) -> None:
        """Close all connections."""
        await self.http.close()
        await self.downloads.close()

    async def create(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        webhook: str | None,
        source: Source | None = None,
        ahead: WriteAhead | None = None,
    ) -> Run:
        """Order a song, an instrumental where a riff is wanted, or the morph of ``source``, once.

        A source is named by the host's own id where it has one, else uploaded first, which costs nothing.
        There is no place for ``reference``, and ``webhook`` is not used.

        Raises:
            Refused, Unreachable: it certainly was not accepted.
            OutcomeUnknown: it may have been, and cannot be found again.
        """
        if isinstance(wanted, ImageInput):
            raise Refused(self.name, "this host makes songs, no pictures")
        riff_id = uploaded = None
        if wanted.transform is not None:
            if source is None:
                raise InvalidInput(self.name, "a morph without its source", field="source")
            riff_id = source.result_id
            if riff_id is None:
                # What would be refused anyway need not be uploaded first.
                call_for(self.name, wanted, riff_id=None, upload_id=_NO_SONG)
                uploaded = await upload(self.http, source, local=self.local)
        path, body = call_for(self.name, wanted, riff_id=riff_id, upload_id=uploaded)
        answer = await self.http.once("POST", path, json=body, ahead=ahead)
        try:
            return Run(id=",".join(job_ids(self.name, answer.body)), status="starting")
        except NotUnderstood as error:
            raise OutcomeUnknown(self.name, error.detail) from error

    async def get(self, run_id: str, *, since: datetime | None = None, urgent: bool = False) -> Run:
        """The request as its feed tells it: one call for both songs.

        One song of two is enough once the host says that it is done for :data:`SECOND_SONG_S`, or after
        :data:`PATIENCE_S`. Raises ``Refused`` when the host does not know it.
        """
        ids = run_id.split(",")
        path = FEED_PATH + ",".join(quote(each, safe="") for each in ids)
        feed = feed_of(self.name, (await self.http.safe("GET", path, urgent=urgent)).body)
        run = run_of(ids, feed)
        if run.ended:
            self._watched.pop(run_id, None)
            return run
        if self._waited_enough(run_id, done=feed.state == "done") and run.results:
            self._watched.pop(run_id, None)
            return run.model_copy(update={"status": "succeeded", "progress": 1.0})
        return run

    def _waited_enough(self, run_id: str, *, done: bool) -> bool:
        now = self.clock()
        watch = self._watched.setdefault(run_id, _Watch(now))
        if len(self._watched) > _MOST_WATCHED:
            del self._watched[next(iter(self._watched))]
        if not done:
            watch.done_at = None
        elif watch.done_at is None:
            watch.done_at = now
        done_s = 0.0 if watch.done_at is None else now - watch.done_at
        return done_s >= SECOND_SONG_S or now - watch.asked_at >= PATIENCE_S

    async def find(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        since: datetime,
        until: datetime | None = None,
        urgent: bool = False,
    ) -> list[Run]:
        """There is no list. Raises ``Refused``."""
        raise Refused(self.name, f"cannot look for {reference}: this host does not list what it made")

    async def cancel(self, run_id: str) -> None:
        """Nothing: what was ordered here is made and paid for, as ``offers`` tells."""

    def told(self, body: bytes) -> Run:
        """Nobody tells anything in this dialect. Raises ``NotUnderstood``."""
        raise NotUnderstood(self.name, "this host sends no webhooks")

    async def verifier(self) -> None:
        """Likewise."""
        return

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """Bring a song into ``folder``."""
        return await fetch_result(self.downloads, result, folder, here=self._at_home)

    async def fetch_picture(self, result: Result, folder: Path) -> Path:
        """Bring a song's cover into ``folder``."""
        return await fetch_result_picture(self.downloads, result, folder, here=self._at_home)

    def _at_home(self, address: str) -> str:
        """Our own engine may have come back at another port; others lay their files where they say."""
        return at_home(address, self.base_url) if self.local and self.ours else address

    async def check(self) -> HostHealth:
        """Whether it answers and takes our key: the feed of a song that cannot be."""
        async with asked_once(self.http) as http:
            try:
                feed_of(self.name, (await http.safe("GET", FEED_PATH + _NO_SONG)).body)
            except HostError as error:
                return health_of(error, http)
        return HostHealth("answers", "takes the key")
