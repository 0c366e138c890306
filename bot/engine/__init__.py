"""The musician: prompts in, music out, on the CPU and without weights.

Outsiders use only what is listed here, `bot.engine.loudness` and `bot.engine.picture.spectrogram`.
"""

from __future__ import annotations

from bot.engine.arrays import SAMPLE_RATE_HZ
from bot.engine.listen import Heard, listen
from bot.engine.piece import Piece, Understood, UnmusicalResultError
from bot.engine.riff import make_riff
from bot.engine.score.as_json import score_from_json, score_to_json
from bot.engine.score.midi import midi_file
from bot.engine.score.model import Score
from bot.engine.score.reading import read_score
from bot.engine.spec import SEED_IMAGE_IDS, RiffSpec
from bot.engine.warmth import warm

__all__ = [
    "SAMPLE_RATE_HZ",
    "SEED_IMAGE_IDS",
    "Heard",
    "Piece",
    "RiffSpec",
    "Score",
    "Understood",
    "UnmusicalResultError",
    "listen",
    "make_riff",
    "midi_file",
    "read_score",
    "score_from_json",
    "score_to_json",
    "warm",
]
