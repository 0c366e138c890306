"""A morph as ``riffcord/engine`` takes it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from bot.jobs.morph import MorphOptions
from bot.jobs.order import RiffOptions


def morph_inputs(riff: RiffOptions, morph: MorphOptions, source: Path) -> dict[str, Any]:
    """The input without its fingerprint. Reads the source, so it belongs in a thread. Raises ``OSError``."""
    strengths = {
        f"normalized_{name}_strength" if name != "weirdness" else "normalized_weirdness": value
        for name, value in morph.strengths.model_dump(exclude_none=True).items()
    }
    span = {
        name.removesuffix("_s") + "_at": s for name, s in morph.span.model_dump(exclude_none=True).items()
    }
    seed = {} if riff.seed is None else {"seed": riff.seed}
    return {
        "transform": morph.transform,
        "prompt_a": riff.prompt,
        **strengths,
        **span,
        **seed,
        **_told(source),
    }


def _told(source: Path) -> dict[str, Any]:
    content = source.read_bytes()
    if source.suffix == ".json":
        return {"score": json.loads(content)}
    return {"audio": "data:application/octet-stream;base64," + base64.b64encode(content).decode()}
