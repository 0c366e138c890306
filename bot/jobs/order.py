"""What a member asked for: frozen, validated, and all that is needed to do it again."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from bot.jobs.preferences import Delivery
from bot.jobs.recipes import Recipe
from bot.protocol.runs import Clamped


class MemberFacts(BaseModel):
    """What rules ask about who orders, as Discord told it then; ids are Discord's, times aware UTC."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role_ids: tuple[str, ...] = ()
    account_created_at: datetime | None = None
    joined_at: datetime | None = None
    moderates: bool = False
    """Whether they might moderate there."""
    age_restricted: bool = False
    """Whether the channel is for adults alone."""


class Order(BaseModel):
    """One accepted wish: what, for whom, where. Ids are Discord's, as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    recipe: Recipe
    guild_id: str
    channel_id: str
    user_id: str
    user_name: str = Field(max_length=100)
    locale: str = "en"
    home_id: str | None = None
    """The channel whose settings count, where that is another one: ``channel_id`` is a thread in it."""
    delivery: Delivery = "here"
    """How its channel wanted results when it was ordered."""
    parent_take_id: str | None = None
    """The take this one was re-rolled, varied or otherwise made from."""
    parent_user_name: str | None = Field(default=None, max_length=100)
    """Who made that take: the card gives credit even after the take is deleted."""
    clamped: Clamped = ()
    """What was asked for and cannot be had anywhere: the card says so."""
    flagged: bool = False
    """Whether the screen wanted its words looked at when its question was asked, which hides them."""
    member: MemberFacts = MemberFacts()
    """Kept with the order, so that one that waited is judged by what was true of who ordered it."""

    @property
    def home(self) -> str:
        """The channel whose settings count."""
        return self.home_id or self.channel_id
