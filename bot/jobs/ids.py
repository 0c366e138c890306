"""Names of jobs and takes: unguessable, short enough for a Discord nonce, safe in paths and addresses."""

from __future__ import annotations

import secrets

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
ID_LENGTH = 22
"""113 bits; a nonce may have 25 characters. One case only: some file systems do not tell them apart."""


def is_id(text: str) -> bool:
    """Whether a text could be such a name."""
    return len(text) == ID_LENGTH and set(text) <= set(_ALPHABET)


def new_id() -> str:
    """A new opaque id."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(ID_LENGTH))
