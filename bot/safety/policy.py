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
    """Where orders that wait, reports and warnings are shown; None: in ``/mod queue`` alone."""
    moderator_role_ids: tuple[str, ...] = Field(default=(), max_length=25)
    """Who has one of these may moderate, as whoever may manage messages may."""
    music_channel_ids: tuple[str, ...] = Field(default=(), max_length=25)
    """The only channels in which orders are taken, with their threads; empty: all."""
    paused: bool = False
    """Whether nothing can be ordered in the whole server."""
    hold_above: int | None = Field(default=None, ge=0, le=1_000_000_000)
    """Orders that cost more credits than this wait for a moderator; None: none does for its price."""
    newcomer_account_days: int = Field(default=0, ge=0, le=3_650)
    """Whose account on Discord is younger than this is a newcomer; 0: nobody for that."""
    newcomer_member_days: int = Field(default=0, ge=0, le=3_650)
    """Who joined the server more recently than this is a newcomer; 0: nobody for that."""
    newcomer_role_id: str | None = Field(default=None, max_length=24)
    """Who lacks this role is a newcomer; None: nobody for that."""
    trust_after: int = Field(default=0, ge=0, le=1_000)
    """So many approvals in a row, and a member is trusted; 0: only whom moderators name."""
    held_most: int = Field(default=3, ge=1, le=25)
    """So many orders of one member wait for moderators at a time: what waits has its price set aside."""
    hold_hours: int = Field(default=24, ge=1, le=336)
    """How long an order waits for a moderator; then it ends, refunded."""
    appeals: str = Field(default="", max_length=500)
    """What those read who are blocked, or whose order was rejected: whom to ask, and where."""
