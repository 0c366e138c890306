"""One request to one finished riff."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ, Samples
from bot.engine.blend import (
    MASK_SEED,
    Ingredient,
    mask_seed_share,
    mask_strength,
    mix_styles,
    seed_share,
)
from bot.engine.compose import compose
from bot.engine.instruments import instruments, kits
from bot.engine.lexicon import understand
from bot.engine.mix import mixdown
from bot.engine.score import MaskPlan, Score
from bot.engine.seating import leave_out
from bot.engine.spectrogram import image_bytes, mel_spectrogram, spectrogram_image
from bot.engine.style import Style
from bot.engine.styles import seed_style, style_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from bot.engine.intent import Intent
    from bot.engine.spec import RiffSpec

_MASK_PREFIX = "mask_"
_QUIETEST_RMS = 0.02
_NOISE_FLATNESS = 0.35


class UnmusicalResultError(Exception):
    """The render is silent, broken or mere noise: our bug, so it is never delivered."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What the musician made of the prompts: tempo, key, genres with shares, instruments, unknown words."""

    bpm: float
    key: str
    genres: dict[str, float]
    instruments: list[str]
    ignored: list[str]

    def to_json(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "bpm": self.bpm,
            "key": self.key,
            "genres": dict(self.genres),
            "instruments": list(self.instruments),
            "ignored": list(self.ignored),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Riff:
    """A finished riff: audio (samples, 2) float32 at 44,100 Hz, mastered, a seamless loop."""

    audio: Samples
    score: Score
    understood: Understood
    _drawn: list[Image.Image] = field(default_factory=list["Image.Image"], repr=False)

    @property
    def duration_s(self) -> float:
        """Return the length in seconds."""
        return len(self.audio) / SAMPLE_RATE_HZ

    def picture(self) -> Image.Image:
        """Return the spectrogram: 512 rows, 100 columns a second, EXIF tags of the original."""
        if not self._drawn:
            self._drawn.append(spectrogram_image(mel_spectrogram(self.audio, circular=True)))
        return self._drawn[0]

    def picture_bytes(self, file_format: str = "PNG") -> bytes:
        """Return the spectrogram as a file with its EXIF tags; "PNG" or "JPEG"."""
        return image_bytes(self.picture(), file_format)


def make_riff(spec: RiffSpec, *, progress: Callable[[int, int], None] | None = None) -> Riff:
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
    score = write_score(spec, styles, on_step)
    audio = mixdown(score)
    check_sound(audio)
    if progress:
        progress(total, total)
    return Riff(audio, score, _understood(spec, intents, styles, score))


def write_score(spec: RiffSpec, styles: list[Style], on_step: Callable[[int], None] | None = None) -> Score:
    """Return the score for a spec whose prompts' styles are known: A alone, or A and B."""
    masked = spec.seed_name.startswith(_MASK_PREFIX)
    strength = mask_strength(spec.denoising) if masked else 0.0
    base = seed_style(MASK_SEED if masked else spec.seed_name)
    ingredients = _ingredients(spec, styles, base, masked=masked)
    prompts = [part.style for part in ingredients if not part.style.is_seed]
    if prompts:
        leave_out(base, prompts[0].refused.intersection(*(style.refused for style in prompts)))
    through_mask = masked and strength > 0.0 and bool(prompts)
    score = compose(
        ingredients,
        seed=spec.seed,
        search_steps=spec.num_inference_steps,
        length_s=spec.length_s,
        under_mask=base if through_mask else None,
        on_step=on_step,
    )
    score.mask = MaskPlan(spec.seed_name, strength) if through_mask else None
    return score


def _ingredients(spec: RiffSpec, styles: list[Style], base: Style, *, masked: bool) -> list[Ingredient]:
    share = mask_seed_share(spec.denoising) if masked else seed_share(spec.denoising)
    alpha = spec.effective_alpha
    weights = [1.0] if len(styles) == 1 else [1.0 - alpha, alpha]
    prompts = [(style, weight * (1.0 - share)) for style, weight in zip(styles, weights, strict=True)]
    return mix_styles([*prompts, (base, share)])


def check_sound(audio: Samples) -> None:
    """Raise UnmusicalResultError for silence, noise and numbers that are no sound."""
    if not np.isfinite(audio).all():
        raise UnmusicalResultError("The render holds numbers that are no sound.")
    if float(np.sqrt(np.square(audio).mean())) < _QUIETEST_RMS:
        raise UnmusicalResultError("The render is silent.")
    if spectral_flatness(audio) > _NOISE_FLATNESS:
        raise UnmusicalResultError("The render is noise.")


def spectral_flatness(audio: Samples) -> float:
    """Return how much audio resembles white noise, 0 (a tone) to 1, over its middle second."""
    middle = len(audio) // 2
    part = audio[max(0, middle - 16_384) : middle + 16_384].mean(axis=1)
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2 + 1e-12
    return float(np.exp(np.log(power).mean()) / power.mean())


def _understood(spec: RiffSpec, intents: list[Intent], styles: list[Style], score: Score) -> Understood:
    alpha = spec.effective_alpha
    genres: dict[str, float] = {}
    for style, share in zip(styles, (1.0 - alpha, alpha), strict=False):
        for label, weight in style.genres.items():
            genres[label] = round(genres.get(label, 0.0) + weight * share, 4)
    ignored = list(dict.fromkeys(word for intent in intents for word in intent.ignored))
    return Understood(
        round(score.bpm, 2), score.key, {k: v for k, v in genres.items() if v > 0.0}, _players(score), ignored
    )


def _players(score: Score) -> list[str]:
    labels = [
        kits()[track.instrument][0] if track.role == "drums" else instruments()[track.instrument].label
        for track in score.tracks
        if not track.under_mask
    ]
    return list(dict.fromkeys(labels))
