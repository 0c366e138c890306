"""One layer of a style to events: the right kind of player for its pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.chance import dice
from bot.engine.compose.bass import bass_line
from bot.engine.compose.comping import arpeggio, chords
from bot.engine.compose.events import Event
from bot.engine.compose.melody import MelodyNote, MelodySearch, MelodyTask
from bot.engine.compose.special import growl, peal, talk, toll
from bot.engine.compose.variation import VARIED_SECTIONS, breathing, varied
from bot.engine.instruments import instruments
from bot.engine.styles.patterns import patterns
from bot.engine.theory.harmony import PENTATONICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.engine.compose.form import Form
    from bot.engine.styles.style import Layer, Style
    from bot.engine.theory.harmony import Harmony

_PENTATONIC_HABITS = frozenset({"solo", "bluslead", "riffrock", "riff", "shred", "pluckrun"})
_LEGATO_HABITS = frozenset({"chant", "mel", "sparse", "classic"})
_SLIDING_HABITS = frozenset({"chant", "bluslead", "raga"})
_OFF_GRID = 0.05  # sixteenths, at a human feel of 1
_BREATHING_ROLES = frozenset({"comp", "stab"})
_BEHIND_THE_BEAT = 0.06  # sixteenths that soloists of swung styles lie back, at a human feel of 1
_FIRST_THEME, _SECOND_THEME = "first", "second"


def is_melodic(layer: Layer) -> bool:
    """Tell whether a layer plays melodies that must be searched for."""
    return layer.pattern in patterns().lead and layer.role != "bass"


def melody_tasks(style: Style, form: Form, seed: int) -> list[MelodyTask]:
    """Return the melodies a style needs: one theme for a loop, two for a longer form."""
    themes = (_FIRST_THEME,) if len(form.sections) == 1 else (_FIRST_THEME, _SECOND_THEME)
    return [
        MelodyTask(
            _theme_name(style, layer, seed, theme),
            layer.pattern,
            form.phrase_bars,
            form.meter * 4,
            style.feel.density,
        )
        for layer in style.layers
        if is_melodic(layer)
        for theme in themes
    ]


def _theme_name(style: Style, layer: Layer, seed: int, theme: str) -> tuple[object, ...]:
    return (seed, style.identity, layer.role, layer.pattern, theme)


def play(
    layer: Layer, style: Style, harmony: Harmony, form: Form, seed: int, search: MelodySearch
) -> list[Event]:
    """Return everything a layer plays, in its instrument's range, with a human's timing."""
    name = (seed, style.identity, layer.role, layer.pattern)
    if is_melodic(layer):
        events = _melody(layer, style, harmony, form, seed, search)
    elif layer.pattern in patterns().arp:
        events = arpeggio(layer.pattern, harmony, name)
    elif layer.role == "bass":
        events = bass_line(layer.pattern, harmony, name)
    elif layer.pattern == "toll":
        events = toll(harmony)
    elif layer.pattern == "peal":
        events = peal(harmony)
    elif layer.pattern == "growl":
        events = growl(harmony, name)
    elif layer.pattern == "rapflow":
        events = talk(harmony, name)
    else:
        events = chords(layer.pattern, harmony, name, strum=instruments()[layer.instrument].strum)
        if layer.role in _BREATHING_ROLES and form.sections[0].name in VARIED_SECTIONS:
            events = breathing(events, harmony.bars, harmony.steps, name)
    return _humanised(events, layer, style, seed, harmony.steps)


def _melody(
    layer: Layer, style: Style, harmony: Harmony, form: Form, seed: int, search: MelodySearch
) -> list[Event]:
    instrument = instruments()[layer.instrument]
    pentatonic = layer.pattern in _PENTATONIC_HABITS and harmony.mode in PENTATONICS
    sounding = 0.95 if layer.pattern in _LEGATO_HABITS else 0.85
    events: list[Event] = []
    for section in form.sections:
        theme = _SECOND_THEME if section.name == "lift" else _FIRST_THEME
        first, end = section.first_bar * harmony.steps, (section.first_bar + section.bars) * harmony.steps
        name = _theme_name(style, layer, seed, theme)
        vary = section.name in VARIED_SECTIONS
        for step, note in _repeated(search.best(name), first, end, form, name if vary else ()):
            pitch = harmony.melody_pitch(
                note.degree, step, instrument.home, on_chord=note.strong, pentatonic=pentatonic
            )
            mark = "slide" if layer.pattern in _SLIDING_HABITS else ""
            events.append(Event(step, max(0.8, note.length * sounding), pitch, note.velocity, mark))
    return events


def _repeated(
    theme: list[MelodyNote], first: int, end: int, form: Form, name: tuple[object, ...]
) -> Iterator[tuple[int, MelodyNote]]:
    """Yield a theme's notes again and again from one step to another, varied each time if it has a name."""
    bar_steps = form.meter * 4
    phrase_steps = form.phrase_bars * bar_steps
    for start in range(first, end, phrase_steps):
        turn = start // phrase_steps if name else 0
        for note in varied(theme, turn, bar_steps, name):
            if start + note.step < end:
                yield start + note.step, note


def _humanised(events: list[Event], layer: Layer, style: Style, seed: int, steps: int) -> list[Event]:
    instrument = instruments()[layer.instrument]
    chance = dice("human", seed, style.identity, layer.role, layer.instrument, layer.pattern)
    human = style.feel.human
    laid_back = style.swing > 0.1 and layer.role in {"lead", "vox", "comp"}
    lean = _BEHIND_THE_BEAT * chance.random() if laid_back else 0.0  # each player's own, all the way through
    for event in events:
        event.pitch = instrument.in_range(event.pitch + 12 * layer.octave)
        wobble = chance.uniform(-_OFF_GRID, _OFF_GRID) if event.step % steps else chance.uniform(0, _OFF_GRID)
        event.delay += human * (wobble + lean)
    return events
