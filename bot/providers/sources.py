"""The file that a morph is made of, read before its order is sent: what fails here was never ordered."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Final

from bot.errors import InvalidInput

_MEDIA_TYPES: Final = {
    ".json": "application/json",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
}


def media_type_of(file: Path) -> str:
    """What a file is by its name, as hosts want it told."""
    return _MEDIA_TYPES.get(file.suffix, "application/octet-stream")


async def content_of_source(host: str, file: Path) -> bytes:
    """The whole file. Raises ``InvalidInput``, which is a definite no, where it cannot be read."""
    try:
        return await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise InvalidInput(host, f"the source cannot be read: {error!r}", field="source") from error


def score_of(host: str, content: bytes) -> Any:
    """A score's JSON. Raises ``InvalidInput`` where it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(host, f"the source is no score: {error!r}", field="source") from error
