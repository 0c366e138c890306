"""Variations of a take: the same music seen a little differently."""

from __future__ import annotations

from typing import Final, Literal

from bot.jobs.morph import MorphOptions
from bot.jobs.order import RiffOptions

Amount = Literal["slight", "strong"]

_REACH: Final[dict[Amount, float]] = {"slight": 0.12, "strong": 0.35}
"""How far denoising and alpha move on their scale of 0 to 1, give or take a quarter."""


def vary(riff: RiffOptions, amount: Amount, *, chance: float) -> RiffOptions:
    """A neighbour of ``riff``; ``chance`` in 0..1 chooses which, so that pressing again brings another.

    The seed stays, so a host that takes one keeps its melodies and key; what moves is how much the seed
    picture and the second prompt weigh. A strong variation also searches on from there, by more steps.
    """
    reach = _REACH[amount] * (0.75 + 0.5 * ((chance * 4) % 1))
    changes: dict[str, float | int] = {
        "denoising": _moved(riff.denoising, reach if chance >= 0.5 else -reach)
    }
    if riff.prompt_b is not None:
        changes["alpha"] = _moved(riff.alpha, reach if (chance * 2) % 1 >= 0.5 else -reach)
    if amount == "strong":
        changes["steps"] = riff.steps + 30 if riff.steps <= 100 else riff.steps - 30
    return riff.model_copy(update=changes)


def _moved(value: float, by: float) -> float:
    """``value + by``, turned around where it would leave 0..1."""
    moved = value + by
    return round(moved if 0 <= moved <= 1 else value - by, 3)


def vary_morph(morph: MorphOptions, amount: Amount, *, chance: float) -> MorphOptions:
    """The same morph going a little less far, or further, in the strength that rules its transform."""
    reach = _REACH[amount] * (0.75 + 0.5 * ((chance * 4) % 1))
    ruling = morph.ruling_strength
    now: float | None = getattr(morph.strengths, ruling)
    moved = _moved(0.5 if now is None else now, reach if chance >= 0.5 else -reach)
    return morph.model_copy(update={"strengths": morph.strengths.model_copy(update={ruling: moved})})


def reroll(riff: RiffOptions) -> RiffOptions:
    """The same words, new music: the host draws a seed of its own."""
    return riff.model_copy(update={"seed": None})
