"""Predictions as the songs dialect tells them: one status for a request, and the songs that can be heard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.protocol.songs import Feed, Generation
from bot.store.tables.predictions import PredictionRow
from bot.web.api.outputs import OUTPUTS_PATH
from bot.web.api.songs.names import song_id

_PERCENT = re.compile(r"(\d{1,3})%\|")


def feed_of(rows: Sequence[PredictionRow], base_url: str) -> Feed:
    """How far they are. It is a success as soon as all have ended and one can be heard."""
    made = [row for row in rows if row.status == "succeeded"]
    errors = [row.error or f"The song was {row.status}." for row in rows if row.ended and row not in made]
    ended = "success" if made else "failed"
    status = ended if all(row.ended for row in rows) else "process"
    share = sum(_percent(row) for row in rows) / max(1, len(rows))
    return Feed(
        status=status,
        process=100 if status != "process" else min(99, int(share)),
        generations=[_generation(row, base_url) for row in made],
        error=errors[0] if errors else None,
    )


def _percent(row: PredictionRow) -> int:
    if row.ended:
        return 100
    found = _PERCENT.findall(row.logs)
    return min(100, int(found[-1])) if found else 0


def _generation(row: PredictionRow, base_url: str) -> Generation:
    asked, made = row.input, row.output or {}
    below = f"{base_url}{OUTPUTS_PATH}{row.output_key}/"

    def address(name: str) -> str | None:
        return below + made[name] if name in made else None

    return Generation(
        id=song_id(row.id) or row.id,
        model_display_name=asked.get("quality", ""),
        duration_s=round(made.get("duration_s", 0.0), 3),
        audio_url=address("audio"),
        image_url=address("cover"),
        title=asked.get("title") or made.get("title", ""),
        lyrics=asked.get("lyrics") or made.get("lyrics", ""),
        sound=asked.get("prompt_a") or _sound(made),
        topic=asked.get("topic", ""),
        transform=asked.get("transform"),
        parent_riff_id=asked.get("reference") or None,
    )


def _sound(made: dict[str, Any]) -> str:
    """What was chosen where nobody said how it should sound."""
    return ", ".join([*made.get("genres", {}), *made.get("instruments", [])])
