"""The words of a song as people write them: section marks and lines. Only workers import this."""

from __future__ import annotations

from bot.engine.score.model import Score


def lyrics_of(score: Score) -> str:
    """Each section that is sung in, under its name in brackets; empty where nobody sings."""
    sung = sorted(
        (
            (line.notes[0].start, " ".join(line.text.split()))
            for track in score.tracks
            for line in track.lines
            if line.notes
        ),
        key=lambda line: line[0],
    )
    parts: list[str] = []
    for section in score.sections:
        first, end = (bar * score.meter for bar in (section.first_bar, section.first_bar + section.bars))
        # An upbeat belongs to what it leads into: half a bar is the most that a line begins early.
        lines = [text for start, text in sung if first - score.meter / 2 <= start < end - score.meter / 2]
        if lines:
            parts.append("\n".join([f"[{section.name.title()}]", *lines]))
    return "\n\n".join(parts)
