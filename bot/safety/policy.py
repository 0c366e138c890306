"""What a server decided about who may order what without being looked at. Pure records among its settings."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Strictness = Literal["off", "normal", "strict"]
"""How closely a channel's prompts are looked at."""


class RuleSettings(BaseModel):
    """The rules of a server, beside its words."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    moderators_channel_id: str | None = Field(default=None, max_length=24)
    """Where orders that wait and reports are shown; None: nowhere, and nothing is held."""
    moderator_role_ids: tuple[str, ...] = Field(default=(), max_length=25)
    """Who has one of these may moderate, as whoever may manage messages may."""
