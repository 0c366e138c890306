"""Songs have UUIDs, predictions have 26 small letters and digits: the same 128 bits, written differently."""

from __future__ import annotations

import base64
import binascii
import uuid


def new_song_id() -> str:
    """A new UUID, in its usual form."""
    return str(uuid.uuid4())


def prediction_id(song_id: str) -> str | None:
    """The id of the prediction that makes the song, in base32 (RFC 4648); None for what is no UUID."""
    try:
        known = uuid.UUID(song_id)
    except ValueError:
        return None
    return base64.b32encode(known.bytes).decode().rstrip("=").lower()


def song_id(prediction: str) -> str | None:
    """The UUID of a prediction; None for one that has none, since no song was asked for."""
    try:
        return str(uuid.UUID(bytes=base64.b32decode(prediction.upper() + "=" * (-len(prediction) % 8))))
    except (ValueError, binascii.Error):
        return None
