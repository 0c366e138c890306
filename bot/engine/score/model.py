"""The score: everything that will sound, in numbers a person can read; `score_json` keeps it as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field

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
class SungLine:
    """A line of lyrics with one note for each syllable, in order; `text` is as it was written.

    `notes` start in beats from the beginning of the piece, as all notes do. A rapped line has pitches too:
    they are where the voice speaks.
    """

    text: str
    notes: list[Note]
    rapped: bool = False


@dataclass(frozen=True, slots=True)
class Trim:
    """What was measured of a track before mixing, so that it can be mixed again piece by piece, alike.

    `gain` brings it to its role's level; `peak` is its largest sample, which amplifiers are driven from.
    """

    gain: float
    peak: float


@dataclass(slots=True)
class Track:
    """One player: what it plays, on which instrument, how loud within its role, from which ingredient.

    A singer's track has `lines` and no `notes` of its own. `trim` is None until it has been measured;
    loops are always measured anew.
    """

    role: str
    instrument: str
    notes: list[Note]
    level_db: float = 0.0
    weight: float = 1.0
    ingredient: str = ""
    pattern: str = ""
    under_mask: bool = False
    lines: list[SungLine] = field(default_factory=list[SungLine])
    trim: Trim | None = None

    @property
    def sounding(self) -> list[Note]:
        """Return every note that sounds, those of sung lines included, in the order they are kept."""
        return self.notes + [note for line in self.lines for note in line.notes]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of whole bars with a name; `energy` 0..1 is how much of the band it has."""

    name: str
    first_bar: int
    bars: int
    energy: float = 1.0


@dataclass(frozen=True, slots=True)
class MaskPlan:
    """Which mask lets the seed through, and how much of its black is kept (0..1)."""

    mask_id: str
    strength: float


@dataclass(frozen=True, slots=True)
class Underlay:
    """The music from before a stretch was made anew: outside beats `start`..`end` its samples stay.

    `end` None means to the end of the piece.
    """

    score: Score
    start: float
    end: float | None


@dataclass(slots=True)
class Score:
    """A whole piece: tempo, key, chords per bar (one or two each), tracks, feel and form.

    A piece that `loops` goes round without a seam; any other has a beginning and an end, and rings out.
    `frames` are columns of 10 ms, the ringing out included. `tags` are the words it was made from.
    """

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
    loops: bool = True
    title: str = ""
    tags: str = ""
    underlay: Underlay | None = None

    @property
    def beats(self) -> int:
        """Return the number of beats in the whole piece."""
        return self.bars * self.meter

    @property
    def key(self) -> str:
        """Return the key in words, in the asker's spelling if there was one."""
        return self.key_spelling or key_name(self.tonic, self.mode)

    @property
    def singer(self) -> Track | None:
        """Return the track with the lyrics, if there is one."""
        return next((track for track in self.tracks if track.lines), None)
