"""Answers as the documents of each API print them, and a way to hold other answers against them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, cast

_FOLDER = Path(__file__).parent / "samples"


@cache
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.json").read_text("utf-8")


def sample(name: str) -> Any:
    """The document's sample of this name, fresh at each call."""
    return json.loads(_text(name))


def differences(told: Any, printed: Any, where: str = "") -> list[str]:
    """Where an answer lacks what the sample has, or has it in another type.

    Null fits anything, as the samples show nothing but null for what is not there yet; what a sample does
    not have may be there all the same, since the documents call their objects open. Of lists each entry is
    held against the sample's first.
    """
    if told is None or printed is None:
        return []
    if isinstance(printed, dict) and isinstance(told, dict):
        have, want = cast("dict[str, Any]", told), cast("dict[str, Any]", printed)
        missing = [f"{where}.{key} is missing" for key in want if key not in have]
        both = [differences(have[key], want[key], f"{where}.{key}") for key in want if key in have]
        return missing + [each for found in both for each in found]
    if isinstance(printed, list) and isinstance(told, list):
        entries = cast("list[Any]", printed)
        return [
            each for one in cast("list[Any]", told) for each in differences(one, entries[0], f"{where}[]")
        ]
    kinds = _kind(cast("object", told)), _kind(cast("object", printed))
    return [] if kinds[0] == kinds[1] else [f"{where} is {kinds[0]}, not {kinds[1]}"]


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, int | float) else type(value).__name__
