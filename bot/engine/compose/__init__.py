"""Blended styles to a score. Everything here is symbolic; no sound is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.blend import (
    Ingredient,
    blended_bpm,
    blended_feel,
    blended_swing,
    dominant,
    owner_of_bar,
)
from bot.engine.chance import unit_hash
from bot.engine.compose.drums import beat
from bot.engine.compose.events import Event, to_notes
from bot.engine.compose.form import RESTING_ROLES, Form, plan_form
from bot.engine.compose.melody import MelodySearch
from bot.engine.compose.players import is_melodic, melody_tasks, play
from bot.engine.harmony import MAJORISH_MODES, Harmony, parse_bar
from bot.engine.score import Score, Track

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.score import Chord, Section
    from bot.engine.styles import Layer, Style

_SOLO_ROLES = frozenset({"lead", "vox", "bell"})
_CHORD_ROLES = frozenset({"comp", "arp", "stab", "pad"})
_MOST_CHORD_TRACKS = 5
_STRONG_WEIGHT = 0.34
_WEAKEST_WEIGHT = 0.03
_STILL_ENERGY = 0.09
_COUNTERPOINT = frozenset({"run"})


def compose(
    ingredients: list[Ingredient],
    *,
    seed: int,
    search_steps: int,
    length_s: float | None = None,
    under_mask: Style | None = None,
    on_step: Callable[[int], None] | None = None,
) -> Score:
    """Return the score of blended styles.

    `search_steps` candidates are tried for every melody and `on_step` is told the number of each one
    done. `under_mask` adds that style's tracks, in the piece's own tempo and chords, marked to sound
    only through a mask.
    """
    leader = dominant(ingredients)
    asked_bpm = any(part.style.asked_bpm for part in ingredients)
    form = plan_form(blended_bpm(ingredients), leader.meter, length_s, asked_bpm=asked_bpm)
    keyed = [part for part in ingredients if part.style.tonic is not None]
    key_giver = max(keyed, key=lambda part: part.weight).style if keyed else None
    tonic = key_giver.tonic if key_giver and key_giver.tonic is not None else int(unit_hash("key", seed) * 12)
    mode = (key_giver or leader).mode
    harmony = Harmony(
        tonic, mode, form.bars, form.meter * 4, _chords(ingredients, leader, key_giver, mode, form)
    )
    hidden = [under_mask] if under_mask else []
    search = _searched([part.style for part in ingredients] + hidden, form, seed, search_steps, on_step)
    desk = _Arranger(ingredients, harmony, form, seed, search, blended_swing(ingredients))
    tracks = desk.drum_tracks(ingredients) + desk.player_tracks()
    if under_mask:
        tracks += _hidden_tracks(under_mask, harmony, form, seed, search)
    return Score(
        bpm=form.bpm,
        tonic=tonic,
        mode=mode,
        meter=form.meter,
        bars=form.bars,
        swing=desk.swing,
        chords=harmony.chords,
        tracks=tracks,
        feel=blended_feel(ingredients),
        seed=seed,
        sections=list(form.sections),
        ingredients={part.style.identity: round(part.weight, 4) for part in ingredients},
        frames=form.frames,
        key_spelling=key_giver.key_spelling if key_giver else "",
    )


def _searched(
    styles: list[Style], form: Form, seed: int, search_steps: int, on_step: Callable[[int], None] | None
) -> MelodySearch:
    search = MelodySearch([task for style in styles for task in melody_tasks(style, form, seed)])
    for number in range(search_steps):
        search.step(number)
        if on_step:
            on_step(number + 1)
    return search


def _chords(
    ingredients: list[Ingredient], leader: Style, key_giver: Style | None, mode: str, form: Form
) -> list[list[Chord]]:
    """Return each bar's chords from the style that owns the bar, if its mode goes with the key."""
    prompts_first = sorted(ingredients, key=lambda part: part.style.is_seed)
    bars: list[list[Chord]] = []
    for bar in range(form.bars):
        section = form.section_at(bar)
        source = key_giver or prompts_first[owner_of_bar(prompts_first, bar)].style
        if not _same_family(source.mode, mode):
            source = leader if _same_family(leader.mode, mode) else source
        bars.append(_chords_of_bar(source, form, section, bar - section.first_bar))
    return bars


def _chords_of_bar(style: Style, form: Form, section: Section, place: int) -> list[Chord]:
    lifted = section.name == "lift" and len(style.progressions) > 1
    progression = style.progressions[1 if lifted else 0]
    whole_tale = len(progression) == 4 and form.meter == 4 and style.feel.energy > _STILL_ENERGY
    if form.bars == 2 and whole_tale:  # a slow loop of two bars has two chords in each
        return [parse_bar(symbols)[0] for symbols in progression[2 * place : 2 * place + 2]]
    return parse_bar(progression[place % len(progression)])


def _same_family(one: str, other: str) -> bool:
    return (one in MAJORISH_MODES) == (other in MAJORISH_MODES)


