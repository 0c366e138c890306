"""Chinese characters as syllables, by pinyin: one character, one syllable."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from bot.engine.singing.phones import NASALS, VOWELS, Syllable
from bot.engine.singing.tables import pinyin_sounds

_NEUTRAL_TONE = 5


@lru_cache(maxsize=512)
def character_syllables(characters: str) -> tuple[Syllable, ...]:
    """Return the syllables of an unbroken run of characters; what has no reading is left out.

    The run is read as a whole, as readings hang on neighbours (长大 against 长江), and so do tones.
    """
    from pypinyin import Style, lazy_pinyin  # a third of a second, and only Chinese lyrics need it

    def read(style: Style) -> list[str]:
        return lazy_pinyin(
            characters,
            style=style,
            strict=True,
            errors=cast("Any", _nothing),  # it may give a list, one entry a character; the hints forgot
            tone_sandhi=style is Style.FINALS_TONE3,
        )

    readings = zip(characters, read(Style.INITIALS), read(Style.FINALS_TONE3), strict=True)
    said = (_syllable(character, initial, final) for character, initial, final in readings)
    return tuple(syllable for syllable in said if syllable)


def _nothing(unread: str) -> list[str]:
    return [""] * len(unread)


def _syllable(character: str, initial: str, final_and_tone: str) -> Syllable | None:
    final = final_and_tone.rstrip("012345")
    tone = int(final_and_tone[len(final) :] or _NEUTRAL_TONE)
    table = pinyin_sounds()
    if character in table.interjections:
        sounds = table.interjections[character]
    elif final == "i" and initial in table.buzzing:
        sounds = (*table.initials[initial], *table.buzzing[initial])
    elif final in table.finals:
        sounds = (*table.initials.get(initial, ()), *table.finals[final])
    else:
        return None
    nucleus = next(
        place for place, sound in enumerate(sounds) if sound in VOWELS | NASALS and _sings(sounds, place)
    )
    return Syllable(sounds[:nucleus], sounds[nucleus], sounds[nucleus + 1 :], character, tone=tone)


def _sings(sounds: tuple[str, ...], place: int) -> bool:
    """Return whether the sound there is the syllable's core: its vowel, or its nasal if it has no vowel."""
    return sounds[place] in VOWELS or not any(sound in VOWELS for sound in sounds)
