"""A host of the predictions dialect: Replicate, or our own engine server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast, get_args
from urllib.parse import parse_qsl, quote, urlsplit

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import HostError, NotUnderstood, OutcomeUnknown, Refused, Unreachable, UnusableAudio
from bot.jobs.records import Facts, Fetched, HostHealth, Offers, Source
from bot.protocol.engine import EngineInput, EngineOutput, EngineTake, Transform
from bot.protocol.image_models import ImageInput
from bot.protocol.predictions import ENGINE_MODEL, Prediction, PredictionPage, RiffusionInput
from bot.protocol.runs import FailureCause, Result, Run, RunStatus
from bot.providers import fingerprint
from bot.providers.addresses import is_loopback_name
from bot.providers.answers import read
from bot.providers.download import Downloads
from bot.providers.http import HostHttp
from bot.providers.morphs import source_inputs
from bot.providers.webhooks import Verifier

log = structlog.get_logger(__name__)

_CLOCK_SKEW = timedelta(seconds=60)
"""How far the host's clock may lag behind ours when its list is searched."""
_MOST_PAGES = 20


class _Secret(BaseModel):
    model_config = ConfigDict(extra="ignore")

    key: str


_SIX = frozenset(RiffusionInput.model_fields)


def engine_inputs(wanted: EngineInput, reference: str, source: Source | None = None) -> dict[str, Any]:
    """What ``riffcord/engine`` is sent: what was asked for, its source, and the reference it echoes."""
    if wanted.kind == "morph" and source is None and wanted.score is None and wanted.audio is None:
        raise ValueError("a morph without its source")
    brought = {} if source is None else source_inputs(source.file)
    return {**wanted.model_dump(mode="json", exclude_unset=True), **brought, "reference": reference}


def riffusion_inputs(wanted: EngineInput, reference: str) -> dict[str, Any]:
    """What ``riffusion/riffusion`` is sent: its own six and no more, marked by digits nobody hears."""
    six = wanted.model_dump(mode="json", include=set(_SIX), exclude_none=True)
    return fingerprint.marked(six, reference)


def _bears_reference(inputs: Mapping[str, Any], reference: str) -> bool:
    return inputs.get("reference") == reference


@dataclass(kw_only=True)
class PredictionsHost:
    """One configured host (implements ``bot.jobs.ports.Host``).

    ``model`` says which inputs it takes. With a ``version`` predictions are created by version, without
    one at the model's own path. ``local`` hosts may name private addresses for their results.
    """

    name: str
    base_url: str
    token: str | None = field(default=None, repr=False)
    model: str
    version: str | None
    local: bool
    http: HostHttp = field(init=False, repr=False)
    downloads: Downloads = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.http = HostHttp(host=self.name, base_url=self.base_url, token=self.token)
        self.downloads = Downloads(host=self.name, base_url=self.base_url, local=self.local)

    async def close(self) -> None:
        """Close all connections."""
        await self.http.close()
        await self.downloads.close()

    @property
    def offers(self) -> Offers:
        """Our own model does everything; ``riffusion/riffusion`` plays riffs."""
        ours = self.model == ENGINE_MODEL
        return Offers(
            songs=ours,
            transforms=frozenset(get_args(Transform)) if ours else frozenset(),
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
    ) -> Run:
        """Order what is wanted, once.

        Raises:
            Refused, Unreachable: it certainly was not accepted.
            OutcomeUnknown: it may have been; :meth:`find` tells.
        """
        if isinstance(wanted, ImageInput):
            raise Refused(self.name, "this model makes no pictures")
        if self.model == ENGINE_MODEL:
            inputs = await asyncio.to_thread(engine_inputs, wanted, reference, source)
        elif wanted.kind == "riff":
            inputs = riffusion_inputs(wanted, reference)
        else:
            raise Refused(self.name, f"this model makes no {wanted.kind}")
        body: dict[str, Any] = {"input": inputs}
        if self.version is not None:
            body["version"] = self.version
        if webhook is not None:
            # The early event brings the id home even when the answer to this call is lost.
            body.update(webhook=webhook, webhook_events_filter=["start", "completed"])
        path = f"/models/{self.model}/predictions" if self.version is None else "/predictions"
        answer = await self.http.once("POST", path, json=body)
        try:
            return run_of(read(self.name, answer, Prediction))
        except NotUnderstood as error:
            raise OutcomeUnknown(self.name, error.detail) from error

    async def get(self, run_id: str) -> Run:
        """The run as it stands. Raises ``Refused`` when the host does not know it."""
        return run_of(read(self.name, await self.http.safe("GET", _path(run_id)), Prediction))

    async def find(self, reference: str, *, since: datetime) -> list[Run]:
        """Every run created since then that bears ``reference``, oldest first.

        The list is newest first and each page is followed by its cursor alone, on our own base
        address: the key never goes to an address that an answer names.
        """
        bears: Callable[[Mapping[str, Any], str], bool]
        bears = _bears_reference if self.model == ENGINE_MODEL else fingerprint.bears
        since -= _CLOCK_SKEW
        query: dict[str, str] | None = {"created_after": since.isoformat().replace("+00:00", "Z")}
        found: dict[str, Prediction] = {}
        for _ in range(_MOST_PAGES):
            page = read(self.name, await self.http.safe("GET", "/predictions", query=query), PredictionPage)
            recent = [each for each in page.results if each.created_at is None or each.created_at >= since]
            found.update((each.id, each) for each in recent if bears(each.input, reference))
            query = _query_of(page.next)
            if query is None or len(recent) < len(page.results):
                return [run_of(each) for each in found.values()][::-1]
        raise NotUnderstood(self.name, "the list of predictions has no end")

    async def cancel(self, run_id: str) -> None:
        """Stop it if it still runs; a finished or unknown one is no error."""
        try:
            await self.http.safe("POST", _path(run_id) + "/cancel")
        except Refused as error:
            if not error.detail.startswith(("404", "409", "410", "422")):
                raise

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """Download a result's audio into ``folder``, and its score where it has one.

        Raises:
            NotUnderstood: there is no audio in it.
            UnusableAudio, HostError: as :meth:`Downloads.audio`.
        """
        if result.audio is None:
            raise NotUnderstood(self.name, "a result without audio")
        audio = await self.downloads.audio(self._at_home(result.audio), folder)
        score = await self._score(result.score, folder)
        return Fetched(audio=audio, facts=Facts.of(result), score=score)

    async def fetch_picture(self, result: Result, folder: Path) -> Path:
        """Download a result's picture into ``folder``. Raises as :meth:`fetch`."""
        if result.picture is None:
            raise NotUnderstood(self.name, "a result without a picture")
        file = folder / "picture"
        await self.downloads.document(self._at_home(result.picture), file)
        return file

    def _at_home(self, address: str) -> str:
        return at_home(address, self.base_url) if self.local else address

    async def _score(self, address: str | None, folder: Path) -> Path | None:
        """The music in numbers. Without it there still is the sound, so no failure here spoils a result."""
        if address is None:
            return None
        file = folder / "score.json"
        try:
            await self.downloads.document(self._at_home(address), file)
        except (HostError, UnusableAudio) as error:
            log.warning("score.not_fetched", host=self.name, error=str(error))
            return None
        return file

    def told(self, body: bytes) -> Run:
        """What a webhook's body tells. Raises ``NotUnderstood``."""
        try:
            return run_of(Prediction.model_validate_json(body))
        except ValidationError as error:
            raise NotUnderstood(self.name, "a webhook without a prediction") from error

    async def verifier(self) -> Verifier | None:
        """A checker with the host's newest signing secret."""
        answer = await self.http.safe("GET", "/webhooks/default/secret")
        try:
            return Verifier(read(self.name, answer, _Secret).key)
        except ValueError:
            raise NotUnderstood(self.name, "a webhook secret that is none") from None

    async def check(self) -> HostHealth:
        """Whether the model can be seen with our key."""
        try:
            await self.http.safe("GET", f"/models/{self.model}")
        except HostError as error:
            return HostHealth(answers=not isinstance(error, Unreachable), told=type(error).__name__)
        return HostHealth(answers=True, told=self.model)


