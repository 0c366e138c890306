"""How it feels: moods, eras, major and minor, asked numbers, and the tint of unknown words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.chance import unit_hash
from bot.engine.score.model import MINOR_MODES, Feel
from bot.engine.theory.harmony import DIATONIC_MODES, numeral_of, progression_is_minor
from bot.engine.theory.reharmonise import reharmonise

if TYPE_CHECKING:
    from bot.engine.styles.style import Style
    from bot.engine.words.intent import Intent

_SLOWEST_BPM, _FASTEST_BPM = 46.0, 210.0
_NEVER_CHEERFUL = frozenset(
    {"metal", "deathmetal", "doom", "techno", "hardtechno", "trap", "drill", "industrial", "ebm", "hardstyle"}
) | {"phonk", "horror", "darkwave"}
_TEXTURE_AMOUNT = 0.8
_MINOR_FAMILY = frozenset({"i", "bIII", "iv", "v", "V", "bVI", "bVII"})
_MAJOR_FAMILY = frozenset({"I", "ii", "iii", "IV", "V", "vi"})
_TINT_REACH = {"brightness": 0.7, "reverb": 0.5, "density": 0.7, "energy": 0.3, "lofi": 0.25, "drive": 0.25}


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
    if year <= 1940:
        feel.lofi = max(feel.lofi, 0.55)
        feel.brightness = _clamp(feel.brightness - 0.25, -1.0, 1.0)
    elif year <= 1970:
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
    if style.mode not in DIATONIC_MODES:
        return
    minor = progression_is_minor(style.progressions[0])
    if minor != (style.mode in MINOR_MODES):
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
        style.progressions.sort(key=_tonic_strength, reverse=True)
    if intent.meter is not None:
        style.meter, style.meter_name = intent.meter, intent.meter_name


def _tonic_strength(progression: tuple[str, ...]) -> int:
    """Return how clearly a progression tells its key: the tonic against others, less what leaves it."""
    roots = [numeral_of(symbol) for bar in progression for symbol in bar.split("/")]
    minor = progression_is_minor(progression)
    home, family = ("i", _MINOR_FAMILY) if minor else ("I", _MAJOR_FAMILY)
    others = [root for root in roots if root != home]
    leaving = sum(root not in family for root in roots)
    return roots.count(home) - max((others.count(root) for root in others), default=0) - 2 * leaving


def tint(style: Style, words: list[str]) -> None:
    """Let words nobody knows still colour the music, each in its own way and always in the same."""
    feel = style.feel
    share = 1.0 / max(1, len(words)) ** 0.5  # many words pull in many directions, none too far together
    for word in words:
        if not style.asked_bpm:
            style.bpm *= 1.0 + share * 0.16 * (unit_hash("tint", word) - 0.5)
        for name, reach in _TINT_REACH.items():
            low = -1.0 if name in {"brightness", "valence"} else 0.0
            moved = getattr(feel, name) + share * reach * (unit_hash(name, word) - 0.5)
            setattr(feel, name, _clamp(moved, low, 1.0))
        style.swing = _clamp(style.swing + share * 0.08 * (unit_hash("swing", word) - 0.5), 0.0, 0.33)
