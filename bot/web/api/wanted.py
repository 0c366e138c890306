"""From an accepted input to what the render worker is asked for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from bot.protocol.engine import EngineInput, FileFormat, Kind, Source
from bot.protocol.predictions import RIFFUSION_MODEL, RiffusionInput

_LONGEST_PROMPT = 500
"""The rest is not heard, as the original's text encoder does not hear what is beyond its window."""
_MOST_STEPS = 1_000
"""The API has no upper bound; the engine has."""
_SEED_LIMIT = 2**53
_DRAWN_BELOW = 2**32
SOURCE_FIELDS = ("score", "audio", "like")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one prediction asks of the engine. Plain values only: it travels to the worker by pickle."""

    kind: Kind
    specs: list[dict[str, Any]]
    """One for each take: the arguments of ``RiffSpec``, ``SongSpec`` or ``MorphSpec`` of ``bot.engine``."""
    full: bool
    """Whether score, MIDI and lyrics are wanted besides sound and picture."""
    form: FileFormat = "wav"
    stems: bool = False
    explain: bool = False
    cover: bool = False

    @property
    def tells_its_search(self) -> bool:
        """Whether progress is told in the steps of the search, as the original model's is; else by takes."""
        return self.kind == "riff" and len(self.specs) == 1

    @property
    def steps(self) -> int:
        """How many steps of progress there will be."""
        if self.tells_its_search:
            return int(self.specs[0]["num_inference_steps"])
        return 100 * len(self.specs)


def drawn_seed() -> int:
    """For who gave none."""
    return secrets.randbelow(_DRAWN_BELOW)


def wanted(model_name: str, sent_input: dict[str, Any], seed: int) -> Wanted:
    """What an accepted input asks for; ``seed`` is the given one or the one that was drawn."""
    if model_name == RIFFUSION_MODEL:
        given = RiffusionInput.model_validate(sent_input)
        return Wanted(kind="riff", specs=[{**_six(given), "seed": seed}], full=False)
    asked = EngineInput.model_validate(sent_input)
    spec_of = {"riff": _riff, "song": _song, "morph": _morph}[asked.kind]
    return Wanted(
        kind=asked.kind,
        specs=[spec_of(asked, seed, take) for take in asked.take_numbers],
        full=True,
        form=asked.format,
        stems=asked.stems,
        explain=asked.explain,
        cover=asked.cover,
    )


def source_of(sent_input: dict[str, Any]) -> Source | None:
    """The other music that an accepted input of the engine names."""
    given = (sent_input.get(name) for name in SOURCE_FIELDS)
    return next((source for source in given if source is not None), None)


def _six(given: RiffusionInput) -> dict[str, Any]:
    spec = given.model_dump(include=set(RiffusionInput.model_fields))
    spec["prompt_a"] = given.prompt_a[:_LONGEST_PROMPT]
    spec["prompt_b"] = given.prompt_b[:_LONGEST_PROMPT] if given.prompt_b is not None else None
    spec["num_inference_steps"] = min(given.num_inference_steps, _MOST_STEPS)
    return spec


def _riff(asked: EngineInput, seed: int, take: int) -> dict[str, Any]:
    # A riff has no takes of its own: the second is the next seed's.
    spec = {
        **_six(asked),
        "length_s": asked.length_s,
        "bars": asked.bars,
        "seed": (seed + take) % _SEED_LIMIT,
    }
    return spec if asked.like_as is None else {**spec, "like_as": asked.like_as}


def _tags(asked: EngineInput) -> str:
    """The prompt, where there is one: the default of riffs is that of a song only without any words."""
    has_words = any((text or "").strip() for text in (asked.lyrics, asked.title, asked.topic))
    wants_none = has_words or asked.kind == "morph"
    return "" if wants_none and "prompt_a" not in asked.model_fields_set else asked.prompt_a[:_LONGEST_PROMPT]


def _song(asked: EngineInput, seed: int, take: int) -> dict[str, Any]:
    return {
        "tags": _tags(asked),
        "lyrics": asked.lyrics or "",
        "title": asked.title or "",
        "topic": asked.topic or "",
        "instrumental": bool(asked.instrumental),
        **_of_both(asked, seed, take),
    }


def _morph(asked: EngineInput, seed: int, take: int) -> dict[str, Any]:
    given = {
        "lyrics_strength": asked.normalized_lyrics_strength,
        "sound_prompt_strength": asked.normalized_sound_prompt_strength,
        "weirdness": asked.normalized_weirdness,
        "cover_strength": asked.normalized_cover_strength,
        "variation_strength": asked.normalized_variation_strength,
        "crop_end_s": asked.crop_end_at,
        "replace_start_s": asked.replace_start_at,
        "replace_end_s": asked.replace_end_at,
    }
    return {
        "transform": asked.transform,
        "tags": _tags(asked),
        "lyrics": asked.lyrics or "",
        "title": asked.title or "",
        **{name: value for name, value in given.items() if value is not None},
        **_of_both(asked, seed, take),
    }


def _of_both(asked: EngineInput, seed: int, take: int) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "voice": asked.voice,
        "length_s": asked.asked_length_s,
        "seed": seed,
        "take": take,
    }
    return spec if asked.quality is None else {**spec, "quality": asked.quality}
