"""What moderators are told and what they decided, as frozen records. Times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

HOLD: Final = "hold"
"""A notice about an order that waits; its key is ``hold:<job>``."""
REPORT: Final = "report"
"""A notice about a take that somebody reported; its key is ``report:<take>:<number>``."""


POT_NEWS: Final = frozenset({"pot", "pot_empty", "pot_below", "pot_short"})
"""Kinds of notices about how much a server's pot holds."""
MEMBER: Final = "member"
"""A notice that one member reads, by a direct message: ``facts`` have ``to``, their id, ``says``, which names
the sentence ``member.<says>``, and what fills it.
"""

NOBODY: Final = "0"
"""In place of the id of a member whose data were erased; Discord gives no such id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message for the moderators of a server."""

    id: str
    guild_id: str
    key: str
    """What makes it happen once, in its server."""
    kind: str
    """``hold``, ``report``, or a sentence ``notice.<kind>`` that ``facts`` fill."""
    facts: dict[str, Any]
    created_at: datetime
    changes: int
    attempts: int
    trouble: str | None
    """Why it does not stand in the channel, where it should and does not; a short word."""
    channel_id: str | None
    message_id: str | None
    sent_at: datetime | None
    outcome: dict[str, Any] | None
    """How it was decided: ``verdict``, ``actor_id``, and what more there is to say."""
    done_at: datetime | None


HoldState = Literal["open", "approved", "rejected", "cancelled", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """An order that waits, or waited, for a moderator's word."""

    job_id: str
    guild_id: str
    channel_id: str
    user_id: str
    reasons: tuple[str, ...]
    """Words keys ``hold.why.<reason>``."""
    price: int
    """Credits, of all its steps together."""
    held_at: datetime
    expires_at: datetime | None
    state: HoldState = "open"
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None

    @property
    def for_words(self) -> bool:
        """Whether it waits because of its words."""
        return "flagged" in self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What moderators decided about a member of their server. The default: nothing."""

    guild_id: str
    user_id: str
    user_name: str = ""
    blocked: bool = False
    muted_until: datetime | None = None
    slow_mode_s: int = 0
    """Seconds between two orders; 0 is no bound."""
    trusted: bool = False
    """Whether orders are held for their words alone."""
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a server knows of a member's orders."""

    orders: int
    """Records of jobs that are kept."""
    by_state: Mapping[str, int] = field(default_factory=dict[str, int])
    """Of those that were held, by how that ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A message besides its own that carries a take."""

    message_id: str
    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """All takes of a member in a server are to go; those that were made until then."""

    guild_id: str
    user_id: str
    actor_id: str
    asked_at: datetime
