"""Tempo and key as people write them: "140 bpm", "techno at 140", "F# minor", "Am", "升c小调"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.engine.words.intent import Intent

MIN_BPM = 30.0
MAX_BPM = 260.0

_NUMBER = r"(\d{1,4}(?:\.\d{1,3})?)"
_TEMPO = re.compile(
    rf"(?<![\d.]){_NUMBER}\s*-?\s*(?:bpm|b\.p\.m\.?|beats (?:per|a) minute|拍)"
    rf"|(?:bpm|tempo|每分钟|速度)\s*(?:of|is|at|=|:)?\s*{_NUMBER}(?!\.?\d)"
)
# "Techno at 140", "techno 140": a number by itself, where nothing else can be meant.
_TEMPO_AT = re.compile(r"\b(?:at|@)\s*(\d{2,3})(?![\d.:/%'a-z])")
_TEMPO_ALONE = re.compile(r"(?:^|(?<=[,;.!?]))\s*(\d{2,3})\b(?![-.:/%'])|\b(\d{2,3})\s*(?=$|[,;!?])")
_LIKELY_BPM = range(60, 200)
_NO_TEMPO_AFTER = re.compile(r"\b(?:studio|area|route|commodore|top|in|of|mode|year|level|no|nr)\s*$|[-/:.]$")
_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SIGNS = {"#": 1, "sharp": 1, "升": 1, "b": -1, "flat": -1, "降": -1}
_MODES = {
    "major": "maj",
    "maj": "maj",
    "大调": "maj",
    "大調": "maj",
    "minor": "min",
    "min": "min",
    "小调": "min",
    "小調": "min",
    "dorian": "dor",
    "phrygian": "phr",
    "lydian": "lyd",
    "mixolydian": "mix",
}
_SPOKEN_MODES = {
    "maj": "major",
    "min": "minor",
    "dor": "dorian",
    "phr": "phrygian",
    "lyd": "lydian",
    "mix": "mixolydian",
}
_MODE_WORDS = "|".join(word for word in _MODES if word.isascii())
# In "a minor key" the "a" is an article.
_MODE_ALONE = re.compile(rf"(?<![a-z0-9'])a ({_MODE_WORDS}) key(?![a-z])")
_KEY = re.compile(rf"(?<![a-z0-9'])([a-g])[\s-]?(#|b|sharp|flat)?[\s-]*({_MODE_WORDS})(?: key)?(?![a-z])")
# In German, H is what English calls B: not known here, but major and minor are.
_GERMAN_H = re.compile(rf"(?<![a-z0-9'])(h)[\s-]({_MODE_WORDS})(?: key)?(?![a-z])")
_KEY_OF = re.compile(r"\bkey of ([a-g])\s?(#|b(?![a-z])|sharp|flat)?(?![a-z])")
_JOINED_KEY = re.compile(r"(升|降)?([a-g])(#|b)?(大调|小调|大調|小調)")
# Only the capital tells "Am" the chord from "am" the verb, so this one reads the text as it was written.
_SHORT_MINOR = re.compile(r"(?<![A-Za-z0-9'])(?:in\s+)?([A-G])(#|b)?m(?![A-Za-z0-9'])")
# "Blues in E": a bare tonic, where the phrase ends, so that "in A flat world" is none.
_BARE_TONIC = re.compile(r"\b[Ii]n\s+([A-G])(#|b)?(?=\s*(?:$|[,.;!?]|(?:at|with)\b))")
_BREAK = " , "


def take_tempo(text: str, intent: Intent) -> str:
    """Note an asked tempo, held to 30..260 beats a minute, and return the text without it."""
    found = _TEMPO.search(text) or _TEMPO_AT.search(text) or _lone_number(text)
    if not found:
        return text
    asked = float(next(number for number in found.groups() if number))
    intent.bpm = min(MAX_BPM, max(MIN_BPM, asked))
    if intent.bpm != asked:
        intent.clamped.append(("tempo", f"{asked:g}", f"{intent.bpm:g}"))
    return text[: found.start()] + _BREAK + text[found.end() :]


def _lone_number(text: str) -> re.Match[str] | None:
    for found in _TEMPO_ALONE.finditer(text):
        number = int(found[1] or found[2])
        if number in _LIKELY_BPM and not _NO_TEMPO_AFTER.search(text[: found.start()]):
            return found
    return None


def take_short_key(text: str, intent: Intent) -> str:
    """Note a key written like "F#m" or "in E", capital as it stands, and return the text without it."""
    if found := _SHORT_MINOR.search(text):
        _set_key(intent, found[1].lower(), found[2], "min")
    elif found := _BARE_TONIC.search(text):
        _set_key(intent, found[1].lower(), found[2], None)
    else:
        return text
    return text[: found.start()] + _BREAK + text[found.end() :]


def take_key(text: str, intent: Intent) -> str:
    """Note a key written out, in lower-case text, and return the text without it."""
    if found := _MODE_ALONE.search(text):
        intent.mode = _MODES[found[1]]
    elif found := _KEY.search(text):
        _set_key(intent, found[1], found[2], _MODES[found[3]])
    elif found := _JOINED_KEY.search(text):
        _set_key(intent, found[2], found[1] or found[3], _MODES[found[4]])
    elif found := _KEY_OF.search(text):
        _set_key(intent, found[1], found[2], None)
    elif found := _GERMAN_H.search(text):
        intent.mode = _MODES[found[2]]
        intent.ignored.append(found[1])
    else:
        return text
    return text[: found.start()] + _BREAK + text[found.end() :]


def _set_key(intent: Intent, letter: str, sign: str | None, mode: str | None) -> None:
    shift = _SIGNS[sign] if sign else 0
    intent.tonic = (_SEMITONES[letter] + shift) % 12
    intent.mode = mode
    if mode:
        accidental = {1: "#", 0: "", -1: "b"}[shift]
        intent.key_spelling = f"{letter.upper()}{accidental} {_SPOKEN_MODES[mode]}"
