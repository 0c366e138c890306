"""The numbers of a riff as lines of text, as one field of a form holds them: ``denoising 0.6``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.errors import InvalidOption
from bot.ui.words import say

NAMES: Final = ("alpha", "denoising", "steps", "seed", "length_s")
_WHOLE: Final = ("steps", "seed")
_LINE: Final = re.compile(r"(?P<name>[^\d:=,\s+-]+)\s*[:=]?\s*(?P<number>\S+)\s*")


def as_lines(numbers: Mapping[str, float | None], locale: str) -> str:
    """Those that are set, a line each, called as the options are in this language."""
    return "\n".join(
        f"{say(f'option.{name}', locale)} {value!r}"
        for name in NAMES
        if (value := numbers.get(name)) is not None
    )


def read_lines(typed: str, locale: str) -> dict[str, float]:
    """What was typed, by the names of :data:`NAMES`; English names are understood in every language.

    Raises:
        InvalidOption: ``unknown_number`` for a line that names none of them, ``not_a_number`` for one
            without a number.
    """
    called = {say(f"option.{name}", locale).casefold(): name for name in NAMES}
    called |= {name: name for name in NAMES}
    found: dict[str, float] = {}
    for line in re.split(r"[\n;]", typed):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        name = None if match is None else called.get(match["name"].casefold())
        if match is None or name is None:
            known = ", ".join(say(f"option.{each}", locale) for each in NAMES)
            raise InvalidOption("numbers", "unknown_number", choices=known)
        found[name] = _number(name, match["number"])
    return found


def _number(name: str, typed: str) -> float:
    try:
        return int(typed) if name in _WHOLE else float(typed.replace(",", "."))
    except ValueError:
        raise InvalidOption(name, "not_whole" if name in _WHOLE else "not_a_number") from None