def _path(run_id: str) -> str:
    return f"/predictions/{quote(run_id, safe='')}"


def _query_of(address: str | None) -> dict[str, str] | None:
    """The query of the next page's address; None at the last page."""
    query = dict(parse_qsl(urlsplit(address).query)) if address else {}
    return query or None


def audio_address(output: Any) -> str | None:
    """Where the audio is: ``{"audio": ...}`` as riffusion has it, one address, or the first of a list."""
    if isinstance(output, dict):
        output = cast("dict[str, Any]", output).get("audio")
    if isinstance(output, list):
        output = next(iter(cast("list[Any]", output)), None)
    return output if isinstance(output, str) and output else None


def at_home(address: str, base_url: str) -> str:
    """A local host's result where that host is now: its port may have changed since it told the address."""
    try:
        told, now = urlsplit(address), urlsplit(base_url)
    except ValueError:  # not an address at all: the download says so
        return address
    if told.scheme not in ("http", "https") or not is_loopback_name(told.hostname or ""):
        return address
    return told._replace(scheme=now.scheme, netloc=now.netloc).geturl()


_STATUSES: dict[str, RunStatus] = {
    "starting": "starting",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "canceled",
    "aborted": "canceled",
}


def run_of(prediction: Prediction) -> Run:
    """A prediction as everybody but the wire knows it; an unknown status counts as still running."""
    output = _object(prediction.output) or {}
    compute_s = (prediction.metrics or {}).get("predict_time")
    return Run(
        id=prediction.id,
        status=_STATUSES.get(prediction.status, "processing"),
        progress=prediction.progress,
        results=results_of(prediction.output) if prediction.status == "succeeded" else (),
        error=prediction.error,
        cause=FailureCause.UNKNOWN if prediction.status == "failed" else None,
        created_at=prediction.created_at,
        compute_s=compute_s if isinstance(compute_s, int | float) else None,
        stream=prediction.urls.get("stream"),
        explained=_object(output.get("explained")),
    )


def results_of(output: Any) -> tuple[Result, ...]:
    """What came out: each take of our engine, else the one thing that there is."""
    try:
        told = EngineOutput.model_validate(output)
    except ValidationError:
        address = audio_address(output)
        return () if address is None else (Result(audio=address),)
    return tuple(_result(take) for take in told.takes or (told,))


def _result(take: EngineTake) -> Result:
    return Result(
        audio=take.audio,
        picture=take.cover or take.spectrogram,
        score=take.score,
        midi=take.midi,
        lrc=take.lrc,
        stems=take.stems or {},
        title=take.title,
        lyrics=take.lyrics,
        duration_s=take.duration_s,
        bpm=take.bpm,
        key=take.key,
        seed=take.seed,
        explained=take.explained,
    )


def _object(value: object) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None
