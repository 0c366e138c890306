"""The beat: drum grids of all styles on one grid, with thresholds that make blending monotone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.chance import dice, unit_hash
from bot.engine.compose.events import Event
from bot.engine.compose.form import RESTING_DRUMS
from bot.engine.theory.metre import PATTERN_STEPS, source_steps

if TYPE_CHECKING:
    from bot.engine.compose.form import Form
    from bot.engine.score.model import Section
    from bot.engine.styles.blend import Ingredient

# How surely a sign sounds, and how loud.
_PRESENCE = {"X": 1.0, "x": 0.97, "o": 0.55, "-": 0.5, ".": 0.0}
_LOUDNESS = {"X": 1.0, "x": 0.84, "o": 0.66, "-": 0.36, ".": 0.0}
_FILL_SHAPES = (
    ("snare", "snare", "tomh", "tomm"),
    ("snare", "tomh", "tomm", "toml"),
    ("tomh", "tomh", "tomm", "toml"),
    ("snare", "snare", "snare", "snare"),
    ("kick", "snare", "kick", "snare"),
    ("toml", "snare", "toml", "snare"),
)
_LONG_BARS = 9
_FILL_ENERGY = 0.4
_CRASH_ENERGY = 0.62


def presence(ingredients: list[Ingredient], drum: str, step: int, steps: int) -> tuple[float, float]:
    """Return how surely a drum sounds at a step (0..1) and how loud it is when it does (0..1)."""
    sure = loud = 0.0
    bar, inside = divmod(step, steps)
    for part in ingredients:
        grid = part.style.drums.get(drum)
        if not grid:
            continue
        place = _place(grid, bar, inside, steps)
        sure += part.weight * _PRESENCE[grid[place]]
        loud += part.weight * _PRESENCE[grid[place]] * _LOUDNESS[grid[place]]
    return sure, loud / sure if sure else 0.0


def _place(grid: str, bar: int, inside: int, steps: int) -> int:
    """Return a drum's place in its grid; one in four-four is danced to the metre, any other is its own."""
    if PATTERN_STEPS % len(grid) and len(grid) % PATTERN_STEPS:
        return inside % len(grid)
    if steps < PATTERN_STEPS // 2 + 1:  # two bars of two-four are one of four-four
        return (bar * steps + inside) % len(grid)
    return (bar * PATTERN_STEPS + source_steps(steps // 4)[inside]) % len(grid)


def threshold(seed: int, drum: str, step: int, bar: int) -> float:
    """Return what presence a hit needs, 0.15..0.84; strong beats come in first when a beat is blended in.

    Below the lowest threshold a faint share of a beat (a seed image's, say) adds no stray hits; above the
    highest one a beat that is slightly diluted loses none.
    """
    weight = 0.0 if step % 4 == 0 else 0.5 if step % 2 == 0 else 1.0
    return 0.15 + 0.69 * (
        0.55 * unit_hash("drum", seed, drum, step, bar % 4 + 4 * (bar // 8)) + 0.45 * weight
    )


def beat(ingredients: list[Ingredient], form: Form, seed: int) -> list[Event]:
    """Return all drum events of the piece; `mark` names the drum."""
    steps = form.meter * 4
    drums = sorted({drum for part in ingredients for drum in part.style.drums})
    energy = sum(part.weight * part.style.feel.energy for part in ingredients)
    has_snare = sum(part.weight for part in ingredients if "snare" in part.style.drums) > 0.34
    events: list[Event] = []
    for bar in range(form.bars):
        resting = RESTING_DRUMS.get(form.section_at(bar).name, frozenset[str]())
        if resting.issuperset(drums):
            resting = frozenset[str]()
        filling = has_snare and energy > _FILL_ENERGY and form.bars >= 4 and _closes_section(form, bar)
        for drum in drums:
            if drum not in resting:
                events += _bar_of(drum, ingredients, bar, steps, seed, filling=filling)
        if filling:
            events += _fill(bar, steps, seed, energy)
        elif has_snare and form.bars >= _LONG_BARS and bar % 4 == 3:
            events += _pick_up(bar, steps, seed)
    if has_snare and energy > _CRASH_ENERGY and form.bars >= 4 and "crash" not in drums:
        events += [
            Event(part.first_bar * steps, 1, 0, 0.7, "crash") for part in form.sections if _opens(part)
        ]
    for event in events:
        bar = int(event.step) // steps
        if event.mark == "hat" and "ride" not in drums and form.section_at(bar).name == "lift":
            event.mark = "ride"  # the lift rings
    return events


def _opens(section: Section) -> bool:
    return section.first_bar == 0 or section.name not in RESTING_DRUMS


def _closes_section(form: Form, bar: int) -> bool:
    section = form.section_at(bar)
    return bar == section.first_bar + section.bars - 1


def _bar_of(
    drum: str, ingredients: list[Ingredient], bar: int, steps: int, seed: int, *, filling: bool
) -> list[Event]:
    events: list[Event] = []
    for step in range(steps):
        if filling and step >= steps - 4 and drum in {"snare", "hat", "ohat"}:
            continue
        sure, loud = presence(ingredients, drum, bar * steps + step, steps)
        if sure > 0.0 and sure >= threshold(seed, drum, step, bar):
            swell = 0.93 + 0.1 * unit_hash("hit", seed, drum, step, bar)
            events.append(Event(bar * steps + step, 1, 0, loud * swell, drum))
    return events


def _fill(bar: int, steps: int, seed: int, energy: float) -> list[Event]:
    """Return the roll that closes a section: a shape that is drawn by bar, louder towards the bar line."""
    chance = dice("fill", seed, bar)
    shape = chance.choice(_FILL_SHAPES)
    events: list[Event] = []
    for place, drum in enumerate(shape):
        if place in {0, 2} or chance.random() < 0.5 + 0.4 * energy:
            events.append(Event(bar * steps + steps - 4 + place, 1, 0, 0.55 + 0.1 * place, drum))
    return events


def _pick_up(bar: int, steps: int, seed: int) -> list[Event]:
    """Return a light upbeat inside a long section: one or two soft strokes before the bar line."""
    chance = dice("pick-up", seed, bar)
    places = chance.choice(((1,), (2,), (1, 2), ()))
    return [Event((bar + 1) * steps - place, 1, 0, 0.3 + 0.08 * chance.random(), "snare") for place in places]
