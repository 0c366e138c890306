"""A host of the predictions dialect: Replicate, our own engine server, or whoever looks like them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, get_args
from urllib.parse import quote

import structlog
from pydantic import BaseModel, ConfigDict

from bot.errors import HostError, NotUnderstood, OutcomeUnknown, Refused
from bot.jobs.limits import Pace
from bot.jobs.ports import WriteAhead
from bot.jobs.records import Fetched, HostHealth, Offers, Source
from bot.protocol.engine import EngineInput, Transform
from bot.protocol.image_models import VERSIONS, ImageInput
from bot.protocol.predictions import ENGINE_MODEL, Prediction
from bot.protocol.runs import Result, Run
from bot.providers import asked, fingerprint
from bot.providers.addresses import at_home
from bot.providers.answers import Answer, read, read_bytes
from bot.providers.download import Downloads
from bot.providers.events import Streams
from bot.providers.fetching import fetch_result, fetch_result_picture
from bot.providers.following import follow
from bot.providers.health import asked_once, health_of
from bot.providers.http import HostHttp
from bot.providers.listing import Listing
from bot.providers.prediction_runs import run_created, run_of
from bot.providers.rates import AT_HOME, REPLICATE, Rates
from bot.providers.sharing import RunPage, SharedReads
from bot.providers.webhooks import Verifier

log = structlog.get_logger(__name__)

_NOTHING_TO_STOP: Final = frozenset({404, 409, 410, 422})


class _Secret(BaseModel):
    model_config = ConfigDict(extra="ignore")

    key: str


class _Account(BaseModel):
    model_config = ConfigDict(extra="ignore")

    username: str = ""
    type: str = ""


@dataclass(kw_only=True)
class PredictionsHost:
    """One configured host (implements ``bot.jobs.ports.Host``).

    ``model`` is what makes its music, in the given ``version``: a bare id or ``owner/name:id``. Without one
    it is asked for at the model's own path. ``local`` hosts may name private addresses for their results.
    """

    name: str
    base_url: str
    token: str | None = field(default=None, repr=False)
    model: str
    version: str | None
    local: bool
    versions: Mapping[str, str] = field(default_factory=lambda: VERSIONS, repr=False)
    """Of image models: name -> version."""
    cancel_after_s: int | None = 1_200
    """After which the host stops a run by itself, as it is told with each order."""
    proves: bool = True
    """Whether whoever hands over a webhook's body has proven whose it is; if not, nothing is learnt."""
    http: HostHttp = field(init=False, repr=False)
    downloads: Downloads = field(init=False, repr=False)
    streams: Streams = field(init=False, repr=False)
    reads: SharedReads = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Our own engine says itself when it has enough; of others the documented rates are kept.
        rates = Rates(limits=AT_HOME if self.model == ENGINE_MODEL else REPLICATE)
        self.http = HostHttp(host=self.name, base_url=self.base_url, token=self.token, rates=rates)
        self.downloads = Downloads(host=self.name, base_url=self.base_url, local=self.local)
        self.streams = Streams(host=self.name, base_url=self.base_url, token=self.token, local=self.local)
        self.reads = SharedReads(one=self._read_one, page=self._read_page)

    async def close(self) -> None:
        """Close all connections."""
        await self.reads.close()
        await self.streams.close()
        await self.http.close()
        await self.downloads.close()

    @property
    def pace(self) -> Pace:
        """As its limiter has it."""
        return self.http.rates.pace

    @property
    def offers(self) -> Offers:
        """Our own model makes all kinds of music; beside ``riffusion/riffusion`` there are image models."""
        ours = self.model == ENGINE_MODEL
        return Offers(
            songs=ours,
            transforms=frozenset(get_args(Transform)) if ours else frozenset(),
            images=not ours,
            engine_extras=ours,
            lists=True,
            signs=True,
        )

    async def create(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        webhook: str | None,
        source: Source | None = None,
        ahead: WriteAhead | None = None,
    ) -> Run:
        """Order what is wanted, once. A large source is brought to the host first, which costs nothing.

        Raises:
            Refused, Unreachable: it certainly was not accepted.
            OutcomeUnknown: it may have been; :meth:`find` tells.
        """
        if isinstance(wanted, ImageInput):
            inputs = await self._of_pictures(wanted, reference)
            path, body = self._called(wanted.model, self.versions.get(wanted.model))
        else:
            inputs = await self._of_music(wanted, reference, source)
            path, body = self._called(self.model, self.version)
        body["input"] = inputs
        if webhook is not None:
            # The early event brings the id home even when the answer to this call is lost.
            body.update(webhook=webhook, webhook_events_filter=["start", "completed"])
        answer = await self.http.once("POST", path, json=body, headers=self._deadline(), ahead=ahead)
        try:
            return self.reads.learn(self._created(answer, reference))
        except NotUnderstood as error:
            raise OutcomeUnknown(self.name, error.detail) from error

    async def _of_pictures(self, wanted: ImageInput, reference: str) -> dict[str, Any]:
        if not self.offers.images:
            raise Refused(self.name, "this host makes no pictures")
        return await asked.placed(self.http, asked.image_inputs(wanted, reference))

    async def _of_music(self, wanted: EngineInput, reference: str, source: Source | None) -> dict[str, Any]:
        if self.model == ENGINE_MODEL:
            return await asked.engine_inputs(self.http, wanted, reference, source)
        if wanted.kind != "riff":
            raise Refused(self.name, f"this model makes no {wanted.kind}")
        return asked.riffusion_inputs(wanted, reference)

    def _called(self, model: str, version: str | None) -> tuple[str, dict[str, Any]]:
        """Where a model is asked, and what names it there."""
        if version is None:
            return f"/models/{model}/predictions", {}
        return "/predictions", {"version": version}

    def _deadline(self) -> dict[str, str]:
        return {} if self.cancel_after_s is None else {"Cancel-After": f"{max(5, self.cancel_after_s)}s"}

    def _created(self, answer: Answer, reference: str) -> Run:
        """The answer to an order. Raises ``NotUnderstood``; ``reference`` is what was ordered."""
        log.debug("predictions.created", host=self.name, reference=reference, status=answer.status)
        return run_created(read(self.name, answer, Prediction))

    async def get(self, run_id: str, *, since: datetime | None = None, urgent: bool = False) -> Run:
        """The run as it stands, or stood at ``since`` or later. Who asks at the same time shares the call.

        An urgent question goes by itself, and at once.

        Raises:
            Refused: the host does not know it.
        """
        if urgent:
            return self.reads.learn(await self._read_one(run_id, urgent=True))
        return await self.reads.get(run_id, since=since)

    def follow(self, run: Run) -> AsyncGenerator[Run]:
        """The run as it goes on, up to its end: by the host's events while it streams any, else by asking."""
        stream = None if run.stream is None else self._at_home(run.stream)
        return follow(self, run.model_copy(update={"stream": stream}), streams=self.streams)

    async def _read_one(self, run_id: str, *, urgent: bool = False) -> Run:
        answer = await self.http.safe("GET", _path(run_id), urgent=urgent)
        return run_of(read(self.name, answer, Prediction))

    async def _read_page(self, cursor: str | None) -> RunPage:
        return await Listing(self.http).runs(cursor)

    async def find(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        since: datetime,
        until: datetime | None = None,
        urgent: bool = False,
    ) -> list[Run]:
        """Every run ordered between those times that bears ``reference``, oldest first.

        Raises:
            NotUnderstood: nothing in the order could bear it, so that an empty list would prove nothing.
        """
        if isinstance(wanted, ImageInput):
            sent = asked.image_inputs(wanted, reference)
        elif self.model == ENGINE_MODEL:
            sent = {"reference": reference}
        else:
            sent = asked.riffusion_inputs(wanted, reference)
        bears = partial(self._bears, reference=reference, sent=sent)
        if not bears(sent):  # a picture whose model takes no seed, or one that somebody fixed
            raise NotUnderstood(self.name, "it was ordered without anything to know it by")
        return await Listing(self.http).find(bears, since=since, until=until, urgent=urgent)

    def _bears(self, inputs: Mapping[str, Any], *, reference: str, sent: Mapping[str, Any]) -> bool:
        if self.model == ENGINE_MODEL:
            return inputs.get("reference") == reference
        return fingerprint.bears(inputs, reference) and fingerprint.same_words(inputs, sent)

    async def cancel(self, run_id: str) -> None:
        """Stop it if it still runs; a finished or unknown one is no error."""
        try:
            await self.http.safe("POST", _path(run_id) + "/cancel", urgent=True)
        except Refused as error:
            if error.status not in _NOTHING_TO_STOP:
                raise

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """Bring a result's audio into ``folder``, and its score where it has one."""
        return await fetch_result(self.downloads, result, folder, here=self._at_home)

    async def fetch_picture(self, result: Result, folder: Path) -> Path:
        """Bring a result's picture into ``folder``."""
        if result.picture is None and result.audio is not None:  # an address that does not tell what it is
            result = Result(picture=result.audio)
        return await fetch_result_picture(self.downloads, result, folder, here=self._at_home)

    def _at_home(self, address: str) -> str:
        """Our own engine may have come back at another port; others lay their files where they say."""
        return at_home(address, self.base_url) if self.local and self.model == ENGINE_MODEL else address

    def told(self, body: bytes) -> Run:
        """What a webhook's body tells; the end that was told before stays. Raises ``NotUnderstood``."""
        run = run_of(read_bytes(self.name, body, Prediction))
        return self.reads.learn(run) if self.proves else run

    async def verifier(self) -> Verifier | None:
        """A checker with the host's newest signing secret."""
        answer = await self.http.safe("GET", "/webhooks/default/secret")
        try:
            return Verifier(read(self.name, answer, _Secret).key)
        except ValueError:
            raise NotUnderstood(self.name, "a webhook secret that is none") from None

    async def check(self) -> HostHealth:
        """Whether it answers and takes our key: whose account it is."""
        async with asked_once(self.http) as http:
            try:
                account = read(self.name, await http.safe("GET", "/account"), _Account)
            except HostError as error:
                return health_of(error, http, known=f"tells no account: {error.detail}")
        if not account.type and not account.username:
            return HostHealth("foreign", "an account without a name")
        return HostHealth("answers", f"{account.type} {account.username}".strip())


def _path(run_id: str) -> str:
    return f"/predictions/{quote(run_id, safe='')}"
