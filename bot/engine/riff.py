"""One request to one finished riff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.compose import compose
from bot.engine.fitting import ground_of, guests, joined, understood_beside
from bot.engine.mix import mixdown
from bot.engine.piece import Piece, check_sound
from bot.engine.score.model import MaskPlan, Score
from bot.engine.styles.blend import (
    MASK_SEEDS,
    Ingredient,
    mask_seed_share,
    mask_strength,
    mix_styles,
    seed_share,
)
from bot.engine.styles.from_intent import seed_style, style_for
from bot.engine.styles.seating import leave_out
from bot.engine.styles.style import Style
from bot.engine.understanding import understood_of
from bot.engine.words.lexicon import understand

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.compose.melody import MelodySearch
    from bot.engine.spec import RiffSpec

_MASK_PREFIX = "mask_"
# Up to this share a seed image only tints what somebody plays alone.
_LARGEST_TINT = 0.5


def make_riff(spec: RiffSpec, *, progress: Callable[[int, int], None] | None = None) -> Piece:
    """Compose and render one riff; the same spec gives the same samples.

    `progress(step, total)` is called as the search goes, with `total` the asked number of steps; the last
    step is reported when the finished sound has been listened to. Raises UnmusicalResultError for our bugs.
    """
    total = spec.num_inference_steps

    def on_step(number: int) -> None:
        if progress and number < total:
            progress(number, total)

    intents = [understand(spec.prompt_a)]
    if spec.effective_alpha > 0.0:
        intents.append(understand(spec.prompt_b or ""))
    styles = [style_for(intent, spec.seed) for intent in intents]
    searches: list[MelodySearch] = []
    score = write_score(spec, styles, on_step, searches.append)
    audio = mixdown(score)
    check_sound(audio)
    if progress:
        progress(total, total)
    alpha = spec.effective_alpha
    shares = (1.0 - alpha, alpha)[: len(styles)]
    understood = understood_of(intents, styles, shares, score, searches[0])
    return Piece(audio, score, understood_beside(understood, spec, intents))


def write_score(
    spec: RiffSpec,
    styles: list[Style],
    on_step: Callable[[int], None] | None = None,
    on_search: Callable[[MelodySearch], None] | None = None,
) -> Score:
    """Return the score for a spec whose prompts' styles are known: A alone, or A and B."""
    spec, styles = guests(spec, styles)
    masked = spec.seed_name.startswith(_MASK_PREFIX)
    strength = mask_strength(spec.denoising) if masked else 0.0
    base = seed_style(MASK_SEEDS[spec.seed_name] if masked else spec.seed_name)
    ingredients = _ingredients(spec, styles, base, masked=masked)
    prompts = [part.style for part in ingredients if not part.style.is_seed]
    if prompts:
        leave_out(base, prompts[0].refused.intersection(*(style.refused for style in prompts)))
        tints = not masked and ingredients[-1].weight <= _LARGEST_TINT
        if tints and all(style.alone for style in prompts):
            base.layers, base.drums, base.kit = [], {}, ""  # it may bend tempo and feel, not bring a band
    through_mask = masked and strength > 0.0 and bool(prompts)
    score = compose(
        ingredients,
        seed=spec.seed,
        search_steps=spec.num_inference_steps,
        length_s=spec.length_s,
        bars=spec.bars,
        ground=ground_of(spec),
        under_mask=base if through_mask else None,
        on_step=on_step,
        on_search=on_search,
    )
    score.mask = MaskPlan(spec.seed_name, strength) if through_mask else None
    return joined(score, spec)


def _ingredients(spec: RiffSpec, styles: list[Style], base: Style, *, masked: bool) -> list[Ingredient]:
    share = mask_seed_share(spec.denoising) if masked else seed_share(spec.denoising)
    alpha = spec.effective_alpha
    weights = [1.0] if len(styles) == 1 else [1.0 - alpha, alpha]
    prompts = [(style, weight * (1.0 - share)) for style, weight in zip(styles, weights, strict=True)]
    return mix_styles([*prompts, (base, share)])
