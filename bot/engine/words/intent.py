"""What a prompt asks for, in musical terms; the lexicon writes it, the styles read it."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_GENRES = 3
"""More of them at once are a blur: the first leads, the others lend players."""


@dataclass(slots=True)
class Intent:
    """A prompt understood.

    `genres` in the order of their places in the prompt; `instruments` as (instrument, role);
    `mood` sums of changes to the feel, with "tempo" as a factor, and `moods` are their names; `banned`
    holds instruments, roles ("drums", "vox", "bass") and genres that were refused; `ignored` holds words
    nobody knew. `loose` maps an instrument that was named by its family ("guitar") to all that would do.
    `parts` are roles that a prompt gives to instruments by name; `leads_end` is how many
    genres and instruments stood before an "over"; `alone` is "only" or "solo" where the asked players
    play without a band; `singers` are who shall sing in a song, first named first, `refused_singers` who
    shall not, and `voiceless` that nobody shall; `clamped` holds numbers that cannot be played, as (what,
    asked, played).
    """

    text: str
    genres: list[str] = field(default_factory=list[str])
    instruments: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    mood: dict[str, float] = field(default_factory=dict[str, float])
    eras: list[int] = field(default_factory=list[int])
    voices: list[str] = field(default_factory=list[str])
    singers: list[str] = field(default_factory=list[str])
    refused_singers: set[str] = field(default_factory=set[str])
    voiceless: bool = False
    banned: set[str] = field(default_factory=set[str])
    ignored: list[str] = field(default_factory=list[str])
    bpm: float | None = None
    tonic: int | None = None
    mode: str | None = None
    key_spelling: str = ""
    meter: int | None = None
    meter_name: str = ""
    moods: list[str] = field(default_factory=list[str])
    parts: dict[str, str] = field(default_factory=dict[str, str])
    loose: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    leads_end: tuple[int, int] | None = None
    alone: str = ""
    understood_words: list[str] = field(default_factory=list[str])
    refused_words: list[str] = field(default_factory=list[str])
    clamped: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def shift_mood(self, change: dict[str, float]) -> None:
        """Add one word's mood to what is already asked for."""
        for name, amount in change.items():
            if name == "tempo":
                self.mood[name] = self.mood.get(name, 1.0) * amount
            else:
                self.mood[name] = max(-1.0, min(1.0, self.mood.get(name, 0.0) + amount))
