"""A key as everybody but the vault knows it: whose it is and for which host, never what it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

OwnerKind = Literal["user", "guild"]

KEY_MOST_CHARS: Final = 400
"""Longer than the keys of all hosts that are known."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who brought a key: a member, for their own orders everywhere, or a server, for those made in it."""

    kind: OwnerKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """One row. There is one key for each owner and host."""

    id: str
    owner: Owner
    host: str
    sealed: str = field(repr=False)
    """What the vault made of it."""
    fingerprint: str
    """By which somebody who saw it before knows it again; nothing of the key can be read from it."""
    added_by: str
    added_at: datetime
    in_use: bool = True
    """Whether orders are made with it; switched off it is only kept."""
    trouble: str | None = None
    """Why its host refused it last, where its owner has been told."""


def key_of(text: str) -> str | None:
    """What was typed as a key, or None where it is none: it has to travel in a header."""
    key = text.strip()
    usable = key.isascii() and key.isprintable() and not any(map(str.isspace, key))
    return key if key and usable and len(key) <= KEY_MOST_CHARS else None
