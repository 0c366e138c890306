"""What everybody in a song plays on: key, metre, swing and the chords of every bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.engine.theory.harmony import Harmony

if TYPE_CHECKING:
    from bot.engine.score.model import Chord, Score, Section


@dataclass(frozen=True, slots=True)
class SongGround:
    """Key, metre (quarter notes in a bar), swing and the chords of every bar of a piece."""

    tonic: int
    mode: str
    meter: int
    swing: float
    chords: list[list[Chord]]

    @classmethod
    def of(cls, score: Score) -> SongGround:
        """Return what a score stands on."""
        return cls(score.tonic, score.mode, score.meter, score.swing, score.chords)

    @property
    def steps(self) -> int:
        """Return the sixteenths in a bar."""
        return self.meter * 4

    @property
    def bars(self) -> int:
        """Return the bars of the whole piece."""
        return len(self.chords)

    def harmony(self, section: Section) -> Harmony:
        """Return the harmony of one section; steps count from its start."""
        chords = self.chords[section.first_bar : section.first_bar + section.bars]
        return Harmony(self.tonic, self.mode, section.bars, self.steps, chords)
