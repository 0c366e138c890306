"""A kept score as a MIDI file. Runs in a worker process."""

from __future__ import annotations

from pathlib import Path

from bot.engine import midi_file, read_score
from bot.errors import UnusableAudio


def midi_of(score: Path) -> bytes:
    """The score as a Standard MIDI File. Raises ``UnusableAudio`` (``no_score``) where it cannot be read."""
    try:
        return midi_file(read_score(score.read_bytes()))
    except ValueError:
        raise UnusableAudio("no_score") from None
