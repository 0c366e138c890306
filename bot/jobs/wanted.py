"""What a host is asked for, made of an order. Pure: the fullest record there is, and each client sends of it
what its dialect has. Only what was asked for is set.
"""

from __future__ import annotations

from typing import Any, overload

from bot.jobs.order import Order
from bot.jobs.recipes import Image, Journey, Morph, Parts, Recipe, Riff, Song
from bot.jobs.records import Offers
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput


def wanted_of(order: Order) -> EngineInput | ImageInput:
    """An order as it is asked for; what it is made of goes along separately.

    Raises:
        ValueError: a journey, whose steps are asked for one by one.
    """
    return _asked_for(order.recipe)


def _asked_for(recipe: Recipe) -> EngineInput | ImageInput:
    match recipe:
        case Riff() as riff:
            return _riff(riff)
        case Morph() as morph:
            return _morph(morph)
        case Song() as song:
            return _song(song)
        case Image() as image:
            return ImageInput(model=image.model, inputs={**image.inputs, **_given(seed=image.seed)})
        case Parts() as parts:
            return EngineInput.model_validate(
                {**_asked_for(parts.of).model_dump(exclude_unset=True), "stems": True}
            )
        case Journey():
            raise ValueError("a journey is not asked for as a whole")


@overload
def suited(wanted: EngineInput, offers: Offers) -> EngineInput: ...
@overload
def suited(wanted: EngineInput | ImageInput, offers: Offers) -> EngineInput | ImageInput: ...
def suited(wanted: EngineInput | ImageInput, offers: Offers) -> EngineInput | ImageInput:
    """The same for a host with these offers: one that only makes songs plays a riff as an instrumental.

    The second prompt goes with the first; seeds, seed pictures and steps mean nothing there.
    """
    if isinstance(wanted, ImageInput) or wanted.kind != "riff" or offers.riffs or not offers.songs:
        return wanted
    words = ", ".join(text for text in (wanted.prompt_a, wanted.prompt_b) if text)
    return EngineInput(prompt_a=words, instrumental=True)


def _riff(riff: Riff) -> EngineInput:
    return EngineInput.model_validate(
        {
            "prompt_a": riff.prompt,
            "alpha": riff.alpha,
            "denoising": riff.denoising,
            "seed_image_id": riff.seed_image,
            "num_inference_steps": riff.steps,
            **_given(prompt_b=riff.prompt_b, seed=riff.seed, length_s=riff.length_s, like_as=riff.like_as),
        }
    )


def _song(song: Song) -> EngineInput:
    written = song.lyrics or song.topic or song.title
    given = _given(
        prompt_a=song.tags or None,
        title=song.title,
        lyrics=song.lyrics,
        topic=song.topic,
        quality=song.model,
        # Tags alone ask for a song only where it is said whether somebody sings.
        instrumental=song.instrumental if song.instrumental or not written else None,
        voice=song.voice,
        length_s=song.length_s,
        seed=song.seed,
        take=song.take,
    )
    return EngineInput.model_validate(given)


def _morph(morph: Morph) -> EngineInput:
    strengths, span = morph.strengths, morph.span
    given = _given(
        prompt_a=morph.tags or None,
        seed=morph.seed,
        lyrics=morph.lyrics,
        duration=morph.length_s,
        normalized_lyrics_strength=strengths.lyrics,
        normalized_sound_prompt_strength=strengths.sound_prompt,
        normalized_weirdness=strengths.weirdness,
        normalized_cover_strength=strengths.cover,
        normalized_variation_strength=strengths.variation,
        crop_end_at=span.crop_end_s,
        replace_start_at=span.replace_start_s,
        replace_end_at=span.replace_end_s,
    )
    return EngineInput.model_validate({"transform": morph.transform, **given})


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
