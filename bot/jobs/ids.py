"""Names of jobs and takes: unguessable, short enough for a Discord nonce, safe in paths and addresses."""

from __future__ import annotations

import hashlib
import secrets

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
ID_LENGTH = 22
"""113 bits; a nonce may have 25 characters. One case only: some file systems do not tell them apart."""


MOST_TAKES = 2
"""Of one job: hosts of songs make two versions of each."""


def take_ids(first: str | None) -> tuple[str, ...]:
    """What the takes of a job are called, in order, when its first one is called ``first``; none for None.

    They follow from it, so that whoever does something again overwrites what was there.
    """
    if first is None:
        return ()
    return (first, *(_derived(f"{first}/{number}") for number in range(1, MOST_TAKES)))


def _derived(text: str) -> str:
    rest = int.from_bytes(hashlib.sha256(text.encode()).digest())
    characters: list[str] = []
    for _ in range(ID_LENGTH):
        rest, place = divmod(rest, len(_ALPHABET))
        characters.append(_ALPHABET[place])
    return "".join(characters)


def is_id(text: str) -> bool:
    """Whether a text could be such a name."""
    return len(text) == ID_LENGTH and set(text) <= set(_ALPHABET)


def new_id() -> str:
    """A new opaque id."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(ID_LENGTH))
