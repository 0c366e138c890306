"""A model container at home: Cog's own HTTP server, as in ``r8.im/riffusion/riffusion``.

It is not Replicate's API: nothing can be asked for by its id or listed, and results come by webhook only.
What is known of it was observed at ``cog`` 0.23.1 (https://cog.run/http/).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import structlog

from bot.errors import HostError, NotUnderstood, OutcomeUnknown, Refused, Unreachable
from bot.jobs.limits import Pace
from bot.jobs.ports import WriteAhead
from bot.jobs.records import Fetched, HostHealth, Offers, Source
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput
from bot.protocol.predictions import Prediction
from bot.protocol.runs import FailureCause, Result, Run
from bot.providers.answers import read
from bot.providers.cog_health import KNOWN, WORKING, Health, life_now, run_id, why_lost
from bot.providers.cog_inputs import THE_SIX, Takes, brought_by, inputs_for, picture_inputs
from bot.providers.cog_reports import BearerVerifier, run_reported, run_told
from bot.providers.download import Downloads
from bot.providers.fetching import fetch_result, fetch_result_picture
from bot.providers.health import asked_once, health_of
from bot.providers.http import HostHttp

log = structlog.get_logger(__name__)

_EVENTS: Final = ["start", "logs", "completed"]
"""Not ``output``: it would bring the whole result a second time."""
_ASYNC: Final = {"Prefer": "respond-async"}
"""Exactly this. With anything besides it Cog answers when the prediction is done."""
_NO_PLACE: Final = frozenset({409, 503})
"""It makes something else and keeps no queue, or its model is not loaded yet."""


@dataclass(kw_only=True)
class CogHost:
    """One container (implements ``bot.jobs.ports.Host``).

    A run's id is made of the order's reference, so that a call repeated while it runs would not start it
    twice, and of the container's life, so that :meth:`get` can tell that it was lost.
    """

    name: str
    base_url: str
    token: str | None = field(default=None, repr=False)
    """Where something that asks for one stands before the container."""
    webhook_token: str | None = field(default=None, repr=False)
    """What the container was given as ``WEBHOOK_AUTH_TOKEN``, if it was."""
    local: bool = True
    offers: Offers = field(
        default=Offers(shows_idle=True, polls=False, queues=False, inline_files=True),
        init=False,
    )
    http: HostHttp = field(init=False, repr=False)
    downloads: Downloads = field(init=False, repr=False)
    _takes: tuple[str, Takes] | None = field(default=None, init=False, repr=False)
    """The life of the container in which it was asked what it takes, and what it said."""

    def __post_init__(self) -> None:
        self.http = HostHttp(host=self.name, base_url=self.base_url, token=self.token, busy=_NO_PLACE)
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
        """Order what is wanted, once.

        Raises:
            Refused: it certainly was not accepted; ``HostBusy`` while it makes something else or starts.
            Unreachable: likewise.
            OutcomeUnknown: it may have been. The webhook tells.
        """
        if webhook is None:
            raise Refused(
                self.name, "a container tells its results by webhook only, and has no address for it"
            )
        life = life_now(self.name, await self._health())
        inputs = await self._inputs(wanted, await self._what_it_takes(life), reference, source)
        named = run_id(reference, life)
        body = {"input": inputs, "webhook": webhook, "webhook_events_filter": _EVENTS}
        answer = await self.http.once("PUT", _path(named), json=body, headers=_ASYNC, ahead=ahead)
        try:
            told = read(self.name, answer, Prediction)
        except NotUnderstood as error:
            raise OutcomeUnknown(self.name, error.detail) from error
        if told.id != named:
            raise OutcomeUnknown(self.name, "an answer about something else")
        return run_reported(told)

    async def _inputs(
        self, wanted: EngineInput | ImageInput, takes: Takes, reference: str, source: Source | None
    ) -> dict[str, Any]:
        if isinstance(wanted, ImageInput):
            return picture_inputs(self.name, wanted.inputs, takes)
        brought = {} if source is None else await brought_by(self.name, source.file)
        return inputs_for(self.name, wanted, takes, reference=reference, brought=brought)

    async def get(self, run_id: str, *, since: datetime | None = None, urgent: bool = False) -> Run:
        """As far as a container can be asked: whether the run still may come to its end.

        Nothing can be asked for by its id, and a call that names a run that has ended starts it again. But a
        container that was started anew in the meantime, or is broken, will not tell about this one any more.
        """
        lost = why_lost(await self._health(urgent=urgent), run_id)
        if lost is None:
            return Run(id=run_id, status="processing")
        return Run(id=run_id, status="failed", error=lost, cause=FailureCause.INTERRUPTED)

    async def find(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        since: datetime,
        until: datetime | None = None,
        urgent: bool = False,
    ) -> list[Run]:
        """Nothing, while the container makes nothing: it has no list, but shows whether it is at anything.

        Raises:
            OutcomeUnknown: it is, and nobody can tell at what, or it does not say.
        """
        health = await self._health(urgent=urgent)
        if health is None or health.status == "BUSY":
            raise OutcomeUnknown(self.name, f"it may be making {reference}")
        return []

    async def cancel(self, run_id: str) -> None:
        """Stop it if it still runs; a finished or unknown one is no error."""
        try:
            await self.http.safe("POST", _path(run_id) + "/cancel", urgent=True)
        except Refused as error:
            if error.status != 404:
                raise

    def told(self, body: bytes) -> Run:
        """What a webhook's body tells. They come in any order. Raises ``NotUnderstood``."""
        return run_told(self.name, body)

    async def verifier(self) -> BearerVerifier | None:
        """A checker of the webhook token, where there is one."""
        return None if self.webhook_token is None else BearerVerifier(self.webhook_token)

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """Bring a result's audio into ``folder``: from inside the report, or from where it was uploaded."""
        return await fetch_result(self.downloads, result, folder)

    async def fetch_picture(self, result: Result, folder: Path) -> Path:
        """Bring a result's picture into ``folder``."""
        return await fetch_result_picture(self.downloads, result, folder)

    async def check(self) -> HostHealth:
        """Whether the model in it is ready."""
        async with asked_once(self.http) as http:
            try:
                health = read(self.name, await http.safe("GET", "/health-check"), Health)
            except HostError as error:
                told = health_of(error, http)
                return HostHealth("foreign", error.detail) if told.answers else told
        if health.status not in KNOWN:
            return HostHealth("foreign", "a health of no container")
        return HostHealth("answers" if health.status in WORKING else "troubled", health.in_words)

    async def _health(self, *, urgent: bool = False) -> Health | None:
        """How the container is; None where it does not say. Raises ``Unreachable``."""
        try:
            return read(self.name, await self.http.safe("GET", "/health-check", urgent=urgent), Health)
        except Unreachable:
            raise
        except HostError as error:
            log.debug("cog.no_health", host=self.name, error=str(error))
            return None

    async def _what_it_takes(self, life: str) -> Takes:
        """Asked once in a container's life, where that is known: another one may have another model."""
        if not life or self._takes is None or self._takes[0] != life:
            self._takes = life, await self._described()
        return self._takes[1]

    async def _described(self) -> Takes:
        try:
            answer = await self.http.safe("GET", "/openapi.json")
            return Takes.told_by(json.loads(answer.body)) or THE_SIX
        except (HostError, ValueError, RecursionError) as error:
            log.info("cog.not_described", host=self.name, error=str(error))
            return THE_SIX


def _path(run_id: str) -> str:
    return f"/predictions/{quote(run_id, safe='')}"
