"""How sounds change beside others: weak vowels, l and r after vowels, the tapped t of "water", mild stops."""

from __future__ import annotations

from dataclasses import replace

from bot.engine.singing.phones import Syllable

_BREATHLESS = {"P": "PX", "T": "TX", "K": "KX"}
_CLOSING = _BREATHLESS | {"L": "LX", "R": "RX"}


def shaded(said: list[Syllable]) -> list[Syllable]:
    """Return syllables with the shades that English has; Chinese ones stay as they are."""
    found: list[Syllable] = []
    previous: Syllable | None = None
    for syllable in said:
        found.append(syllable if syllable.tone else _english(syllable, previous))
        previous = syllable
    return found


def _english(syllable: Syllable, previous: Syllable | None) -> Syllable:
    onset = syllable.onset
    if len(onset) > 1 and onset[0] == "S":
        onset = ("S", *(_BREATHLESS.get(sound, sound) for sound in onset[1:]))
    inside_word = previous is not None and not syllable.begins_word and not previous.coda
    if inside_word and onset in {("T",), ("D",)} and syllable.stress == 0:
        onset = ("DX",)
    nucleus = "AX" if syllable.nucleus == "AH" and syllable.stress == 0 else syllable.nucleus
    coda = tuple(_CLOSING.get(sound, sound) for sound in syllable.coda)
    return replace(syllable, onset=onset, nucleus=nucleus, coda=coda)
