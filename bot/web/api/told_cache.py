"""Ended predictions as they were told last: they change once only, when their data is removed."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

_MOST_BASES = 4
"""Of one prediction: whoever calls chooses the Host header."""


@dataclass(slots=True)
class _Entry:
    owner: str
    by_base: dict[str, bytes] = field(default_factory=dict[str, bytes])


class ToldCache:
    """Encoded answers, those longest unasked-for leave first."""

    def __init__(self, most_bytes: int = 16 * 2**20) -> None:
        self._most_bytes = most_bytes
        self._size_bytes = 0
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self.generation = 0
        """Grows with each :meth:`forget`: what was read before then is not to be put."""

    def get(self, owner: str, prediction_id: str, base_url: str) -> bytes | None:
        """The answer, if this owner's prediction was told below this base before."""
        entry = self._entries.get(prediction_id)
        if entry is None or entry.owner != owner:
            return None
        self._entries.move_to_end(prediction_id)
        return entry.by_base.get(base_url)

    def put(self, owner: str, prediction_id: str, base_url: str, told: bytes, generation: int) -> None:
        """Keep an answer that was made from what was read at ``generation``."""
        if generation != self.generation:
            return
        entry = self._entries.setdefault(prediction_id, _Entry(owner))
        if base_url in entry.by_base or len(entry.by_base) >= _MOST_BASES:
            return
        entry.by_base[base_url] = told
        self._size_bytes += len(told)
        while self._size_bytes > self._most_bytes:
            self._drop(next(iter(self._entries)))

    def forget(self, prediction_id: str) -> None:
        """It has changed, or is gone."""
        self.generation += 1
        if prediction_id in self._entries:
            self._drop(prediction_id)

    def _drop(self, prediction_id: str) -> None:
        self._size_bytes -= sum(map(len, self._entries.pop(prediction_id).by_base.values()))
