"""The mark by which a paid call without an answer is found again in the host's list.

``riffusion/riffusion`` echoes its six inputs and has no place for a reference. So digits that nobody
can hear carry one: the 10th to 15th decimal of ``denoising``, or of ``alpha`` where ``denoising`` is
at its end. Up to 15 decimals a double prints back exactly as it was written.

Models that take a seed get one that nobody asked for; our own engine has a field for the reference itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

_GRID = Decimal("1e-9")
_UNIT = Decimal("1e-15")
_MARKS = 999_999
_SEEDS = 2**31 - 2
"""Models take 31 bits; to some of them 0 means any."""


def mark_of(reference: str) -> int:
    """1..999,999, from the reference alone."""
    digest = hashlib.sha256(reference.encode()).digest()
    return int.from_bytes(digest[:8], "big") % _MARKS + 1


def seed_of(reference: str) -> int:
    """1..2,147,483,646, from the reference alone."""
    digest = hashlib.sha256(b"seed " + reference.encode()).digest()
    return int.from_bytes(digest[:8], "big") % _SEEDS + 1


def seeded(inputs: Mapping[str, Any], reference: str) -> dict[str, Any]:
    """Inputs of a model that takes a seed: the one that was asked for, else that of ``reference``."""
    return {**inputs, "seed": inputs.get("seed", seed_of(reference))}


def marked(inputs: Mapping[str, Any], reference: str) -> dict[str, Any]:
    """The six inputs with the mark of ``reference`` in them.

    The mark is added to ``denoising``, never subtracted: the model runs
    ``int(steps * denoising)`` steps, and below a whole number that is one step less. ``denoising`` 1
    has no room above it; there ``alpha`` carries the mark, which moves it by at most 1e-9.
    """
    mark = mark_of(reference) * _UNIT
    denoising = _on_grid(inputs["denoising"], ROUND_CEILING)
    if denoising + _GRID <= 1:
        return {**inputs, "denoising": float(denoising + mark)}
    alpha = min(_on_grid(inputs["alpha"], ROUND_FLOOR), 1 - _GRID)
    return {**inputs, "alpha": float(alpha + mark)}


def bears(inputs: Mapping[str, Any], reference: str) -> bool:
    """Whether these echoed inputs carry ``reference``: its mark to the last digit, or its seed.

    What stands in ``alpha`` is no mark where ``denoising`` had room for one.
    """
    if _number(inputs.get("seed")) == seed_of(reference):
        return True
    mark = mark_of(reference)
    if _mark_in(inputs.get("denoising")) == mark:
        return True
    denoising = _number(inputs.get("denoising"))
    full = denoising is None or denoising > 1 - 1e-9
    return full and _mark_in(inputs.get("alpha")) == mark


def same_words(inputs: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether echoed inputs name the prompt that was sent, as far as they name one; spaces do not count."""
    words, asked = inputs.get("prompt_a"), sent.get("prompt_a")
    return not isinstance(words, str) or not isinstance(asked, str) or words.split() == asked.split()


def _on_grid(value: float, rounding: str) -> Decimal:
    """``value`` on nine decimals, so that the digits below are free."""
    return Decimal(repr(float(value))).quantize(_GRID, rounding=rounding)


def _mark_in(value: object) -> int:
    number = _number(value)
    if number is None or not 0 <= number <= 1:
        return 0
    count = Decimal(repr(number)) % _GRID / _UNIT
    return int(count) if count == count.to_integral_value() else 0


def _number(value: object) -> float | None:
    """A number, also where a host echoes it as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
