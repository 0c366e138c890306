"""``nonce`` with ``enforce_nonce``: the same nonce within minutes is the same message.

Discord, Create Message: "If enforce_nonce is true and another message was created by the same author
with the same nonce, that message will be returned and no new message will be created", checked over
"the past few minutes".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

REMEMBERED = timedelta(minutes=5)


class NonceBook:
    """Which nonce made which message, for the last minutes. The bot is the only author here."""

    def __init__(self) -> None:
        self._messages: dict[str, tuple[datetime, int, int]] = {}

    def find(self, nonce: str, now: datetime) -> tuple[int, int] | None:
        """``(channel_id, message_id)`` of the message made with this nonce, or None."""
        self._forget_old(now)
        entry = self._messages.get(nonce)
        return entry[1:] if entry is not None else None

    def note(self, nonce: str, channel_id: int, message_id: int, now: datetime) -> None:
        """Remember that this nonce made this message."""
        self._messages[nonce] = (now, channel_id, message_id)

    def _forget_old(self, now: datetime) -> None:
        for nonce in [key for key, (at, _, _) in self._messages.items() if now - at > REMEMBERED]:
            del self._messages[nonce]


def enforced_nonce(method: str, path: str, body: Any) -> str | None:
    """The nonce of a Create Message request that wants it enforced; None for any other request."""
    if method != "POST" or not isinstance(body, dict) or not body.get("enforce_nonce"):  # pyright: ignore[reportUnknownMemberType]
        return None
    parts = path.strip("/").split("/")
    is_create = len(parts) == 3 and parts[0] == "channels" and parts[2] == "messages"
    nonce = body.get("nonce")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return str(nonce) if is_create and nonce not in (None, "") else None  # pyright: ignore[reportUnknownArgumentType]
