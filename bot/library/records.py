"""Takes as lists and families show them; questions to authors; drafts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bot.jobs.order import Order
from bot.jobs.recipes import Recipe
from bot.protocol.runs import Clamped


@dataclass(frozen=True, slots=True)
class Likes:
    """How a take is liked."""

    count: int = 0
    mine: bool = False
    """Whether whoever looks is among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A take as it stands in a list."""

    id: str
    title: str | None
    label: str
    user_id: str
    user_name: str
    channel_id: str
    message_id: str | None
    created_at: datetime
    duration_s: float | None
    bpm: float | None
    key: str | None
    made: str = "riff"
    """The kind of recipe, or the transform of a morph."""
    take: int | None = None
    """Which of its song's takes it is, from 0."""

    @property
    def name(self) -> str:
        """The title that its author gave it, else the words of its recipe."""
        return self.title or self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """A take of a family."""

    id: str
    parent_take_id: str | None
    guild_id: str
    channel_id: str
    user_name: str
    name: str
    recipe: dict[str, Any]
    created_at: datetime
    deleted: bool
    likes: int


AskState = Literal["open", "allowed", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question to ``author_id``. Times are aware UTC."""

    id: str
    take_id: str
    author_id: str
    asker_id: str
    order: Order
    """What is made if the author says yes."""
    granted: tuple[str, ...] = ()
    """Authors who said yes before, where it is made from takes of several."""
    state: AskState
    created_at: datetime
    expires_at: datetime


class Terms(BaseModel):
    """What a draft says beside its recipe."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    host: str | None = None
    """Where it must be made; None leaves that to us."""
    clamped: Clamped = ()
    """What was asked for and cannot be had anywhere."""
    price: int | None = None
    """Credits that it cost when it was shown; None where nothing was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A recipe that a member looks at before it is ordered."""

    id: str
    user_id: str
    guild_id: str
    recipe: Recipe
    parent_take_id: str | None
    """The take that it is made from, where it is one of this server."""
    created_at: datetime
    terms: Terms = field(default_factory=Terms)
