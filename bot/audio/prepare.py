"""From a fetched file to the sound that is delivered: decoded, judged, fitted to length, levelled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bot.audio.fit import fit
from bot.audio.level import level
from bot.audio.probe import decode
from bot.audio.sound import Sound
from bot.audio.verdict import refuse_useless
from bot.engine import Heard, listen
from bot.jobs.order import Order
from bot.jobs.records import Facts, Fetched


class Ear:
    """Tempo and key: what the host told; what it did not tell is listened for, when somebody asks."""

    def __init__(self, sound: Sound, facts: Facts) -> None:
        self._sound = sound
        self._facts = facts

    @cached_property
    def heard(self) -> Heard:
        """Both; listening takes 5 ms for each second of sound."""
        facts = self._facts
        if facts.bpm is not None and facts.key is not None:
            return Heard(facts.bpm, facts.key)
        heard = listen(self._sound.audio)
        return Heard(facts.bpm or heard.bpm, facts.key or heard.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The finished sound and what is known about it."""

    sound: Sound
    ear: Ear
    lufs: float
    true_peak_db: float


def prepare(fetched: Fetched, order: Order) -> Prepared:
    """Everything but writing files. Raises ``UnusableAudio``."""
    return prepare_as(fetched, length_s=order.recipe.asked_length_s)


def prepare_as(fetched: Fetched, *, length_s: float | None) -> Prepared:
    """The same for any music; ``length_s`` None leaves it as long as it is. Raises ``UnusableAudio``."""
    came = decode(fetched.audio)
    refuse_useless(came.audio)
    ear = Ear(came, fetched.facts)
    levelled = level(fit(came.audio, length_s=length_s, tempo=lambda: ear.heard.bpm))
    return Prepared(
        sound=came if levelled.audio is came.audio else came.changed(levelled.audio),
        ear=ear,
        lufs=round(levelled.lufs, 2),
        true_peak_db=round(levelled.true_peak_db, 2),
    )
