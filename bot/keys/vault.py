"""Sealing keys under the instance's secret: Fernet, so AES-128-CBC with HMAC-SHA256.

https://github.com/fernet/spec has the format. What is sealed names the row and the host it belongs to, so
that nobody who can write to the database makes a key work for somebody else, or has it sent to another host.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

_MARK_BYTES: Final = 4


class Unreadable(Exception):
    """A sealed key that none of the instance's secrets opens, or that was sealed for another row."""


def new_secret() -> str:
    """A fresh secret for ``RIFFCORD_KEYS_SECRET``."""
    return Fernet.generate_key().decode()


class Vault:
    """Seals with the newest secret, opens with any."""

    def __init__(self, secrets: Sequence[SecretStr]) -> None:
        """Take the instance's secrets, newest first. Raises ``ValueError`` where one is none."""
        given = [secret.get_secret_value() for secret in secrets]
        self._newest = given[0].encode()
        self._fernet = MultiFernet([Fernet(each) for each in given])

    def __repr__(self) -> str:
        return "Vault()"

    def seal(self, key: SecretStr, *, key_id: str, host: str) -> str:
        """The key as it may lie in the database."""
        told = json.dumps({"id": key_id, "host": host, "key": key.get_secret_value()})
        return self._fernet.encrypt(told.encode()).decode()

    def open(self, sealed: str, *, key_id: str, host: str) -> SecretStr:
        """The key. Raises :class:`Unreadable`."""
        try:
            told = json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken:
            raise Unreadable(key_id) from None
        if (told["id"], told["host"]) != (key_id, host):
            raise Unreadable(key_id)
        return SecretStr(told["key"])

    def sealed_anew(self, sealed: str) -> str:
        """The same under the newest secret. Raises :class:`Unreadable`."""
        try:
            return self._fernet.rotate(sealed.encode()).decode()
        except InvalidToken:
            raise Unreadable("") from None

    def fingerprint(self, key: SecretStr) -> str:
        """A few digits by which a key is known again. They tell nothing to who does not have the secret."""
        mac = hmac.digest(self._newest, key.get_secret_value().encode(), hashlib.sha256)[:_MARK_BYTES].hex()
        return f"{mac[:4]}-{mac[4:]}"
