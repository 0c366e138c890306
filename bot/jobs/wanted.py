"""What a host is asked for, made of an order. Pure: the fullest record there is, and each client sends of it
what its dialect has. Only what was asked for is set.
"""

from __future__ import annotations

from typing import Any

from bot.jobs.order import Order
from bot.jobs.records import Offers
from bot.protocol.engine import EngineInput


def wanted_of(order: Order) -> EngineInput:
    """An order as it is asked for; the source of a morph goes along separately."""
    return _morph(order) if order.morph is not None else _riff(order)


def suited(wanted: EngineInput, offers: Offers) -> EngineInput:
    """The same for a host with these offers: one that only makes songs plays a riff as an instrumental.

    The second prompt goes with the first; seeds, seed pictures and steps mean nothing there.
    """
    if wanted.kind != "riff" or offers.riffs or not offers.songs:
        return wanted
    words = ", ".join(text for text in (wanted.prompt_a, wanted.prompt_b) if text)
    return EngineInput(prompt_a=words, instrumental=True)


def _riff(order: Order) -> EngineInput:
    riff = order.riff
    given = _given(prompt_b=riff.prompt_b, seed=riff.seed, length_s=riff.length_s)
    return EngineInput.model_validate(
        {
            "prompt_a": riff.prompt,
            "alpha": riff.alpha,
            "denoising": riff.denoising,
            "seed_image_id": riff.seed_image,
            "num_inference_steps": riff.steps,
            **given,
        }
    )


def _morph(order: Order) -> EngineInput:
    morph = order.morph
    if morph is None:
        raise ValueError("not a morph")
    strengths, span = morph.strengths, morph.span
    given = _given(
        seed=order.riff.seed,
        normalized_lyrics_strength=strengths.lyrics,
        normalized_sound_prompt_strength=strengths.sound_prompt,
        normalized_weirdness=strengths.weirdness,
        normalized_cover_strength=strengths.cover,
        normalized_variation_strength=strengths.variation,
        crop_end_at=span.crop_end_s,
        replace_start_at=span.replace_start_s,
        replace_end_at=span.replace_end_s,
    )
    return EngineInput.model_validate({"transform": morph.transform, "prompt_a": order.riff.prompt, **given})


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