class _Arranger:
    """Seats every player of every style and decides who plays in which bar."""

    def __init__(
        self,
        ingredients: list[Ingredient],
        harmony: Harmony,
        form: Form,
        seed: int,
        search: MelodySearch,
        swing: float,
    ) -> None:
        self._ingredients = ingredients
        self._harmony = harmony
        self._form = form
        self._seed = seed
        self._search = search
        self.swing = swing
        self._soloists = [place for place, part in enumerate(ingredients) if _has_soloist(part.style)]

    def drum_tracks(self, ingredients: list[Ingredient]) -> list[Track]:
        """Return the blended beat once for each kit, crossfaded by the styles' shares."""
        notes = to_notes(beat(ingredients, self._form, self._seed), self.swing)
        shares: dict[str, float] = {}
        for part in ingredients:
            if part.style.kit and part.style.drums:
                shares[part.style.kit] = shares.get(part.style.kit, 0.0) + part.weight
        return [
            Track("drums", kit, notes, weight=share, ingredient="beat")
            for kit, share in sorted(shares.items())
            if notes and share > _WEAKEST_WEIGHT
        ]

    def player_tracks(self) -> list[Track]:
        """Return the tracks of all melodic layers, the largest share first."""
        bass_giver = self._bass_giver()
        chord_tracks = 0
        tracks: list[Track] = []
        order = sorted(range(len(self._ingredients)), key=lambda place: -self._ingredients[place].weight)
        for place in order:
            part = self._ingredients[place]
            for layer in part.style.layers:
                if part.weight <= _WEAKEST_WEIGHT:
                    continue
                if layer.role in _CHORD_ROLES:
                    chord_tracks += 1
                    if chord_tracks > _MOST_CHORD_TRACKS and part.weight < _STRONG_WEIGHT:
                        continue
                track = self._track(place, layer, bass_giver)
                if track.notes:
                    tracks.append(track)
        return tracks

    def _track(self, place: int, layer: Layer, bass_giver: Style | None) -> Track:
        part = self._ingredients[place]
        style, pattern_layer, weight = part.style, layer, part.weight
        if layer.role == "bass" and bass_giver is not None and bass_giver is not style:
            # One bass line at a time: the giver's notes on this style's instrument.
            line = next(other for other in bass_giver.layers if other.role == "bass")
            pattern_layer = type(layer)(
                layer.role, layer.instrument, line.pattern, layer.level_db, line.octave
            )
            style = bass_giver
        events = play(pattern_layer, style, self._harmony, self._form, self._seed, self._search)
        if layer.role in _SOLO_ROLES and len(self._soloists) > 1:
            events = [event for event in events if self._solo_owner(event) == place]
            weight = weight**0.5  # it is alone in its bars
        if layer.role in _SOLO_ROLES:
            events = self._taking_turns(events, layer, part.style)
        events = self._resting(events, layer, part.style)
        return Track(
            role=layer.role,
            instrument=layer.instrument,
            notes=to_notes(events, self.swing),
            level_db=layer.level_db,
            weight=weight,
            ingredient=part.style.identity,
            pattern=pattern_layer.pattern,
        )

    def _bar(self, event: Event) -> int:
        return int(event.step // self._harmony.steps)

    def _solo_owner(self, event: Event) -> int:
        owner = owner_of_bar(self._ingredients, self._bar(event))
        return owner if owner in self._soloists else self._soloists[0]

    def _taking_turns(self, events: list[Event], layer: Layer, style: Style) -> list[Event]:
        """Let soloists with different melodies answer each other instead of talking at once."""
        patterns = list(
            dict.fromkeys(
                other.pattern + ("+" if other.lent else "")
                for other in style.layers
                if other.role in _SOLO_ROLES and other.pattern not in _COUNTERPOINT and is_melodic(other)
            )
        )
        mine = layer.pattern + ("+" if layer.lent else "")
        if len(patterns) < 2 or mine not in patterns:
            return events
        turn_bars = 2 if self._form.bars >= 4 else 1
        turn = patterns.index(mine)
        return [event for event in events if self._bar(event) // turn_bars % len(patterns) == turn]

    def _resting(self, events: list[Event], layer: Layer, style: Style) -> list[Event]:
        """Drop what rests in a section, unless nobody else would be left."""
        others = {other.role for other in style.layers}
        kept: list[Event] = []
        for event in events:
            resting = RESTING_ROLES.get(self._form.section_at(self._bar(event)).name, frozenset[str]())
            if layer.role not in resting or others <= resting:
                kept.append(event)
        return kept

    def _bass_giver(self) -> Style | None:
        givers = [
            part for part in self._ingredients if any(layer.role == "bass" for layer in part.style.layers)
        ]
        if not givers:
            return None
        return max(givers, key=lambda part: part.weight - (0.3 if part.style.is_seed else 0.0)).style


def _has_soloist(style: Style) -> bool:
    return any(layer.role in _SOLO_ROLES for layer in style.layers)


def _hidden_tracks(
    style: Style, harmony: Harmony, form: Form, seed: int, search: MelodySearch
) -> list[Track]:
    hidden = [Ingredient(style, 1.0)]
    arranger = _Arranger(hidden, harmony, form, seed, search, 0.0)
    tracks = arranger.drum_tracks(hidden) + arranger.player_tracks()
    for track in tracks:
        track.under_mask = True
    return tracks
