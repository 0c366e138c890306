"""What renders cost, learned from those that are over."""

from __future__ import annotations

from bot.store.tables.predictions import PredictionRow

_FIRST_GUESS_S = {"riff": 0.5, "song": 8.0, "morph": 6.0}
_NEWS = 0.2
"""How much the newest counts."""


class Costs:
    """Typical render seconds by kind of request."""

    def __init__(self) -> None:
        self._typical_s = dict(_FIRST_GUESS_S)
        self.mean_s = _FIRST_GUESS_S["riff"]
        """Of whatever came lately."""

    def guess_s(self, row: PredictionRow) -> float:
        """What a render will most likely take; put right when it is over."""
        return self._typical_s[self._kind(row)]

    def note(self, row: PredictionRow, took_s: float) -> None:
        """Learn from a render."""
        kind = self._kind(row)
        self._typical_s[kind] += _NEWS * (took_s - self._typical_s[kind])
        self.mean_s += _NEWS * (took_s - self.mean_s)

    def _kind(self, row: PredictionRow) -> str:
        kind = row.input.get("kind")
        return kind if isinstance(kind, str) and kind in self._typical_s else "riff"
