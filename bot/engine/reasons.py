"""Why a piece has its tempo and key, told by who really has a share of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.score.model import MODE_NAMES, TONIC_NAMES_MAJOR
from bot.engine.styles.style import SEED_PREFIX
from bot.engine.theory.metre import metre_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.score.model import Score
    from bot.engine.styles.style import Style
    from bot.engine.words.intent import Intent

_TEMPO_TOLERANCE = 0.01  # beats a minute

SEED_IMAGE = "seed image"


def tempo_from(intents: Sequence[Intent], shares: Sequence[float], score: Score) -> str:
    """Return "asked", "nearest" (to what was asked), "between" (two asked ones), "seed image" or "style"."""
    heard = [intent for intent, share in zip(intents, shares, strict=True) if share > 0.0]
    asked = [intent for intent in heard if intent.bpm is not None]
    if is_seed_alone(score):
        return SEED_IMAGE
    if not asked:
        return "style"
    if len({intent.bpm for intent in asked}) > 1:
        return "between"
    bpm = asked[0].bpm or score.bpm
    held = any(clamp[0] == "tempo" for clamp in asked[0].clamped)
    return "nearest" if held or abs(bpm - score.bpm) > _TEMPO_TOLERANCE else "asked"


def key_from(
    intents: Sequence[Intent], styles: Sequence[Style], shares: Sequence[float], score: Score
) -> str:
    """Return "asked", "mode asked", "seed image" or "chosen"."""
    if is_seed_alone(score):
        return SEED_IMAGE
    heard = [intent for intent, share in zip(intents, shares, strict=True) if share > 0.0]
    if any(intent.tonic is not None for intent in heard):
        return "asked"
    weights = [score.ingredients.get(style.identity, 0.0) for style in styles]
    seeds = [share for name, share in score.ingredients.items() if name.startswith(SEED_PREFIX)]
    if seeds and max(seeds) > max(weights, default=0.0) + 0.001:  # who leads, chooses
        return SEED_IMAGE
    return "mode asked" if any(intent.mode for intent in heard) else "chosen"


def is_seed_alone(score: Score) -> bool:
    """Tell whether nothing of the prompts is left: a denoising of 0."""
    return bool(score.ingredients) and all(name.startswith(SEED_PREFIX) for name in score.ingredients)


def not_followed(intents: Sequence[Intent], other: Score) -> list[list[str]]:
    """Return [what, asked, played] for an asked tempo, key and metre where other music stands above them."""
    dropped: list[list[str]] = []
    for intent in intents:
        held = [clamp[1] for clamp in intent.clamped if clamp[0] == "tempo"]
        if intent.bpm is not None and abs(intent.bpm - other.bpm) > _TEMPO_TOLERANCE:
            dropped.append(["tempo", held[0] if held else f"{intent.bpm:g}", f"{other.bpm:.4g}"])
        key = _asked_key(intent)
        if key and (intent.tonic not in {None, other.tonic} or intent.mode not in {None, other.mode}):
            dropped.append(["key", key, other.key])
        if intent.meter is not None and intent.meter != other.meter:
            dropped.append(["metre", intent.meter_name, metre_of(other.meter).name])
    return dropped


def _asked_key(intent: Intent) -> str:
    if intent.key_spelling:
        return intent.key_spelling
    if intent.tonic is not None:
        return TONIC_NAMES_MAJOR[intent.tonic]
    return MODE_NAMES.get(intent.mode, intent.mode) if intent.mode else ""
