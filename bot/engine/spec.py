"""What is asked of the musician: the parameters of the riffusion prediction API, validated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.engine.score.model import Score

# The ids and their order are the prediction API's own, its misspelling included.
SEED_IMAGE_IDS: tuple[str, ...] = (
    "agile",
    "marim",
    "mask_beat_lines_80",
    "mask_gradient_dark",
    "mask_gradient_top_70",
    "mask_graident_top_fifth_75",
    "mask_top_third_75",
    "mask_top_third_95",
    "motorway",
    "og_beat",
    "vibes",
)
_SEED_IMAGE_ALIASES = {"mask_gradient_top_fifth_75": "mask_graident_top_fifth_75"}

MAX_PROMPT_CHARACTERS = 500
MAX_INFERENCE_STEPS = 1000
MIN_LENGTH_S = 1.0
MAX_LENGTH_S = 60.0
MAX_BARS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RiffSpec:
    """One request for music.

    `prompt_b` None or blank means `prompt_a` alone. `alpha` 0..1 goes from prompt A to prompt B,
    `denoising` 0..1 from the seed image to the prompts. More `num_inference_steps` search longer for
    good melodies. `length_s` None gives a loop of 5 to 12 s; otherwise the music runs for whole bars
    ending at the asked length or at the first bar line after it (the tempo gives way by up to 2.5 %
    to land on it unless the prompt asked for a tempo). `bars` asks for whole bars instead.

    `like` is music that this one is to go with, in its tempo, key and chords; `like_as` says how: "beside"
    it (by itself, as long as the other), as a "layer" over it, or to "continue" it.

    Raises ValueError with a plain sentence when a value is out of range.
    """

    prompt_a: str
    prompt_b: str | None = None
    alpha: float = 0.5
    denoising: float = 0.75
    seed_image_id: str = "vibes"
    num_inference_steps: int = 50
    seed: int = 0
    length_s: float | None = None
    bars: int | None = None
    like: Score | None = None
    like_as: str = "beside"

    def __post_init__(self) -> None:
        """Check every field."""
        if not self.prompt_a.strip():
            raise ValueError("The prompt is empty.")
        for prompt in (self.prompt_a, self.prompt_b or ""):
            if len(prompt) > MAX_PROMPT_CHARACTERS:
                raise ValueError(
                    f"A prompt has {len(prompt)} characters; {MAX_PROMPT_CHARACTERS} is the most."
                )
        _check_share("alpha", self.alpha)
        _check_share("denoising", self.denoising)
        if self.seed_image_id not in SEED_IMAGE_IDS and self.seed_image_id not in _SEED_IMAGE_ALIASES:
            raise ValueError(f"The seed image must be one of: {', '.join(SEED_IMAGE_IDS)}.")
        if not 1 <= self.num_inference_steps <= MAX_INFERENCE_STEPS:
            raise ValueError(f"The number of steps must be from 1 to {MAX_INFERENCE_STEPS}.")
        if self.length_s is not None and not MIN_LENGTH_S <= self.length_s <= MAX_LENGTH_S:
            raise ValueError(f"The length must be from {MIN_LENGTH_S:g} to {MAX_LENGTH_S:g} seconds.")
        if self.bars is not None and not 1 <= self.bars <= MAX_BARS:
            raise ValueError(f"The number of bars must be from 1 to {MAX_BARS}.")
        if self.bars is not None and self.length_s is not None:
            raise ValueError("The length is either in seconds or in bars, not both.")
        if self.like_as not in LIKE_AS:
            raise ValueError(f"A riff goes with another in one of these ways: {', '.join(LIKE_AS)}.")

    @property
    def seed_name(self) -> str:
        """Return the seed image id in the API's spelling."""
        return _SEED_IMAGE_ALIASES.get(self.seed_image_id, self.seed_image_id)

    @property
    def effective_alpha(self) -> float:
        """Return alpha, or 0 when there is no second prompt."""
        return self.alpha if (self.prompt_b or "").strip() else 0.0


def _check_share(name: str, value: float) -> None:
    if not (math.isfinite(value) and 0.0 <= value <= 1.0):
        raise ValueError(f"{name.capitalize()} must be a number from 0 to 1.")


