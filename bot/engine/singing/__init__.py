"""Singing and rapping: lyrics become syllables, syllables on notes become a voice.

The honest label is "robot singer": formants and noise, no recordings and no weights.
"""

from __future__ import annotations

from bot.engine.singing.lyrics import is_chinese, syllables
from bot.engine.singing.phones import Syllable

__all__ = ["Syllable", "is_chinese", "syllables"]
