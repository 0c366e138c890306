"""Singing and rapping: lyrics become syllables, syllables on notes become a voice.

The honest label is "robot singer": formants and noise, no recordings and no weights.
"""

from __future__ import annotations

from bot.engine.singing.lyrics import is_chinese, syllables
from bot.engine.singing.phones import Syllable
from bot.engine.singing.singer import sing
from bot.engine.singing.timing import SING_LEAD_S

__all__ = ["SING_LEAD_S", "Syllable", "is_chinese", "sing", "syllables"]
