"""Signed webhooks (https://www.standardwebhooks.com), the scheme of Replicate and of our own server."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from datetime import datetime

from standardwebhooks import Webhook


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
    """Tells whether an incoming webhook is the host's own and fresh (±5 min).

    Repetitions pass: hosts repeat what they got no answer to, so whoever acts on a webhook has to be
    idempotent anyway, and a refused repetition would only be repeated again.
    """

    def __init__(self, secret: str) -> None:
        """Raises ``ValueError``, without the value, for a secret that is none."""
        try:
            self._webhook = Webhook(secret)
        except Exception:  # the library's own class, or base64's
            raise ValueError("not a webhook secret") from None

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether to believe it. Anything malformed, forged or stale is a plain False."""
        named = {name.lower(): value for name, value in headers.items()}
        try:
            self._webhook.verify(body, named, json_parse=False)
        except Exception:  # the library lets ValueError and UnicodeDecodeError through on hostile input
            return False
        return True
