"""Alpha and denoising: pure at the ends, one way in between."""

from __future__ import annotations

import pytest

from tests.engine.support import distance, features, riff, same_music

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
LOOP_S = 4.0  # five riffs a way: a bar or two have the colour and movement of many
PAIRS = (
    ("church bells on sunday", "death metal"),
    ("ambient drone", "techno"),
    ("bossa nova guitar", "trap"),
    ("jazz piano trio", "8-bit chiptune"),
)


def test_alpha_ends_are_the_prompts_alone() -> None:
    """Alpha 0 is A alone and alpha 1 is B alone, to the last bit, seed image included."""
    assert same_music(riff("bossa nova", "trap", alpha=0.0, seed=5), riff("bossa nova", seed=5))
    assert same_music(riff("bossa nova", "trap", alpha=1.0, seed=5), riff("trap", seed=5))


def test_denoising_ends_are_seed_and_prompt() -> None:
    """Denoising 0 does not hear the prompt, denoising 1 does not see the seed image, to the last bit."""
    seed_alone = riff("death metal", denoising=0.0, seed=5, seed_image_id="marim")
    assert same_music(seed_alone, riff("lullaby 80 bpm in C", denoising=0.0, seed=5, seed_image_id="marim"))
    prompt_alone = riff("trap", denoising=1.0, seed=5, seed_image_id="marim")
    assert same_music(prompt_alone, riff("trap", denoising=1.0, seed=5, seed_image_id="agile"))


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_alpha_moves_the_sound_from_a_to_b(a: str, b: str) -> None:
    """In features of the sound, every step of alpha is further from A and nearer to B."""
    way = [features(riff(a, b, alpha=alpha, denoising=1.0, seed=5, length_s=LOOP_S)) for alpha in SHARES]
    from_a = [distance(way[0], point) for point in way]
    to_b = [distance(way[-1], point) for point in way]
    assert from_a == sorted(from_a)
    assert to_b == sorted(to_b, reverse=True)


@pytest.mark.parametrize("seed_image_id", ["agile", "marim", "motorway", "og_beat", "vibes"])
def test_denoising_moves_the_sound_from_seed_to_prompt(seed_image_id: str) -> None:
    """In features of the sound, every step of denoising is further from the seed, nearer to the prompt."""
    way = [
        features(
            riff(
                "gregorian chant",
                denoising=denoising,
                seed=5,
                seed_image_id=seed_image_id,
                length_s=LOOP_S,
            )
        )
        for denoising in SHARES
    ]
    from_seed = [distance(way[0], point) for point in way]
    to_prompt = [distance(way[-1], point) for point in way]
    assert from_seed == sorted(from_seed)
    assert to_prompt == sorted(to_prompt, reverse=True)
