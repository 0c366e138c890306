"""What the trail of a server holds: one record a decision, and what somebody looks for in it. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

THE_BOT: Final = "bot"
"""The actor of what nobody ordered: periods that turn, holds that end, servers that are left."""

SET: Final = "set"
"""A setting was changed; ``subject`` is its name, with a dot before the name of a nested one's field."""
REFUSED: Final = "refused"
"""Somebody tried what they may not; ``subject`` is the command or the button."""

HELD: Final = "held"
"""An order waits for its words; ``subject`` is its job, ``after`` tells whose it is and what rules it met."""
IMPORTED: Final = "import"
"""Settings came from a file; each that changed is noted by itself as well."""
OF_IMPORT: Final = "import"
"""The reason of what a file changed."""
OF_GONE: Final = "gone"
"""The reason of what was taken out of the settings because it is not on Discord any more."""
OURS: Final = frozenset((OF_IMPORT, OF_GONE))
"""Reasons that nobody gave."""
JOINED: Final = "joined"
LEFT: Final = "left"
"""The bot was invited to the server, or sent away."""

REASON_MAX: Final = 500
SUBJECT_MAX: Final = 120
VALUE_MAX: Final = 4_000
"""Characters of JSON: a longer value is told by its length alone, the trail is no copy of everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Who did what, when and why, from what to what. It never holds what people wrote in a channel."""

    at: datetime
    """Aware UTC."""
    guild_id: str
    actor_id: str
    """A member, or :data:`THE_BOT`."""
    action: str
    """A short word, e.g. ``set``, ``approve``, ``block``; said as ``audit.action.<action>``."""
    subject: str | None = None
    """What it was done to: a member, job, take, channel, rule or setting."""
    channel_id: str | None = None
    reason: str | None = None
    before: Any = None
    """Plain JSON, as ``after``."""
    after: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who decides, and in which server they were found to be allowed to."""

    guild_id: str
    actor_id: str

    def deed(
        self,
        at: datetime,
        action: str,
        subject: str | None = None,
        *,
        channel_id: str | None = None,
        reason: str | None = None,
        before: Any = None,
        after: Any = None,
    ) -> Deed:
        """What they did."""
        return Deed(
            at=at,
            guild_id=self.guild_id,
            actor_id=self.actor_id,
            action=action,
            subject=subject,
            channel_id=channel_id,
            reason=reason,
            before=before,
            after=after,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A deed as it stands in the trail."""

    id: int
    deed: Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What somebody looks for in a server's trail. Everything that is set has to be true of a deed."""

    guild_id: str
    actor_id: str | None = None
    action: str | None = None
    subject: str | None = None
    member_id: str | None = None
    """Whatever this member did, or had done to them."""
    since: datetime | None = None
    text: str = ""
    """Part of the reason, whatever its case."""


def bounded(value: Any) -> Any:
    """A value as the trail keeps it: whole while it is small, else how long it was."""
    length = len(json.dumps(value, ensure_ascii=False))
    return value if length <= VALUE_MAX else {"characters": length}
