"""The score: everything that will sound, in numbers a person can read; stored with each riff as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

SCORE_FORMAT = 1

TONIC_NAMES_MAJOR = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
TONIC_NAMES_MINOR = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
MODE_NAMES = {
    "maj": "major",
    "min": "minor",
    "dor": "dorian",
    "phr": "phrygian",
    "lyd": "lydian",
    "mix": "mixolydian",
    "blu": "blues",
    "pen": "pentatonic",
    "ins": "in-sen",
    "phd": "phrygian dominant",
    "sle": "slendro",
}
MINOR_MODES = frozenset({"min", "dor", "phr", "ins", "sle"})


def key_name(tonic: int, mode: str) -> str:
    """Spell a key as musicians do: tonic 0..11 above C and a mode id become for example "F# minor"."""
    names = TONIC_NAMES_MINOR if mode in MINOR_MODES else TONIC_NAMES_MAJOR
    return f"{names[tonic % 12]} {MODE_NAMES.get(mode, mode)}"


@dataclass(frozen=True, slots=True)
class Note:
    """One sound: start and length in beats, MIDI pitch (fractions allowed), velocity 0..1.

    `mark` names the drum for drum tracks and an articulation ("slide") for the others.
    """

    start: float
    length: float
    pitch: float
    velocity: float
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord: root in semitones above the tonic, and intervals in semitones above the root."""

    root: int
    intervals: tuple[int, ...]


@dataclass(slots=True)
class Feel:
    """How the music is meant to sit: all 0..1, except valence and brightness, which are -1..1."""

    energy: float = 0.5
    valence: float = 0.0
    brightness: float = 0.0
    reverb: float = 0.25
    density: float = 0.5
    lofi: float = 0.0
    drive: float = 0.0
    pump: float = 0.0
    human: float = 0.5
    textures: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(slots=True)
class Track:
    """One player: what it plays, on which instrument, how loud within its role, from which ingredient."""

    role: str
    instrument: str
    notes: list[Note]
    level_db: float = 0.0
    weight: float = 1.0
    ingredient: str = ""
    pattern: str = ""
    under_mask: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of whole bars with a name."""

    name: str
    first_bar: int
    bars: int


@dataclass(frozen=True, slots=True)
class MaskPlan:
    """Which mask lets the seed through, and how much of its black is kept (0..1)."""

    mask_id: str
    strength: float


@dataclass(slots=True)
class Score:
    """A whole piece: tempo, key, chords per bar (one or two each), tracks, feel and form."""

    bpm: float
    tonic: int
    mode: str
    meter: int
    bars: int
    swing: float
    chords: list[list[Chord]]
    tracks: list[Track]
    feel: Feel
    seed: int
    sections: list[Section] = field(default_factory=list[Section])
    ingredients: dict[str, float] = field(default_factory=dict[str, float])
    frames: int = 0
    key_spelling: str = ""
    mask: MaskPlan | None = None

    @property
    def beats(self) -> int:
        """Return the number of beats in the whole piece."""
        return self.bars * self.meter

    @property
    def key(self) -> str:
        """Return the key in words, in the asker's spelling if there was one."""
        return self.key_spelling or key_name(self.tonic, self.mode)

    def to_json(self) -> dict[str, Any]:
        """Return plain dicts, lists, numbers and strings; notes are five-element lists to keep it small."""
        return {
            "format": SCORE_FORMAT,
            "bpm": self.bpm,
            "tonic": self.tonic,
            "mode": self.mode,
            "meter": self.meter,
            "bars": self.bars,
            "swing": self.swing,
            "chords": [[[chord.root, list(chord.intervals)] for chord in bar] for bar in self.chords],
            "tracks": [_track_to_json(track) for track in self.tracks],
            "feel": asdict(self.feel),
            "seed": self.seed,
            "sections": [[part.name, part.first_bar, part.bars] for part in self.sections],
            "ingredients": dict(self.ingredients),
            "frames": self.frames,
            "key_spelling": self.key_spelling,
            "mask": None if self.mask is None else [self.mask.mask_id, self.mask.strength],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Score:
        """Rebuild a score from `to_json`. Raises ValueError for a format this version does not know."""
        if data.get("format") != SCORE_FORMAT:
            raise ValueError(f"A score of format {data.get('format')!r} cannot be read by this version.")
        return cls(
            bpm=data["bpm"],
            tonic=data["tonic"],
            mode=data["mode"],
            meter=data["meter"],
            bars=data["bars"],
            swing=data["swing"],
            chords=[[Chord(root, tuple(steps)) for root, steps in bar] for bar in data["chords"]],
            tracks=[_track_from_json(track) for track in data["tracks"]],
            feel=Feel(**data["feel"]),
            seed=data["seed"],
            sections=[Section(*part) for part in data["sections"]],
            ingredients=dict(data["ingredients"]),
            frames=data["frames"],
            key_spelling=data["key_spelling"],
            mask=None if data["mask"] is None else MaskPlan(*data["mask"]),
        )


def _track_to_json(track: Track) -> dict[str, Any]:
    return {
        "role": track.role,
        "instrument": track.instrument,
        "notes": [[note.start, note.length, note.pitch, note.velocity, note.mark] for note in track.notes],
        "level_db": track.level_db,
        "weight": track.weight,
        "ingredient": track.ingredient,
        "pattern": track.pattern,
        "under_mask": track.under_mask,
    }


def _track_from_json(data: dict[str, Any]) -> Track:
    return Track(
        role=data["role"],
        instrument=data["instrument"],
        notes=[Note(*note) for note in data["notes"]],
        level_db=data["level_db"],
        weight=data["weight"],
        ingredient=data["ingredient"],
        pattern=data["pattern"],
        under_mask=data["under_mask"],
    )
