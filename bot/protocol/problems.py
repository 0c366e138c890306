"""Errors on the wire: problem+json (RFC 9457) as Replicate sends it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class InvalidField(BaseModel):
    """One fault in the input."""

    model_config = ConfigDict(extra="ignore")

    field: str = ""
    type: str = ""
    description: str = ""


class Problem(BaseModel):
    """A refused call. ``title`` may be missing in what others send."""

    model_config = ConfigDict(extra="ignore")

    title: str | None = None
    detail: str | None = None
    status: int | None = None
    invalid_fields: list[InvalidField] | None = Field(default=None)
    retry_after: int | float | None = None
