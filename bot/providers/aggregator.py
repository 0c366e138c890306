"""A gateway that sells Replicate's models under its own address and key (kkiai, chainhub and others).

It answers in Replicate's words, in part: there is no list, no cancel, no account, no signing secret and no
place for files, and the addresses in ``urls`` are those of Replicate, to which our key must not go. Some
gateways answer with addresses at once, in the shape of an image API; then there is nothing to ask after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from bot.errors import HostError, Refused
from bot.jobs.records import HostHealth, Offers
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput
from bot.protocol.predictions import RIFFUSION_MODEL, RIFFUSION_VERSION, Prediction
from bot.protocol.runs import Result, Run
from bot.providers.answers import Answer, read, read_bytes
from bot.providers.asked import image_inputs
from bot.providers.envelopes import decoded, unwrapped
from bot.providers.health import asked_once, health_of
from bot.providers.prediction_runs import results_of, run_of
from bot.providers.predictions import PredictionsHost
from bot.providers.sharing import SharedReads

_PREFIX: Final = "/replicate/v1"
_AT_ONCE: Final = "at-once-"
_NO_PREDICTION: Final = "riffcord-asks-whether-the-key-is-good"


@dataclass(kw_only=True)
class AggregatorHost(PredictionsHost):
    """One configured gateway; ``base_url`` with or without the path below which it imitates Replicate."""

    model: str = RIFFUSION_MODEL
    version: str | None = RIFFUSION_VERSION
    cancel_after_s: int | None = None

    def __post_init__(self) -> None:
        base = self.base_url.rstrip("/").removesuffix(_PREFIX)
        self.base_url = base + _PREFIX
        super().__post_init__()
        self.reads = SharedReads(one=self._read_one)

    @property
    def offers(self) -> Offers:
        """Riffs and pictures; what was made can be asked for by its id alone."""
        return Offers(images=True, lists=False, cancels=False, signs=False)

    async def _of_pictures(self, wanted: ImageInput, reference: str) -> dict[str, Any]:
        return image_inputs(wanted, reference)  # there is no place to bring large ones to

    def _called(self, model: str, version: str | None) -> tuple[str, dict[str, Any]]:
        """Music by the model's path with its version; pictures by version, as gateways document each."""
        if version is not None and model != self.model:
            return "/predictions", {"version": version if ":" in version else f"{model}:{version}"}
        return f"/models/{model}/predictions", {} if version is None else {"version": version}

    def _created(self, answer: Answer, reference: str) -> Run:
        results = _at_once(answer)
        if results is None:
            return super()._created(answer, reference)
        return Run(id=_AT_ONCE + reference, status="succeeded", results=results)

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
        raise Refused(self.name, f"cannot look for {reference}: gateways do not list what they made")

    async def cancel(self, run_id: str) -> None:
        """Nothing: what was ordered here is made and paid for, as ``offers`` tells."""

    def told(self, body: bytes) -> Run:
        """What a webhook's body says. Nobody signed it, so no question is ever answered with it."""
        return run_of(read_bytes(self.name, body, Prediction))

    async def verifier(self) -> None:
        """Gateways do not sign."""
        return

    async def check(self) -> HostHealth:
        """Whether it answers and takes our key: by asking after a prediction that cannot be."""
        async with asked_once(self.http) as http:
            try:
                read(self.name, await http.safe("GET", f"/predictions/{_NO_PREDICTION}"), Prediction)
            except HostError as error:
                return health_of(error, http)
        return HostHealth("answers", "takes the key")


def _at_once(answer: Answer) -> tuple[Result, ...] | None:
    """The results in ``{"created": ..., "data": [{"url": ...}]}``; None for any other answer."""
    try:
        told = unwrapped(decoded(answer.body))
    except (ValueError, RecursionError):
        return None
    listed = (
        cast("dict[str, object]", told).get("data") if isinstance(told, dict) and "id" not in told else None
    )
    if not isinstance(listed, list):
        return None
    addresses = [_address(each) for each in cast("list[object]", listed)]
    return results_of([address for address in addresses if address]) or None


def _address(entry: object) -> str | None:
    if not isinstance(entry, dict):
        return entry if isinstance(entry, str) else None
    fields = cast("dict[str, object]", entry)
    inline = fields.get("b64_json")
    if isinstance(inline, str) and inline:
        return f"data:application/octet-stream;base64,{inline}"
    address = fields.get("url")
    return address if isinstance(address, str) else None
