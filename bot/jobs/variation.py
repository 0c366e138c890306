"""Variations of a take: the same music seen a little differently."""

from __future__ import annotations

from typing import Final, Literal

from bot.jobs.recipes import Image, Journey, Morph, Parts, Recipe, Riff, Song

Amount = Literal["slight", "strong"]

_REACH: Final[dict[Amount, float]] = {"slight": 0.12, "strong": 0.35}
"""How far denoising and alpha move on their scale of 0 to 1, give or take a quarter."""


def vary(recipe: Recipe, amount: Amount, *, chance: float) -> Recipe:
    """A neighbour of ``recipe``; ``chance`` in 0..1 chooses which, so that pressing again brings another.

    A riff or journey keeps its seed, so a host that takes one keeps its melodies and key; what moves is how
    much the seed picture and the second prompt weigh. A strong variation also searches on from there, by more
    steps. A morph goes a little less far, or further. Songs and pictures, which have no such scale, are
    made anew.
    """
    reach = _REACH[amount] * (0.75 + 0.5 * ((chance * 4) % 1))
    towards = reach if chance >= 0.5 else -reach
    match recipe:
        case Riff():
            return _vary_riff(recipe, amount, towards, reach if (chance * 2) % 1 >= 0.5 else -reach)
        case Journey():
            whole = recipe.seeded(recipe.seed)
            return whole.model_copy(update={"denoising": _moved(recipe.denoising, towards)})
        case Morph():
            ruling = recipe.ruling_strength
            now: float | None = getattr(recipe.strengths, ruling)
            moved = _moved(0.5 if now is None else now, towards)
            return recipe.model_copy(
                update={"strengths": recipe.strengths.model_copy(update={ruling: moved})}
            )
        case Song() | Image() | Parts():
            return reroll(recipe)


def _vary_riff(riff: Riff, amount: Amount, denoising_by: float, alpha_by: float) -> Riff:
    changes: dict[str, float | int] = {"denoising": _moved(riff.denoising, denoising_by)}
    if riff.prompt_b is not None:
        changes["alpha"] = _moved(riff.alpha, alpha_by)
    if amount == "strong":
        changes["steps"] = riff.steps + 30 if riff.steps <= 100 else riff.steps - 30
    return riff.model_copy(update=changes)


def _moved(value: float, by: float) -> float:
    """``value + by``, turned around where it would leave 0..1."""
    moved = value + by
    return round(moved if 0 <= moved <= 1 else value - by, 3)


def reroll(recipe: Recipe) -> Recipe:
    """The same words, new music: the host draws a seed of its own, and a song both its takes."""
    fresh = recipe.seeded(None)
    return fresh.model_copy(update={"take": None}) if isinstance(fresh, Song) else fresh
