"""From the bytes of a create call to something that will be played, or a refusal that names the fault."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from bot.protocol.engine import EngineInput, EngineOutput
from bot.protocol.predictions import (
    ENGINE_MODEL,
    ENGINE_VERSION,
    RIFFUSION_MODEL,
    RIFFUSION_VERSION,
    CreatePrediction,
    RiffusionInput,
    RiffusionOutput,
)
from bot.protocol.problems import InvalidField
from bot.providers.addresses import is_loopback_name, is_public
from bot.web.api.problems import Refusal, invalid_input, not_found
from bot.web.api.wanted import SOURCE_FIELDS

DEFAULT_EVENTS = ("output", "completed")
"""What a webhook hears when the call does not say."""

_LARGEST_INPUT_BYTES = 64 * 2**10
"""Of an input as JSON, without the music that it brings along: it is kept, told and told again."""

Record = TypeVar("Record", bound=BaseModel)

_IP_ADDRESS = re.compile(r"[0-9.]+|.*:.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that this server has: the only one version of it, and what it takes."""

    name: str
    version: str
    input: type[RiffusionInput]
    output: type[RiffusionOutput]

    def version_told(self) -> dict[str, Any]:
        """The version object; official clients look in it whether the output is a stream."""
        schemas = {"Input": self.input.model_json_schema(), "Output": self.output.model_json_schema()}
        return {
            "id": self.version,
            "created_at": "2026-01-01T00:00:00.000000Z",
            "cog_version": "0.0.0",
            "openapi_schema": {
                "openapi": "3.1.0",
                "info": {"title": self.name, "version": self.version[:8]},
                "components": {"schemas": schemas},
            },
        }


_ALL = (
    Model(name=RIFFUSION_MODEL, version=RIFFUSION_VERSION, input=RiffusionInput, output=RiffusionOutput),
    Model(name=ENGINE_MODEL, version=ENGINE_VERSION, input=EngineInput, output=EngineOutput),
)
MODELS = {model.name: model for model in _ALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A create call that is in order."""

    model: Model
    sent_input: dict[str, Any]
    """As sent, to be echoed."""
    seed: int | None
    webhook: str | None
    webhook_events: list[str]


def accept(body: bytes, *, path_model: str | None, private_webhooks: bool) -> Accepted:
    """Check a create call.

    Args:
        body: The request's bytes.
        path_model: ``owner/name`` where the path names the model, else None.
        private_webhooks: Whether webhooks may go to private addresses.

    Raises:
        Refusal: 400, 404 or 422.
    """
    created = _parsed(CreatePrediction, _json(body))
    model = _model(created.version, path_model)
    checked = _parsed(model.input, created.input, within="input")
    if isinstance(checked, EngineInput) and (wrong := checked.contradictions()):
        raise invalid_input(
            [
                InvalidField(field=f"input.{name}", type="contradiction", description=why)
                for name, why in wrong
            ]
        )
    _echoable(created.input, may_bring_music=isinstance(checked, EngineInput))
    if created.webhook is not None:
        _check_webhook(created.webhook, private_webhooks)
    events = created.webhook_events_filter
    return Accepted(
        model=model,
        sent_input=created.input,
        seed=checked.seed if isinstance(checked, EngineInput) else None,
        webhook=created.webhook,
        webhook_events=list(DEFAULT_EVENTS if events is None else events),
    )


def _json(body: bytes) -> object:
    def not_finite(text: str) -> NoReturn:
        fault = InvalidField(
            field="input", type="finite_number", description=f"{text[:20]} is no finite number"
        )
        raise invalid_input([fault])

    def finite(text: str) -> float:
        value = float(text)
        return value if math.isfinite(value) else not_finite(text)

    try:
        return json.loads(body.decode(), parse_constant=not_finite, parse_float=finite)
    except (ValueError, RecursionError):
        raise Refusal(400, "Malformed JSON", "The body is not a JSON document.") from None


def _parsed(record: type[Record], value: object, *, within: str = "") -> Record:
    try:
        return record.model_validate(value)
    except ValidationError as error:
        raise invalid_input([_fault(fault["loc"], fault, within) for fault in error.errors()]) from None


def _fault(place: Sequence[int | str], fault: Any, within: str) -> InvalidField:
    field = ".".join(map(str, ([within] if within else []) + list(place)))
    return InvalidField(field=field or "body", type=fault["type"], description=fault["msg"])


def _echoable(sent: dict[str, Any], *, may_bring_music: bool) -> None:
    """Refuse what is too large to be told each time, and what JSON can carry in but not out.

    That is half a surrogate pair, or a nest too deep. What a model takes no notice of counts as well.
    """
    told = {
        name: value
        for name, value in sent.items()
        if not (may_bring_music and name in SOURCE_FIELDS and _is_kept_apart(value))
    }
    try:
        json.dumps(sent, ensure_ascii=False, allow_nan=False).encode()
        size_bytes = len(json.dumps(told, ensure_ascii=False).encode())
    except (ValueError, RecursionError):
        fault = InvalidField(field="input", type="text", description="holds text that is not valid Unicode")
        raise invalid_input([fault]) from None
    if size_bytes > _LARGEST_INPUT_BYTES:
        limit_kb = _LARGEST_INPUT_BYTES >> 10
        detail = f"Besides scores and recordings an input can have {limit_kb} KB at most."
        raise Refusal(413, "Too large", detail)


def _is_kept_apart(source: object) -> bool:
    """Whether a source goes to a file of its own: all but addresses of elsewhere, which stay in the row."""
    return not isinstance(source, str) or source.startswith("data:")


def _model(version: str | None, path_model: str | None) -> Model:
    """The model that a call means; ``version`` is a bare id, ``owner/name:id`` or ``owner/name``."""
    if path_model is not None and path_model not in MODELS:
        raise not_found(f"The model {path_model[:200]}")
    if version is None:
        if path_model is not None:
            return MODELS[path_model]
        raise invalid_input(
            [InvalidField(field="version", type="missing", description="version is required")]
        )
    for model in MODELS.values():
        spellings = (model.version, f"{model.name}:{model.version}", model.name)
        if version in spellings and path_model in (None, model.name):
            return model
    fault = InvalidField(field="version", type="unknown", description="no such version here")
    raise Refusal(
        422,
        "Invalid version or not permitted",
        "The specified version does not exist on this server.",
        invalid=[fault],
    )


def _check_webhook(address: str, private_allowed: bool) -> None:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        usable = parts.scheme in ("http", "https") and bool(host) and (parts.port or 1) > 0
    except ValueError:
        usable, host = False, ""
    if not usable:
        problem = "must be an http or https address"
    elif not private_allowed and (
        is_loopback_name(host) or (_IP_ADDRESS.fullmatch(host) and not is_public(host))
    ):
        problem = "must be a public address"
    else:
        return
    raise invalid_input([InvalidField(field="webhook", type="url", description=problem)])
