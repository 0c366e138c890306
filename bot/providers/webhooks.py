"""Signed webhooks (https://www.standardwebhooks.com), the scheme of Replicate and of our own server."""

from __future__ import annotations

import base64
import os
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime

from standardwebhooks import Webhook

_REMEMBERED = 10_000
"""How many ids are kept: far more than arrive in the five minutes for which a signature is good."""


def new_secret() -> str:
    """A fresh signing secret: ``whsec_`` and padded standard base64, which every library reads alike."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def signed_headers(secret: str, message_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """The three headers that go with ``body``; ``now`` is aware UTC."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }


class Verifier:
    """Tells whether an incoming webhook is the host's own, fresh (±5 min) and not a repetition."""

    def __init__(self, secret: str) -> None:
        """Raises ``ValueError``, without the value, for a secret that is none."""
        try:
            self._webhook = Webhook(secret)
        except Exception:  # the library's own class, or base64's
            raise ValueError("not a webhook secret") from None
        self._seen: OrderedDict[str, None] = OrderedDict()

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether to act on it. Anything malformed, forged, stale or seen before is a plain False."""
        named = {name.lower(): value for name, value in headers.items()}
        try:
            self._webhook.verify(body, named, json_parse=False)
        except Exception:  # the library lets ValueError and UnicodeDecodeError through on hostile input
            return False
        message_id = named["webhook-id"]
        if message_id in self._seen:
            return False
        self._seen[message_id] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def forget(self, headers: Mapping[str, str]) -> None:
        """Let a message be told again, because taking it in failed on our side."""
        for name, value in headers.items():
            if name.lower() == "webhook-id":
                self._seen.pop(value, None)
