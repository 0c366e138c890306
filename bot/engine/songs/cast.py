"""The cast of a song: style, tempo, key, voice and progressions, different in each of two takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.engine.chance import unit_hash, whole_hash
from bot.engine.songs.singers import Quality, choose_voice, nobody_may_sing, qualities, raps
from bot.engine.styles.from_intent import style_for
from bot.engine.styles.key_choice import tonic_for
from bot.engine.styles.templates import genres
from bot.engine.theory.harmony import MAJORISH_MODES, numeral_of, parse_bar, parse_chord, progression_is_minor
from bot.engine.words.lexicon import understand

if TYPE_CHECKING:
    from bot.engine.score.model import Chord
    from bot.engine.spec import SongSpec
    from bot.engine.styles.style import Style
    from bot.engine.words.intent import Intent

_LEAST_TEMPO_DIFFERENCE = 0.05
_SPARE_MAJOR = (
    ("vi", "IV", "I", "V"),
    ("IV", "V", "iii", "vi"),
    ("I", "V", "vi", "IV"),
    ("ii", "V", "I", "vi"),
)
_SPARE_MINOR = (
    ("i", "bVI", "bIII", "bVII"),
    ("bVI", "bVII", "i", "i"),
    ("iv", "bVII", "bIII", "bVI"),
    ("i", "iv", "bVI", "v"),
)
_LEADING_MAJOR, _LEADING_MINOR = ("ii", "vi", "IV", "V"), ("iv", "bVI", "bVII", "bVII")
_FUNCTIONAL_MODES = frozenset({"maj", "min", "mix", "dor"})


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything that is settled before a song is planned. `tonic` is 0..11 above C."""

    intent: Intent
    style: Style
    tonic: int
    voice: str
    rapped: bool
    instrumental: bool
    quality: Quality
    seed: int


def take_seed(seed: int, take: int) -> int:
    """Return the seed that a take is drawn from; the first take's is the asked one."""
    return seed if take == 0 else whole_hash("take", seed, take)


def cast_song(spec: SongSpec) -> Cast:
    """Return the cast for a request and its take."""
    tags = spec.tags.strip() or "pop"
    intent = understand(tags)
    seed = take_seed(spec.seed, spec.take)
    style = song_style(intent, seed)
    first = song_style(intent, spec.seed) if spec.take else style
    if spec.take and not style.asked_bpm:
        style.bpm = _other_tempo(style.bpm, first.bpm, intent)
    return Cast(
        intent=intent,
        style=style,
        tonic=_tonic(style, first, spec),
        voice=choose_voice(spec.voice, intent, spec.seed, spec.take),
        rapped=raps(intent),
        instrumental=spec.instrumental or (nobody_may_sing(intent) and not spec.lyrics.strip()),
        quality=qualities()[spec.quality],
        seed=seed,
    )


def song_style(intent: Intent, seed: int) -> Style:
    """Return a prompt's style for a song: its riff's style, with the singers' seats left to the singer."""
    style = style_for(intent, seed)
    voiceless = [layer for layer in style.layers if layer.role != "vox" or layer.pattern == "growl"]
    style.layers = voiceless or style.layers
    return style


def _other_tempo(bpm: float, first_bpm: float, intent: Intent) -> float:
    """Return a tempo that is at least 5 % off the first take's, within the genre's range where it is wide."""
    if abs(bpm / first_bpm - 1.0) >= _LEAST_TEMPO_DIFFERENCE:
        return bpm
    slow, fast = genres()[intent.genres[0]].bpm if intent.genres else (bpm * 0.8, bpm * 1.25)
    faster, slower = first_bpm * (1.0 + _LEAST_TEMPO_DIFFERENCE), first_bpm / (1.0 + _LEAST_TEMPO_DIFFERENCE)
    return faster if fast - faster >= slower - slow else slower


def _tonic(style: Style, first: Style, spec: SongSpec) -> int:
    """Return the asked key, else one by meaning and seed as riffs have it; the second take has another."""
    if style.tonic is not None:
        return style.tonic
    tonic = tonic_for(first, spec.seed)
    return tonic if spec.take == 0 else tonic_for(style, take_seed(spec.seed, spec.take), other_than=tonic)


def section_progressions(style: Style, seed: int) -> tuple[tuple[str, ...], ...]:
    """Return the progressions of verse, chorus, bridge and of the bars that lead into a chorus.

    The genre's own come first; where it has fewer than three, plain ones of its mode are added, or its
    own turned by half a phrase where its mode is no major or minor.
    """
    own = list(style.progressions)
    turn = int(unit_hash("progression", seed) * len(own))
    own = own[turn:] + own[:turn]
    verse = own[0]
    minor = progression_is_minor(verse)
    functional = style.mode in _FUNCTIONAL_MODES and len(verse) == 4
    spare = list(_SPARE_MINOR if minor else _SPARE_MAJOR) if functional else []
    start = int(unit_hash("spare", seed) * len(spare)) if spare else 0
    turned = verse[len(verse) // 2 :] + verse[: len(verse) // 2]
    choices = [*own, *spare[start:], *spare[:start], turned]
    others = [bars for bars in dict.fromkeys(choices) if bars != verse] or [verse]
    chorus = others[0]
    bridge = others[1] if len(others) > 1 else turned
    plain = all(numeral_of(symbol) == symbol for bar in verse for symbol in bar.split("/"))
    leading = (_LEADING_MINOR if minor else _LEADING_MAJOR) if functional and plain else turned
    return verse, chorus, bridge, leading


def bars_of(progression: tuple[str, ...], bars: int) -> list[list[Chord]]:
    """Return chords for some bars by going round a progression."""
    return [parse_bar(progression[bar % len(progression)]) for bar in range(bars)]


def home_chord(style: Style) -> Chord:
    """Return the chord that a song ends on: the tonic as the style spells it, without unrest."""
    for progression in style.progressions:
        for symbol in (symbol for bar in progression for symbol in bar.split("/")):
            chord = parse_chord(symbol)
            if chord.root == 0 and numeral_of(symbol).lower() == "i" and 10 not in chord.intervals:
                return chord
    major = style.mode in MAJORISH_MODES and not progression_is_minor(style.progressions[0])
    return parse_chord("I" if major else "i")


def in_key_of(style: Style, *, bpm: float, tonic: int, mode: str, meter: int) -> Style:
    """Return a style in another tempo, key and metre, all of them as if they had been asked for."""
    return replace(style, bpm=bpm, asked_bpm=True, tonic=tonic, mode=mode, meter=meter, key_spelling="")
