"""Several styles as one: weights, tempo, feel, and who owns which bar.

Parameters are blended, never spectra, and every choice hangs on a fixed threshold: raising a weight only
ever adds that style's material, so the way from A to B has no step back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from bot.engine.score.model import Feel
from bot.engine.styles.style import Style

_SMALLEST_WEIGHT = 1e-6
# The seed's share falls faster than denoising rises: at the default of 0.75 it tints, it does not lead.
_SEED_SHARE_CURVE = 1.5
# What lies beneath each mask. In the original a mask id is its picture as the first image, so that without
# denoising each sounds of itself: here each has a seed of its own, as bright as the mask is dark at the top.
MASK_SEEDS = {
    "mask_beat_lines_80": "motorway",
    "mask_gradient_dark": "agile",
    "mask_gradient_top_70": "marim",
    "mask_graident_top_fifth_75": "vibes",
    "mask_top_third_75": "og_beat",
    "mask_top_third_95": "veil",
}
_GOLDEN_RATIO = 0.618034


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A style and its share, 0..1."""

    style: Style
    weight: float


def mix_styles(styles: list[tuple[Style, float]]) -> list[Ingredient]:
    """Return the styles that have a share, with shares that sum to 1. Raises ValueError if none has."""
    present = [(style, weight) for style, weight in styles if weight > _SMALLEST_WEIGHT]
    total = sum(weight for _, weight in present)
    if not present:
        raise ValueError("No style has a share.")
    return [Ingredient(style, weight / total) for style, weight in present]


def seed_share(denoising: float) -> float:
    """Return how much of the music a content seed image is at a denoising of 0..1."""
    return (1.0 - denoising) ** _SEED_SHARE_CURVE


def mask_seed_share(denoising: float) -> float:
    """Return the share of the seed under a mask outside its black: none from 0.5 upwards."""
    return max(0.0, 1.0 - 2.0 * denoising)


def mask_strength(denoising: float) -> float:
    """Return how much of a mask's black keeps the seed: all up to 0.75, then fading to none at 1."""
    return min(1.0, (1.0 - denoising) / 0.25)


def blended_bpm(ingredients: list[Ingredient]) -> float:
    """Return the tempo: geometric mean by weight; an asked tempo is never pulled by a style without one."""
    voters = [item for item in ingredients if item.style.asked_bpm] or ingredients
    total = sum(item.weight for item in voters)
    logarithm = sum(item.weight * math.log(item.style.bpm) for item in voters) / total
    # The mean of one number must be that number to the last bit.
    return voters[0].style.bpm if len(voters) == 1 else math.exp(logarithm)


def blended_feel(ingredients: list[Ingredient]) -> Feel:
    """Return the weighted mean of all feels."""
    feel = Feel()
    for item in fields(Feel):
        if item.name != "textures":
            mean = sum(part.weight * getattr(part.style.feel, item.name) for part in ingredients)
            setattr(feel, item.name, mean)
    for part in ingredients:
        for name, amount in part.style.feel.textures.items():
            feel.textures[name] = feel.textures.get(name, 0.0) + part.weight * amount
    return feel


def blended_swing(ingredients: list[Ingredient]) -> float:
    """Return the weighted mean swing."""
    return sum(part.weight * part.style.swing for part in ingredients)


def dominant(ingredients: list[Ingredient]) -> Style:
    """Return the style with the largest share; at a tie the earlier one, and any prompt before a seed."""
    return max(ingredients, key=lambda part: part.weight - (0.001 if part.style.is_seed else 0.0)).style


def owner_of_bar(ingredients: list[Ingredient], bar: int) -> int:
    """Return which ingredient leads a bar.

    Bars have fixed, evenly spread thresholds (a golden-ratio sequence), so as a share grows its bars
    are only ever added to.
    """
    threshold = (0.5 + bar * _GOLDEN_RATIO) % 1.0
    filled = 0.0
    for place, part in enumerate(ingredients):
        filled += part.weight
        if threshold < filled:
            return place
    return len(ingredients) - 1
