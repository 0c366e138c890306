"""Records of the predictions dialect (Replicate's HTTP API and its look-alikes).

Tolerant in what they accept, strict in what they send: unknown keys of an answer are ignored,
missing optional ones are fine, an unknown status counts as still running.

Source of shapes: Replicate's OpenAPI document, https://replicate.com/docs/reference/http.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from bot.protocol.numbers import plain_number

RIFFUSION_MODEL = "riffusion/riffusion"
RIFFUSION_VERSION = "8cf61ea6c56afd61d8f5b9ffd14d7c216c0a93844ce2d82ac1c9ecc9c7f24e05"
ENGINE_MODEL = "riffcord/engine"
ENGINE_VERSION = "7e2e8ff5c2016e59d870ef62913c2c0ce08f533989e5d07b711ec41a6fae2909"
"""SHA-256 of ``riffcord/engine 2``. It names the shape of input and output, not the sound."""

TERMINAL_STATUSES = frozenset({"succeeded", "failed", "canceled", "aborted"})
"""``aborted`` is sent only where a deadline was asked for (official clients do not know it)."""

SeedImageId = Literal[
    "agile",
    "marim",
    "mask_beat_lines_80",
    "mask_gradient_dark",
    "mask_gradient_top_70",
    "mask_graident_top_fifth_75",
    "mask_top_third_75",
    "mask_top_third_95",
    "motorway",
    "og_beat",
    "vibes",
]
"""The eleven ids of the model's schema, in its order and with its misspelling."""

WebhookEvent = Literal["start", "output", "logs", "completed"]


def _right_spelling_too(value: object) -> object:
    return "mask_graident_top_fifth_75" if value == "mask_gradient_top_fifth_75" else value


class RiffusionInput(BaseModel):
    """The six inputs of ``riffusion/riffusion`` with its documented defaults and bounds."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    prompt_a: str = "funky synth solo"
    prompt_b: str | None = None
    alpha: float = Field(default=0.5, ge=0, le=1)
    denoising: float = Field(default=0.75, ge=0, le=1)
    seed_image_id: Annotated[SeedImageId, BeforeValidator(_right_spelling_too)] = "vibes"
    num_inference_steps: int = Field(default=50, ge=1)

    @field_validator("*", mode="before")
    @classmethod
    def _plain_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        return plain_number(value, cls.model_fields[info.field_name or ""].annotation)

    @field_validator("prompt_a")
    @classmethod
    def _something_to_play(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be blank")
        return value


class RiffusionOutput(BaseModel):
    """Two addresses: WAV 44.1 kHz, and the 512-row spectrogram picture."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    audio: str
    spectrogram: str | None = None


class CreatePrediction(BaseModel):
    """The body of a create call."""

    model_config = ConfigDict(extra="ignore")

    input: dict[str, Any]
    version: str | None = None
    webhook: Annotated[str, StringConstraints(max_length=2_000)] | None = None
    webhook_events_filter: list[WebhookEvent] | None = None
    stream: StrictBool | Literal["true", "false"] | None = None
    """Changes nothing: every prediction can be followed."""

    @field_validator("webhook_events_filter", mode="before")
    @classmethod
    def _one_string(cls, value: object) -> object:
        """One of the documents that this API is known by types the filter as a string."""
        if isinstance(value, str):
            return [event.strip() for event in value.split(",") if event.strip()]
        return value


_TQDM_PERCENT = re.compile(r"([0-9]{1,3})%\|")


_LOG_TAIL = 4_096
"""Characters of the logs in which the newest progress stands."""


class Prediction(BaseModel):
    """One prediction as a host tells it. Only its id is needed; what cannot be used counts as not told."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1, max_length=200)
    model: str = ""
    version: str = ""
    status: str = "starting"
    input: dict[str, Any] = Field(default_factory=dict)
    output: Any = None
    error: str | None = None
    logs: str | None = None
    metrics: dict[str, Any] | None = None
    data_removed: bool = False
    created_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    urls: dict[str, str] = Field(default_factory=dict)

    @field_validator("id", mode="before")
    @classmethod
    def _number_as_id(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("error", mode="before")
    @classmethod
    def _error_as_text(cls, value: object) -> str | None:
        return None if value is None else str(value)[:2_000]

    @field_validator("logs", mode="before")
    @classmethod
    def _logs_as_text(cls, value: object) -> object:
        return "\n".join(map(str, cast("list[object]", value))) if isinstance(value, list) else value

    @field_validator("model", "version", mode="before")
    @classmethod
    def _missing_name(cls, value: object) -> object:
        return value if isinstance(value, str) else ""

    @field_validator("status", mode="before")
    @classmethod
    def _missing_status(cls, value: object) -> object:
        return value if isinstance(value, str) else "starting"

    @field_validator("input", "metrics", mode="before")
    @classmethod
    def _removed_or_odd(cls, value: object) -> object:
        return cast("object", value) if isinstance(value, dict) else {}

    @field_validator("data_removed", mode="before")
    @classmethod
    def _removed_or_not(cls, value: object) -> bool:
        return value is True or str(value).lower() == "true"

    @field_validator("urls", mode="before")
    @classmethod
    def _only_addresses(cls, value: object) -> object:
        """Some hosts send null for what they do not offer."""
        if not isinstance(value, dict):
            return {}
        entries = cast("dict[object, object]", value).items()
        return {name: address for name, address in entries if isinstance(address, str)}

    @field_validator("logs", "created_at", "started_at", "completed_at", mode="wrap")
    @classmethod
    def _or_not_told(cls, value: object, read: ValidatorFunctionWrapHandler) -> Any:
        """Facts that only help are no reason to lose an answer."""
        try:
            return read(value)
        except ValidationError:
            return None

    @field_validator("created_at", "started_at", "completed_at", mode="after")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        """The API's times are UTC, also where a host leaves the zone out."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value

    @property
    def ended(self) -> bool:
        """Whether the status is one that is never left again."""
        return self.status in TERMINAL_STATUSES

    @property
    def progress(self) -> float | None:
        """0..1 from the last tqdm line of the logs; None where the logs tell nothing."""
        return progress_in(self.logs or "")


def progress_in(logs: str) -> float | None:
    """0..1 from the last tqdm line (``64%|######  | 32/50``); None where there is none."""
    found = _TQDM_PERCENT.findall(logs[-_LOG_TAIL:])
    return min(1.0, int(found[-1]) / 100) if found else None


class PredictionPage(BaseModel):
    """A page of predictions, newest first; ``next`` and ``previous`` are whole addresses."""

    model_config = ConfigDict(extra="ignore")

    next: str | None = None
    previous: str | None = None
    results: list[Prediction] = Field(default_factory=list["Prediction"])

    unreadable: int = 0
    """How many entries could not be read; no host tells that."""

    @model_validator(mode="before")
    @classmethod
    def _readable_ones(cls, value: object) -> object:
        """Other people's predictions stand there too: one that cannot be read does not spoil the page."""
        if not isinstance(value, dict):
            return value
        told = cast("dict[str, object]", value)
        results = told.get("results")
        if not isinstance(results, list):
            return {**told, "unreadable": 0}
        entries = cast("list[object]", results)
        read = [entry for each in entries if (entry := _readable(each)) is not None]
        return {**told, "results": read, "unreadable": len(entries) - len(read)}


def _readable(told: object) -> Prediction | None:
    try:
        return Prediction.model_validate(told)
    except ValidationError:
        return None
