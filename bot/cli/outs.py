"""Where results are written: checked before anything is made."""

from __future__ import annotations

import os
from pathlib import Path

from bot.errors import InvalidOption

SUFFIXES = (".mp3", ".ogg", ".wav", ".flac")


def checked_out(out: Path) -> Path:
    """The file for the sound.

    Raises:
        InvalidOption: an unknown suffix, a folder that is not there, or one that cannot be written to.
    """
    return _checked("out", out, SUFFIXES)


def of_suffix(option: str, file: Path | None, suffix: str) -> Path | None:
    """A file of another kind, if one was asked for. Raises as :func:`checked_out`."""
    return None if file is None else _checked(option, file, (suffix,))


def _checked(option: str, file: Path, suffixes: tuple[str, ...]) -> Path:
    if file.suffix.lower() not in suffixes:
        raise InvalidOption(option, "unknown_format", choices=", ".join(suffixes))
    if not file.parent.is_dir():
        raise InvalidOption(option, "no_folder", folder=str(file.parent))
    target = file if file.exists() else file.parent
    if not os.access(target, os.W_OK) or file.resolve().is_relative_to("/proc"):
        raise InvalidOption(option, "not_writable", file=str(file))
    return file
