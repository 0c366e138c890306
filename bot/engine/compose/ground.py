"""The ground that a piece is composed on when it is given: tempo, bars, key and chords of other music."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.engine.compose.form import Form
    from bot.engine.score.model import Chord


@dataclass(frozen=True, slots=True)
class Ground:
    """What is not to be chosen any more. `chords` has one list for each bar of `form`."""

    form: Form
    tonic: int
    mode: str
    key_spelling: str
    swing: float
    chords: list[list[Chord]]
