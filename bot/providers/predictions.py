"""A host of the predictions dialect: Replicate, or our own engine server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlsplit

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import HostError, NotUnderstood, OutcomeUnknown, PredictionFailed, Refused, UnusableAudio
from bot.jobs.order import Order
from bot.jobs.records import Facts, Fetched
from bot.protocol.engine import EngineOutput
from bot.protocol.predictions import ENGINE_MODEL, Prediction, PredictionPage
from bot.providers import fingerprint
from bot.providers.addresses import is_loopback_name
from bot.providers.answers import read
from bot.providers.download import Downloads
from bot.providers.http import HostHttp
from bot.providers.morphs import morph_inputs
from bot.providers.webhooks import Verifier

log = structlog.get_logger(__name__)

_CLOCK_SKEW = timedelta(seconds=60)
"""How far the host's clock may lag behind ours when its list is searched."""
_MOST_PAGES = 20


class _Secret(BaseModel):
    model_config = ConfigDict(extra="ignore")

    key: str


def engine_inputs(order: Order, reference: str, source: Path | None = None) -> dict[str, Any]:
    """What ``riffcord/engine`` is sent: a morph with its source, or the six and what only it takes."""
    if order.morph is not None:
        if source is None:
            raise ValueError("a morph without its source")
        return {**morph_inputs(order.riff, order.morph, source), "reference": reference}
    extra = {"seed": order.riff.seed, "length_s": order.riff.length_s}
    given = {name: value for name, value in extra.items() if value is not None}
    return {**_six(order), **given, "reference": reference}


def riffusion_inputs(order: Order, reference: str) -> dict[str, Any]:
    """What ``riffusion/riffusion`` is sent: its own six and no more, marked by digits nobody hears."""
    return fingerprint.marked(_six(order), reference)


def _six(order: Order) -> dict[str, Any]:
    riff = order.riff
    second = {} if riff.prompt_b is None else {"prompt_b": riff.prompt_b}
    return {
        "prompt_a": riff.prompt,
        **second,
        "alpha": riff.alpha,
        "denoising": riff.denoising,
        "seed_image_id": riff.seed_image,
        "num_inference_steps": riff.steps,
    }


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
    def morphs(self) -> bool:
        """Whether the model makes something else of other music: only our own does."""
        return self.model == ENGINE_MODEL

    async def create(
        self, order: Order, *, reference: str, webhook: str | None, source: Path | None = None
    ) -> Prediction:
        """Order the riff, or the morph of ``source`` (a score ``.json`` or audio), once.

        Raises:
            Refused, Unreachable: it certainly was not accepted.
            OutcomeUnknown: it may have been; :meth:`find` tells.
        """
        if self.model == ENGINE_MODEL:
            inputs = await asyncio.to_thread(engine_inputs, order, reference, source)
        elif order.morph is None:
            inputs = riffusion_inputs(order, reference)
        else:
            raise Refused(self.name, "this model makes nothing else of other music")
        return await self.ask(inputs, webhook=webhook)

    async def ask(self, inputs: Mapping[str, Any], *, webhook: str | None = None) -> Prediction:
        """Order what the model takes, as it takes it, once. Raises as :meth:`create`."""
        body: dict[str, Any] = {"input": inputs}
        if self.version is not None:
            body["version"] = self.version
        if webhook is not None:
            # The early event brings the id home even when the answer to this call is lost.
            body.update(webhook=webhook, webhook_events_filter=["start", "completed"])
        path = f"/models/{self.model}/predictions" if self.version is None else "/predictions"
        answer = await self.http.once("POST", path, json=body)
        try:
            return read(self.name, answer, Prediction)
        except NotUnderstood as error:
            raise OutcomeUnknown(self.name, error.detail) from error

    async def get(self, prediction_id: str) -> Prediction:
        """The prediction as it stands. Raises ``Refused`` when the host does not know it."""
        return read(self.name, await self.http.safe("GET", _path(prediction_id)), Prediction)

    async def find(self, reference: str, *, since: datetime) -> list[Prediction]:
        """Every prediction created since then that bears ``reference``, oldest first.

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
                return list(found.values())[::-1]
        raise NotUnderstood(self.name, "the list of predictions has no end")

    async def cancel(self, prediction_id: str) -> None:
        """Stop it if it still runs; a finished or unknown one is no error."""
        try:
            await self.http.safe("POST", _path(prediction_id) + "/cancel")
        except Refused as error:
            if not error.detail.startswith(("404", "409", "410", "422")):
                raise

    async def fetch(self, prediction: Prediction, folder: Path) -> Fetched:
        """Download a succeeded prediction's audio into ``folder``, and its score where it has one.

        Raises:
            PredictionFailed: there is nothing to download, because it failed or was stopped.
            UnusableAudio, HostError: as :meth:`Downloads.audio`.
        """
        if prediction.ended and prediction.status != "succeeded":
            raise PredictionFailed(self.name, prediction.error or prediction.status)
        address = audio_address(prediction.output)
        if address is None:
            raise NotUnderstood(self.name, "a result without audio")
        audio = await self.downloads.audio(self._at_home(address), folder)
        score = await self._score(prediction.output, folder)
        return Fetched(audio=audio, facts=facts_of(prediction.output), score=score)

    def _at_home(self, address: str) -> str:
        return at_home(address, self.base_url) if self.local else address

    async def _score(self, output: Any, folder: Path) -> Path | None:
        """The music in numbers. Without it there still is the sound, so no failure here spoils a result."""
        address = score_address(output)
        if address is None:
            return None
        file = folder / "score.json"
        try:
            await self.downloads.document(self._at_home(address), file)
        except (HostError, UnusableAudio) as error:
            log.warning("score.not_fetched", host=self.name, error=str(error))
            return None
        return file

    async def webhook_verifier(self) -> Verifier:
        """A verifier with the host's own signing secret."""
        answer = await self.http.safe("GET", "/webhooks/default/secret")
        try:
            return Verifier(read(self.name, answer, _Secret).key)
        except ValueError:
            raise NotUnderstood(self.name, "a webhook secret that is none") from None


def _path(prediction_id: str) -> str:
    return f"/predictions/{quote(prediction_id, safe='')}"


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


def score_address(output: Any) -> str | None:
    """Where the score is, if our engine made it."""
    told = cast("dict[str, Any]", output).get("score") if isinstance(output, dict) else None
    return told if isinstance(told, str) and told else None


def at_home(address: str, base_url: str) -> str:
    """A local host's result where that host is now: its port may have changed since it told the address."""
    try:
        told, now = urlsplit(address), urlsplit(base_url)
    except ValueError:  # not an address at all: the download says so
        return address
    if told.scheme not in ("http", "https") or not is_loopback_name(told.hostname or ""):
        return address
    return told._replace(scheme=now.scheme, netloc=now.netloc).geturl()


def facts_of(output: Any) -> Facts:
    """What the host told about the music, where it told anything that can be used."""
    try:
        told = EngineOutput.model_validate(output)
    except ValidationError:
        return Facts()
    return Facts(bpm=told.bpm, key=told.key, seed=told.seed)
