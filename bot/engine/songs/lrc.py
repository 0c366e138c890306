"""Synced lyrics in the LRC format: one time stamp a line, at the vowel of its first note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.arrays import FRAMES_PER_S

if TYPE_CHECKING:
    from bot.engine.score.model import Score


def lrc(score: Score) -> str:
    """Return a score's lyrics as LRC text: `[ti:]` and `[length:]`, then `[mm:ss.xx]` and each sung line."""
    lines = [f"[ti:{_plain(score.title)}]"] if score.title else []
    lines.append(f"[length:{_minutes(score.frames / FRAMES_PER_S, hundredths=False)}]")
    sung = sorted(
        (line for track in score.tracks for line in track.lines if line.notes),
        key=lambda line: line.notes[0].start,
    )
    beat_s = 60.0 / score.bpm
    lines += [f"[{_minutes(line.notes[0].start * beat_s)}]{_plain(line.text)}" for line in sung]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _minutes(time_s: float, *, hundredths: bool = True) -> str:
    total = max(0, round(time_s * 100))
    minutes, rest = divmod(total, 6000)
    return (
        f"{minutes:02}:{rest // 100:02}.{rest % 100:02}" if hundredths else f"{minutes:02}:{rest // 100:02}"
    )
