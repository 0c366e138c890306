"""What something is made from: a take of this server, or a file that a member brought."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class TakeSource(BaseModel):
    """A take, and what a card says of it even after it is deleted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    take_id: str
    prompt: str
    user_name: str = Field(max_length=100)
    channel_id: str
    message_id: str | None = None


class UploadSource(BaseModel):
    """A file that came with the command, kept as a blob under an id of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    upload_id: str
    key: str
    """Of the blob, ``<upload_id>/<name>``."""
    name: str = Field(max_length=200)
    """As the member called it."""
    user_name: str = Field(max_length=100)
    duration_s: float
