"""What was understood of a song's or a morph's words, as data for its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.instruments import instruments, kits
from bot.engine.lexicon import understand
from bot.engine.piece import Understood
from bot.engine.styles import style_for

if TYPE_CHECKING:
    from bot.engine.score import Score


def understood_of(score: Score, tags: str) -> Understood:
    """Return tempo, key and players of a score, with genres and unknown words of the tags it is made from."""
    intent = understand(tags)
    labels = [
        kits()[track.instrument][0] if track.role == "drums" else instruments()[track.instrument].label
        for track in score.tracks
        if track.sounding
    ]
    return Understood(
        round(score.bpm, 2),
        score.key,
        dict(style_for(intent, score.seed).genres),
        list(dict.fromkeys(labels)),
        list(intent.ignored),
    )
