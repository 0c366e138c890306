"""The band: who plays what in each section of a song."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.engine.chance import whole_hash
from bot.engine.compose.comping import chords as chord_events
from bot.engine.compose.events import Event, to_notes
from bot.engine.compose.form import Form
from bot.engine.compose.melody import MelodySearch
from bot.engine.compose.players import is_melodic, melody_tasks, play
from bot.engine.instruments import instruments
from bot.engine.score.model import Section, Track
from bot.engine.songs.drumming import last_hit, section_beat
from bot.engine.songs.sections import manner_of
from bot.engine.styles.style import Layer

if TYPE_CHECKING:
    from bot.engine.songs.ground import SongGround
    from bot.engine.styles.style import Style

_OWN_BASS = frozenset({"walk", "waltzb", "reggae", "drone", "s808", "acid", "reese", "wobble", "bossabass"})
_CHORD_ROLES = frozenset({"comp", "pad", "arp", "stab"})
_SOLO_ROLES = frozenset({"lead", "bell"})
_QUIETEST = 0.75  # velocity factor at no energy
_SOLO_FORWARD = 1.35
_DRIVING = frozenset({"plain", "full"})
_CHORUS_LIKE = frozenset({"chorus", "solo", "lift"})
_LAST_CHORD_STEPS = 0.98  # of the last bar; the rest is ringing out


@dataclass(frozen=True, slots=True)
class BandPlan:
    """What the band is given: a style, the ground it plays on, the sections, a seed.

    `sung` are stretches (first step, step after the last) in which somebody else has the tune, so leads
    are silent. `ends` plays a final chord in the last bar. `extra` are further players, each with the
    sections it plays in.
    """

    style: Style
    ground: SongGround
    sections: list[Section]
    seed: int
    candidates: int = 4
    sung: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    ends: bool = True
    extra: list[tuple[Layer, frozenset[str]]] = field(default_factory=list[tuple[Layer, frozenset[str]]])

    def ordinal(self, section: Section) -> int:
        """Return how many sections of the name came before."""
        return sum(
            1 for other in self.sections if other.name == section.name and other.first_bar < section.first_bar
        )


def play_band(plan: BandPlan) -> list[Track]:
    """Return the tracks of everybody but the singer, drums first; each layer of the style has one track."""
    drums: list[Event] = []
    layers = [*plan.style.layers, *(layer for layer, _ in plan.extra)]
    parts: list[list[Event]] = [[] for _ in layers]
    for place, section in enumerate(plan.sections):
        first = section.first_bar * plan.ground.steps
        drums += _shifted(_section_drums(plan, place), first, section.energy)
        playing = _playing(plan, section)
        for number, layer in enumerate(layers):
            if number in playing:
                part = _shifted(_section_part(plan, section, layer), first, section.energy)
                if section.name == "solo" and layer.role in _SOLO_ROLES:
                    _step_forward(part)
                parts[number] += part
    if plan.ends:
        drums, parts = _ended(plan, layers, drums, parts)
    tracks = (
        [Track("drums", plan.style.kit, to_notes(drums, plan.ground.swing), ingredient="beat")]
        if drums
        else []
    )
    for layer, events in zip(layers, parts, strict=True):
        heard = _beside_the_tune(events, plan) if layer.role in _SOLO_ROLES else events
        if heard:
            tracks.append(_track(layer, heard, plan))
    return tracks


def _track(layer: Layer, events: list[Event], plan: BandPlan) -> Track:
    return Track(
        layer.role,
        layer.instrument,
        to_notes(events, plan.ground.swing),
        level_db=layer.level_db,
        ingredient=plan.style.identity,
        pattern=layer.pattern,
    )


def _shifted(events: list[Event], first: int, energy: float) -> list[Event]:
    loudness = _QUIETEST + (1.0 - _QUIETEST) * energy
    for event in events:
        event.step += first
        event.velocity *= loudness
    return events


def _step_forward(events: list[Event]) -> None:
    """Make a solo as present as a voice would be, so that it does not fall below the verses."""
    for event in events:
        event.velocity = min(1.0, event.velocity * _SOLO_FORWARD)


def _section_drums(plan: BandPlan, place: int) -> list[Event]:
    section = plan.sections[place]
    manner = manner_of(section.name)
    following = plan.sections[place + 1] if place + 1 < len(plan.sections) else None
    drives_on = following is not None and manner_of(following.name).drums in _DRIVING
    lifting = following is not None and following.name in _CHORUS_LIKE and following.name != section.name
    fill = 0 if not drives_on or section.bars < 2 else 8 if lifting else 4
    return section_beat(
        plan.style,
        _form(plan, section),
        whole_hash("drums", plan.seed, section.name, plan.ordinal(section)) % 10_000,
        manner=manner.drums,
        fill_steps=fill,
        crash=section.name in _CHORUS_LIKE or (place > 0 and manner.drums == "plain"),
    )


def _form(plan: BandPlan, section: Section) -> Form:
    return Form(plan.style.bpm, plan.ground.meter, section.bars, 100, (Section("loop", 0, section.bars),))


def _playing(plan: BandPlan, section: Section) -> set[int]:
    """Return which players have a part in a section; somebody with chords or a tune always has."""
    wanted = manner_of(section.name).roles
    layers = plan.style.layers
    playing = {place for place, layer in enumerate(layers) if layer.role in wanted}
    if not any(layers[place].role in _CHORD_ROLES | _SOLO_ROLES for place in playing):
        playing |= {place for place, layer in enumerate(layers) if layer.role != "drum"}
    if section.name == "verse" and plan.ordinal(section):  # a second verse has a little more
        playing |= {place for place, layer in enumerate(layers) if layer.role == "arp"}
    last = not any(
        other.name == section.name and other.first_bar > section.first_bar for other in plan.sections
    )
    for place, (layer, sections) in enumerate(plan.extra, len(layers)):
        # A choir of oohs is kept for the last time round.
        if section.name in sections and (last or layer.instrument != "oohs"):
            playing.add(place)
    return playing


def _section_part(plan: BandPlan, section: Section, layer: Layer) -> list[Event]:
    manner = manner_of(section.name)
    pattern = layer.pattern
    if layer.role == "bass" and manner.bass == "long" and pattern not in _OWN_BASS and plan.ground.meter == 4:
        pattern = "root"
    style = replace(plan.style, layers=[replace(layer, pattern=pattern)])
    # Choruses come back as they were; other sections are played a little differently each time.
    again = 0 if section.name in _CHORUS_LIKE else plan.ordinal(section)
    seed = whole_hash("section", plan.seed, section.name, again)
    form = _form(plan, section)
    search = MelodySearch(melody_tasks(style, form, seed))
    if is_melodic(style.layers[0]):
        for number in range(plan.candidates):
            search.step(number)
    return play(style.layers[0], style, plan.ground.harmony(section), form, seed, search)


def _beside_the_tune(events: list[Event], plan: BandPlan) -> list[Event]:
    """Leave out what would be played while somebody else has the tune."""
    return [event for event in events if not any(first - 2 <= event.step < last for first, last in plan.sung)]


def _ended(
    plan: BandPlan, layers: list[Layer], drums: list[Event], parts: list[list[Event]]
) -> tuple[list[Event], list[list[Event]]]:
    """Replace the last bar by one chord that everybody holds who played in the last section."""
    last = (plan.ground.bars - 1) * plan.ground.steps
    drums = [event for event in drums if event.step < last]
    drums += last_hit(plan.style, last) if drums else []
    playing = _playing(plan, plan.sections[-1])
    ended: list[list[Event]] = []
    for number, (layer, events) in enumerate(zip(layers, parts, strict=True)):
        kept = [event for event in events if event.step < last]
        for event in kept:
            event.length = min(event.length, last - event.step)
        if number in playing:
            kept += _last_notes(plan, layer, last)
        ended.append(kept)
    return drums, ended


def _last_notes(plan: BandPlan, layer: Layer, step: int) -> list[Event]:
    harmony = plan.ground.harmony(Section("end", plan.ground.bars - 1, 1))
    instrument = instruments()[layer.instrument]
    if layer.role == "bass":
        pitches: list[float] = [harmony.bass_pitch(0)]
    elif layer.role in _CHORD_ROLES:
        pitches = [
            event.pitch for event in chord_events("long", harmony, (plan.seed, "end"), strum=instrument.strum)
        ]
    else:
        pitches = [harmony.tonic_near(instrument.home)]
    length = plan.ground.steps * _LAST_CHORD_STEPS
    return [
        Event(step, length, instrument.in_range(pitch + 12 * layer.octave), 0.75, delay=0.06 * order)
        for order, pitch in enumerate(pitches)
    ]
