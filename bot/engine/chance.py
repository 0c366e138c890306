"""Repeatable chance: every draw is named by what it is for, so nothing depends on the order of draws."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    Thing = TypeVar("Thing")

_HASH_BYTES = 6


def unit_hash(*name: object) -> float:
    """Return a number in [0, 1) that is the same for the same name on every machine and in every process."""
    text = "|".join(map(str, name))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()
    return int.from_bytes(digest, "big") / 2 ** (8 * _HASH_BYTES)


def whole_hash(*name: object) -> int:
    """Return a non-negative integer below 2**48 for a name; the seed of numpy generators."""
    return int(unit_hash(*name) * 2 ** (8 * _HASH_BYTES))


def dice(*name: object) -> random.Random:
    """Return a private random generator for a name."""
    return random.Random(whole_hash(*name))


def pick(things: Sequence[Thing], *name: object) -> Thing:
    """Return one of the things, chosen by name; the sequence must not be empty."""
    return things[int(unit_hash(*name) * len(things))]
