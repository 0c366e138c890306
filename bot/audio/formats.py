"""The kinds of file that a clip can be written as. Light: no audio library."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from bot.errors import InvalidOption

Format = Literal["mp3", "ogg", "wav", "flac"]
FORMATS: tuple[Format, ...] = get_args(Format)


def format_of(out: Path) -> Format:
    """The format that the file's suffix asks for.

    Raises:
        InvalidOption: ``out``, for any other suffix.
    """
    suffix = out.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise InvalidOption("out", "unknown_format", choices=", ".join(f".{known}" for known in FORMATS))
    return suffix
