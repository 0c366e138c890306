"""The arranger: who of all the blended styles' players plays, and in which bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.compose.drums import beat
from bot.engine.compose.events import Event, to_notes
from bot.engine.compose.form import RESTING_ROLES, Form
from bot.engine.compose.players import is_melodic, play
from bot.engine.score.model import Track
from bot.engine.styles.blend import Ingredient, owner_of_bar

if TYPE_CHECKING:
    from bot.engine.compose.melody import MelodySearch
    from bot.engine.styles.style import Layer, Style
    from bot.engine.theory.harmony import Harmony

_SOLO_ROLES = frozenset({"lead", "vox", "bell"})
_CHORD_ROLES = frozenset({"comp", "arp", "stab", "pad"})
_MOST_CHORD_TRACKS = 5
_STRONG_WEIGHT = 0.34
_WEAKEST_WEIGHT = 0.03
_LEADING_SHARE = 0.25  # with less, a seed image colours the music but takes no bar from its soloists
_COUNTERPOINT = frozenset({"run"})


class Arranger:
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
        with_solo = [place for place, part in enumerate(ingredients) if _has_soloist(part.style)]
        self._soloists = [place for place in with_solo if not _only_tints(ingredients[place])] or with_solo

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
        if layer.role in _SOLO_ROLES and place not in self._soloists:
            events = []
        if layer.role in _SOLO_ROLES and len(self._soloists) > 1:
            events = [event for event in events if self._solo_owner(event) == place]
            weight = weight**0.5  # it is alone in its bars
        if layer.role in _SOLO_ROLES and _only_tints(part):
            weight *= (weight / _LEADING_SHARE) ** 2  # a melody is heard long before a chord is
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


def _only_tints(part: Ingredient) -> bool:
    return part.style.is_seed and part.weight < _LEADING_SHARE


def _has_soloist(style: Style) -> bool:
    return any(layer.role in _SOLO_ROLES for layer in style.layers)
