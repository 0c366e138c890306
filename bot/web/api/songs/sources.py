"""Scores as sources of morphs."""

from __future__ import annotations

from typing import Any


def without_voices(score: dict[str, Any]) -> dict[str, Any] | None:
    """The score, as JSON has it, without those who sing; None where nobody would be left."""
    tracks = [track for track in score.get("tracks", []) if not track.get("lines")]
    if not tracks:
        return None
    # What lies under a mended stretch is the song as it was, voices and all: it is played anew instead.
    return {**score, "tracks": tracks, "underlay": None}