LIKE_AS = ("beside", "layer", "continue")
"""How a riff goes with another: by itself in the same tempo, key and chords; laid over it; after it."""
QUALITIES = ("FUZZ-1.0", "FUZZ-1.1", "FUZZ-1.0 Pro", "FUZZ-1.1 Pro")
"""The four model names of the generate dialect, each a preset of how long is searched and who plays."""
VOICES = ("female", "male", "child", "choir")
TRANSFORMS = ("cover", "extend", "inpaint", "swap_vocals", "swap_sound")
MAX_LYRICS_CHARACTERS = 5_000
MAX_LINE_CHARACTERS = 500
"""Of one sung line in a score; longer ones are sung in parts."""
MAX_SONG_S = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SongSpec:
    """One request for a song with sections.

    `tags` are style words as in a riff's prompt. `lyrics` may hold section marks ("[Verse]", "[副歌]") on
    lines of their own; without lyrics and not `instrumental`, simple ones are written about `topic` (or
    the title). `voice` None lets tags decide. `length_s` None lets the lyrics decide. `take` 0 or 1 are
    two versions that differ in key, tempo, melody and players. Raises ValueError with a plain sentence
    when a value is out of range.
    """

    tags: str
    lyrics: str = ""
    title: str = ""
    topic: str = ""
    instrumental: bool = False
    voice: str | None = None
    length_s: float | None = None
    quality: str = "FUZZ-1.1"
    seed: int = 0
    take: int = 0

    def __post_init__(self) -> None:
        """Check every field."""
        _check_words(self.tags, self.lyrics, self.title, self.topic)
        if not (self.tags.strip() or self.lyrics.strip() or self.title.strip() or self.topic.strip()):
            raise ValueError("A song needs tags, lyrics, a title or a topic.")
        _check_choices(self.voice, self.quality, self.take)
        _check_song_length(self.length_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class MorphSpec:
    """One request to make something else of a song, a riff (both by score) or an upload (by audio).

    Strengths are the generate dialect's `normalized_*`, 0..1: 0 leaves the source as it was, 1 goes all the
    way. Times are seconds in the source. `length_s` None lets the transform decide.
    """

    transform: str
    tags: str = ""
    lyrics: str = ""
    title: str = ""
    voice: str | None = None
    lyrics_strength: float = 0.5
    sound_prompt_strength: float = 0.5
    weirdness: float = 0.5
    cover_strength: float = 0.5
    variation_strength: float = 0.5
    crop_end_s: float | None = None
    replace_start_s: float | None = None
    replace_end_s: float | None = None
    length_s: float | None = None
    quality: str = "FUZZ-1.1"
    seed: int = 0
    take: int = 0

    def __post_init__(self) -> None:
        """Check every field, and that the transform has the times that it needs."""
        if self.transform not in TRANSFORMS:
            raise ValueError(f"The transform must be one of: {', '.join(TRANSFORMS)}.")
        _check_words(self.tags, self.lyrics, self.title, "")
        _check_choices(self.voice, self.quality, self.take)
        _check_song_length(self.length_s)
        for name in STRENGTHS:
            _check_share(name.replace("_", " "), getattr(self, name))
        self._check_times()

    def _check_times(self) -> None:
        for name in ("crop_end_s", "replace_start_s", "replace_end_s"):
            time_s: float | None = getattr(self, name)
            if time_s is not None and not (math.isfinite(time_s) and 0.0 <= time_s <= LATEST_TIME_S):
                raise ValueError(f"{_TIME_NAMES[name]} must be a time from 0 to {LATEST_TIME_S:g} seconds.")
        if self.crop_end_s == 0.0:
            raise ValueError("The time to extend from must be after the beginning.")
        if self.transform != "inpaint":
            return
        if self.replace_start_s is None or self.replace_end_s is None:
            raise ValueError("To replace a part, give the seconds where it starts and ends.")
        if self.replace_start_s >= self.replace_end_s:
            raise ValueError("The part to replace must end after it starts.")


STRENGTHS = (
    "lyrics_strength",
    "sound_prompt_strength",
    "weirdness",
    "cover_strength",
    "variation_strength",
)
_TIME_NAMES = {
    "crop_end_s": "The time to extend from",
    "replace_start_s": "The start of the part to replace",
    "replace_end_s": "The end of the part to replace",
}
LATEST_TIME_S = 600.0
MIN_SONG_S = 10.0
MAX_TITLE_CHARACTERS = 200


def _check_words(tags: str, lyrics: str, title: str, topic: str) -> None:
    for name, text, most in (
        ("The tags have", tags, MAX_PROMPT_CHARACTERS),
        ("The lyrics have", lyrics, MAX_LYRICS_CHARACTERS),
        ("The title has", title, MAX_TITLE_CHARACTERS),
        ("The topic has", topic, MAX_PROMPT_CHARACTERS),
    ):
        if len(text) > most:
            raise ValueError(f"{name} {len(text)} characters; {most} is the most.")


def _check_choices(voice: str | None, quality: str, take: int) -> None:
    if voice is not None and voice not in VOICES:
        raise ValueError(f"The voice must be one of: {', '.join(VOICES)}.")
    if quality not in QUALITIES:
        raise ValueError(f"The model must be one of: {', '.join(QUALITIES)}.")
    if take not in {0, 1}:
        raise ValueError("The take must be 0 or 1.")


def _check_song_length(length_s: float | None) -> None:
    if length_s is not None and not MIN_SONG_S <= length_s <= MAX_SONG_S:
        raise ValueError(f"The length must be from {MIN_SONG_S:g} to {MAX_SONG_S:g} seconds.")
