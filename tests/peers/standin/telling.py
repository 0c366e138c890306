"""Webhooks of a stand-in, by name: as they should come, and as they should not be believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp

OTHER_SECRET = "whsec_" + base64.b64encode(b"somebody else's secret").decode()


def signature(secret: str, message_id: str, at_s: int, body: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over id, time and raw body, joined by dots."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{at_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@dataclass(frozen=True)
class Message:
    """One webhook, ready to be sent again and again."""

    headers: dict[str, str]
    body: bytes


def message(secret: str, told: Any, *, now: datetime | None = None, message_id: str = "") -> Message:
    """A webhook as the host signs it."""
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
    named = message_id or f"msg_{secrets.token_hex(8)}"
    at_s = int((now or datetime.now(UTC)).timestamp())
    return Message(
        {
            "Content-Type": "application/json",
            "webhook-id": named,
            "webhook-timestamp": str(at_s),
            "webhook-signature": signature(secret, named, at_s, body),
        },
        body,
    )


_WINDOW = timedelta(minutes=5)
STALE: Final[dict[str, timedelta]] = {
    "replayed": -_WINDOW - timedelta(seconds=30),
    "from the future": _WINDOW + timedelta(seconds=30),
}
"""Rightly signed, at another time than now."""
FRESH: Final[dict[str, timedelta]] = {
    "signed": timedelta(),
    "nearly five minutes old": -_WINDOW + timedelta(seconds=30),
    "nearly five minutes early": _WINDOW - timedelta(seconds=30),
}
"""Rightly signed, and still to be believed."""

MALFORMED: Final[Mapping[str, dict[str, str | None]]] = {
    "forged": {"webhook-signature": "v1," + base64.b64encode(bytes(32)).decode()},
    "no signature": {"webhook-signature": None},
    "no id": {"webhook-id": None},
    "no timestamp": {"webhook-timestamp": None},
    "a date for a timestamp": {"webhook-timestamp": "2026-02-03T04:05:06Z"},
    "a huge timestamp": {"webhook-timestamp": "9" * 400},
    "not a number": {"webhook-timestamp": "nan"},
    "endless timestamp": {"webhook-timestamp": "1e999"},
    "no version": {"webhook-signature": "zu+BZ4XW/yJTIPSYpLqQkTkNdzeckdwMr5ArLTV1V+M="},
    "an unknown version": {"webhook-signature": "v2,zu+BZ4XW/yJTIPSYpLqQkTkNdzeckdwMr5ArLTV1V+M="},
    "not base64": {"webhook-signature": "v1,***"},
    "not ASCII": {"webhook-signature": "v1,é"},
    "commas": {"webhook-signature": ",,,, ,v1,,"},
    "empty": {"webhook-signature": "", "webhook-id": "", "webhook-timestamp": ""},
}
"""Headers that are changed (None: left out) after a message was rightly signed."""


def broken(good: Message, name: str) -> Message:
    """A message whose headers are spoilt as :data:`MALFORMED` names it."""
    headers = {**good.headers, **MALFORMED[name]}
    return Message({key: value for key, value in headers.items() if value is not None}, good.body)


Telling = Callable[[str, Sequence[Any]], list[Message]]
"""From a host's secret and what a run was, oldest first, to what is sent, in that order."""


def _in_order(secret: str, states: Sequence[Any]) -> list[Message]:
    return [message(secret, state) for state in states]


def _shifted(by: timedelta) -> Telling:
    return lambda secret, states: [message(secret, each, now=datetime.now(UTC) + by) for each in states]


def _spoilt(name: str) -> Telling:
    return lambda secret, states: [broken(message(secret, state), name) for state in states]


TELLINGS: Final[Mapping[str, Telling]] = {
    "in order": _in_order,
    "duplicate": lambda secret, states: [each for each in _in_order(secret, states) for _ in range(3)],
    "late": lambda secret, states: _in_order(secret, states)[::-1],
    "the end alone": lambda secret, states: _in_order(secret, states)[-1:],
    "forged": lambda _, states: _in_order(OTHER_SECRET, states),
    **{name: _shifted(by) for name, by in (STALE | FRESH).items()},
    **{name: _spoilt(name) for name in MALFORMED if name != "forged"},
}
"""How a host, or somebody who would like to be taken for it, tells of a run, by name."""


@dataclass
class Teller:
    """Sends webhooks; one a test, closed with :meth:`close`."""

    session: aiohttp.ClientSession = field(default_factory=aiohttp.ClientSession)

    async def send(self, address: str, told: Message) -> int:
        """Send one and return the status of the answer. Redirects are not followed."""
        async with self.session.post(
            address, data=told.body, headers=told.headers, allow_redirects=False
        ) as answer:
            return answer.status

    async def close(self) -> None:
        """Close the connections."""
        await self.session.close()
