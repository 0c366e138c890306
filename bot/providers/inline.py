"""Files inside their own address (RFC 2397): what some hosts answer instead of a place to fetch from."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_to_bytes


class TooMuch(Exception):
    """More bytes than allowed."""


def is_inline(address: str) -> bool:
    """Whether an address carries its file itself."""
    return address[:5].lower() == "data:"


def content_of(address: str, *, most_bytes: int) -> bytes:
    """The file in a ``data:`` address.

    Raises:
        ValueError: it holds none; the text says what is wrong with it.
        TooMuch: it is larger than ``most_bytes``.
    """
    if len(address) > most_bytes * 3 + 1_000:  # a byte takes three characters at most (%41)
        raise TooMuch
    head, comma, body = address.partition(",")
    if not comma:
        raise ValueError("without data")
    content = unquote_to_bytes(body)
    if head.rstrip().lower().endswith(";base64"):
        try:
            content = base64.b64decode(content + b"=" * (-len(content) % 4), validate=True)
        except binascii.Error:
            raise ValueError("with broken base64") from None
    if len(content) > most_bytes:
        raise TooMuch
    return content


def as_address(content: bytes, media_type: str) -> str:
    """A file as a ``data:`` address."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
