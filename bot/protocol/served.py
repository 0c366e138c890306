"""What our own server answers, to the letter; its OpenAPI document is made from these records."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.protocol.predictions import WebhookEvent

PREDICTION_ID = "^[a-z0-9]{26}$"

ToldStatus = Literal["starting", "processing", "succeeded", "failed", "canceled", "aborted"]
Address = Annotated[str, Field(json_schema_extra={"format": "uri"})]


class Served(BaseModel):
    """A record of ours: no field that is not named."""

    model_config = ConfigDict(extra="forbid")


class PredictionUrls(Served):
    """Where a prediction can be read, cancelled, followed and seen. ``stream`` and ``web`` need no token."""

    get: Address
    cancel: Address
    stream: Address
    web: Address


class Metrics(Served):
    """Seconds; only of what has ended."""

    predict_time: float | None = Field(default=None, json_schema_extra={"minimum": 0})
    total_time: float | None = None


class PredictionTold(Served):
    """A prediction."""

    id: Annotated[str, Field(pattern=PREDICTION_ID)]
    model: str
    version: str
    input: dict[str, Any]
    """As sent; empty once it has been removed."""
    output: dict[str, Any] | None
    logs: str
    error: str | None
    status: ToldStatus
    data_removed: bool
    source: Literal["api"]
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    metrics: Metrics
    urls: PredictionUrls
    deadline: datetime | None = None
    webhook: str | None = None
    webhook_events_filter: list[WebhookEvent] | None = None


class PredictionsTold(Served):
    """A page of predictions, newest first."""

    next: Address | None
    previous: Address | None
    results: list[PredictionTold]


class VersionTold(Served):
    """A version of a model, with the schema of its input and output."""

    id: str
    created_at: datetime
    cog_version: str
    openapi_schema: dict[str, Any]


class VersionsTold(Served):
    """The versions of a model."""

    next: Address | None
    previous: Address | None
    results: list[VersionTold]


class ModelTold(Served):
    """A model that this server has."""

    url: Address
    owner: str
    name: str
    description: str
    visibility: Literal["public"]
    github_url: None
    paper_url: None
    license_url: None
    run_count: int = Field(ge=0)
    cover_image_url: None
    default_example: None
    latest_version: VersionTold


class ModelsTold(Served):
    """The models that this server has."""

    next: Address | None
    previous: Address | None
    results: list[ModelTold]


class AccountTold(Served):
    """Whose token it is."""

    type: Literal["user"]
    username: str
    name: str
    github_url: None


class SecretTold(Served):
    """What webhooks are signed with."""

    key: Annotated[str, Field(pattern=r"^whsec_[A-Za-z0-9+/]+=*$")]


class FileUrls(Served):
    """``get`` goes into ``input`` as it is; ``download`` is signed, and works without a token."""

    get: Address
    download: Address


class Checksums(Served):
    """Hexadecimal."""

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    md5: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class FileTold(Served):
    """A file that was uploaded."""

    id: str
    name: str
    content_type: str
    size: int = Field(ge=0)
    etag: str
    checksums: Checksums
    metadata: dict[str, Any]
    created_at: datetime
    expires_at: datetime
    urls: FileUrls


class FilesTold(Served):
    """A page of files, newest first."""

    next: Address | None
    previous: Address | None
    results: list[FileTold]


class HealthTold(Served):
    """That the server lives, and how busy it is."""

    status: Literal["ok", "stopping"]
    queued: int = Field(ge=0)
    running: int = Field(ge=0)
