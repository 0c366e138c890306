"""How it feels: moods, eras, major and minor, asked numbers, and the tint of unknown words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.chance import unit_hash
from bot.engine.harmony import MAJORISH_MODES, MINORISH_MODES, progression_is_minor
from bot.engine.reharmonise import reharmonise
from bot.engine.score import MINOR_MODES, Feel

if TYPE_CHECKING:
    from bot.engine.intent import Intent
    from bot.engine.style import Style

_SLOWEST_BPM, _FASTEST_BPM = 46.0, 210.0
_NEVER_CHEERFUL = frozenset({"metal", "deathmetal", "techno", "trap", "industrial", "hardstyle", "phonk"})
_TEXTURE_AMOUNT = 0.8


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def apply_mood(style: Style, intent: Intent) -> None:
    """Shift tempo and feel by the moods and eras."""
    mood, feel = intent.mood, style.feel
    style.bpm *= mood.get("tempo", 1.0)
    for name in ("valence", "brightness"):
        setattr(feel, name, _clamp(getattr(feel, name) + 0.9 * mood.get(name, 0.0), -1.0, 1.0))
    for name in ("energy", "reverb", "density", "lofi"):
        setattr(feel, name, _clamp(getattr(feel, name) + mood.get(name, 0.0), 0.0, 1.0))
    feel.drive = _clamp(feel.drive + 0.7 * mood.get("drive", 0.0), 0.0, 1.0)
    for name in ("rain", "vinyl", "wind", "waves"):
        if mood.get(name, 0.0) > 0.0:
            feel.textures[name] = max(feel.textures.get(name, 0.0), _TEXTURE_AMOUNT)
    for year in intent.eras:
        _apply_era(feel, year)


def _apply_era(feel: Feel, year: int) -> None:
    if year <= 1970:
        feel.lofi = max(feel.lofi, 0.35)
        feel.brightness = _clamp(feel.brightness - 0.15, -1.0, 1.0)
    elif year == 1980:
        feel.reverb = _clamp(feel.reverb + 0.15, 0.0, 1.0)
    elif year == 1990:
        feel.lofi = max(feel.lofi, 0.3)


def choose_mode(style: Style, intent: Intent, genre: str) -> None:
    """Settle on a mode and make every progression agree with it: a progression carries its own mode."""
    valence = intent.mood.get("valence", 0.0)
    wanted = intent.mode
    if wanted is None and valence <= -0.5 and style.mode in {"maj", "lyd", "mix"}:
        wanted = "min"
    elif (
        wanted is None
        and valence >= 0.5
        and style.mode in {"min", "dor", "phr"}
        and genre not in _NEVER_CHEERFUL
    ):
        wanted = "maj"
    if wanted is None:
        _agree_with_progression(style)
        return
    minor = wanted in MINOR_MODES
    if wanted not in {"maj", "min"} or (style.mode in MINOR_MODES) != minor:
        style.mode = wanted
    style.progressions = [
        progression if progression_is_minor(progression) == minor else reharmonise(progression, minor=minor)
        for progression in style.progressions
    ]


def _agree_with_progression(style: Style) -> None:
    if style.mode not in MINORISH_MODES | MAJORISH_MODES - {"blu", "pen"} or style.mode == "ins":
        return
    minor = progression_is_minor(style.progressions[0])
    if minor != (style.mode in MINORISH_MODES):
        style.mode = "min" if minor else "maj"
    same = [bars for bars in style.progressions if progression_is_minor(bars) == minor]
    style.progressions = same or style.progressions[:1]


def honour_numbers(style: Style, intent: Intent) -> None:
    """Take over asked tempo, key and meter; keep any other tempo playable."""
    style.bpm = _clamp(style.bpm, _SLOWEST_BPM, _FASTEST_BPM)
    if intent.bpm is not None:
        style.bpm, style.asked_bpm = intent.bpm, True
    if intent.tonic is not None:
        style.tonic, style.key_spelling = intent.tonic, intent.key_spelling
    if intent.meter is not None:
        style.meter = intent.meter


def tint(style: Style, words: list[str]) -> None:
    """Let words nobody knows still colour the music a little, always in the same way."""
    feel = style.feel
    for word in words:
        if not style.asked_bpm:
            style.bpm *= 1.0 + 0.06 * (unit_hash("tint", word) - 0.5)
        feel.brightness = _clamp(feel.brightness + 0.25 * (unit_hash("bright", word) - 0.5), -1.0, 1.0)
        feel.reverb = _clamp(feel.reverb + 0.2 * (unit_hash("room", word) - 0.4), 0.0, 1.0)
        feel.density = _clamp(feel.density + 0.3 * (unit_hash("density", word) - 0.5), 0.0, 1.0)
