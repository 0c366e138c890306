"""Addresses that this server tells: below which base, and with keys that nobody can guess.

Streams, pages and downloads work without a token, as browsers and official clients send none to them;
the key in the address is the permission. All of them come from one secret that the server tells nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

PUBLIC_URL = web.AppKey("public_url", str)
"""How the world calls this server; absent where each caller gets addresses as it called."""


def base_url(request: web.Request) -> str:
    """``PUBLIC_URL``, or scheme and host as the caller wrote them, so that what we tell works from there."""
    public = request.app.get(PUBLIC_URL)
    return f"{request.scheme}://{request.host}" if public is None else public


def account_of(owner: str) -> str:
    """The user name of a token's account."""
    return f"riffcord-{owner[:12]}" if owner else "riffcord"


_MOST_DIGITS = 12


class Keys:
    """Keys in addresses, and each account's secret, made from the server's own: none has to be kept."""

    def __init__(self, master: str) -> None:
        """``master`` is never told, nor is anything that leads back to it."""
        self._master = master.encode()

    def signing(self, account: str) -> str:
        """The secret that the account's webhooks and downloads are signed with, as ``whsec_…``."""
        made = hmac.digest(self._master, f"signing {account}".encode(errors="replace"), "sha256")
        return "whsec_" + base64.b64encode(made).decode()

    def stream(self, prediction_id: str) -> str:
        """The key of a prediction's event stream."""
        return self._key("stream", prediction_id)

    def page(self, prediction_id: str) -> str:
        """The key of a prediction's page for people."""
        return self._key("page", prediction_id)

    def signature(self, account: str, file_id: str, expiry: int) -> str:
        """What opens a file's download until ``expiry`` (Unix seconds), as the API documents it."""
        return _signature(self.signing(account).encode(), account, file_id, expiry)

    def opened_for(self, query: Mapping[str, str], file_id: str, now: datetime) -> str | None:
        """The account in whose name the address of a download is signed; None for one that is not."""
        expiry, account = query.get("expiry", ""), query.get("owner", "")
        if not (expiry.isascii() and expiry.isdigit() and len(expiry) <= _MOST_DIGITS):
            return None
        signed = self.is_signed(query.get("signature", ""), account, file_id, int(expiry), now)
        return account if signed else None

    def is_signed(self, signature: str, account: str, file_id: str, expiry: int, now: datetime) -> bool:
        """Whether a signature is right and not too old; the secret signs as it is told, or decoded."""
        given = (
            signature.replace(" ", "+")
            .replace("-", "+")
            .replace("_", "/")
            .rstrip("=")
            .encode(errors="replace")
        )
        told, right = self.signing(account), False
        for secret in (told.encode(), base64.b64decode(told.removeprefix("whsec_"))):
            wanted = _signature(secret, account, file_id, expiry).rstrip("=").encode()
            right |= hmac.compare_digest(wanted, given)
        return right and expiry > now.timestamp()

    def _key(self, purpose: str, name: str) -> str:
        made = hmac.digest(self._master, f"{purpose} {name}".encode(), "sha256")
        return base64.urlsafe_b64encode(made[:24]).decode()


def is_key(given: str, wanted: str) -> bool:
    """Whether a key is the right one, in constant time."""
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode())


def _signature(secret: bytes, account: str, file_id: str, expiry: int) -> str:
    made = hmac.new(secret, f"{account} {file_id} {expiry}".encode(errors="replace"), hashlib.sha256)
    return base64.b64encode(made.digest()).decode()
