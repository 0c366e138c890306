"""The drums of a song: lighter, plain, half as fast or full by the section, with fills and crashes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.chance import dice
from bot.engine.compose.drums import beat
from bot.engine.compose.events import Event
from bot.engine.compose.form import Form
from bot.engine.styles.blend import Ingredient

if TYPE_CHECKING:
    from bot.engine.styles.style import Style

_HEAVY = frozenset({"kick", "snare", "clap", "ohat", "crash", "tomh", "tomm", "toml", "timpani"})
_BACKBEATS = frozenset({"snare", "clap", "rim"})
_FILL_DRUMS = ("snare", "snare", "tomh", "tomm", "toml")
_ELECTRIC_FILL = ("clap", "snare", "snare", "snare")
_STEPS = 16
_CRASH_ENERGY = 0.5
_FILL_ENERGY = 0.35


def section_beat(
    style: Style, form: Form, seed: int, *, manner: str, fill_steps: int, crash: bool
) -> list[Event]:
    """Return the drums of one section; steps count from its start.

    `fill_steps` at the end lead into the next section (0 for none); `crash` marks the first beat.
    """
    drums = _in_manner(style.drums, manner)
    if not drums:
        return []
    steps = form.meter * 4
    # Two bars at a time: the riff's own fills and crashes, which are made for loops, stay out.
    events: list[Event] = []
    part = replace(style, drums=drums)
    for bar in range(0, form.bars, 2):
        two = replace(form, bars=min(2, form.bars - bar))
        for event in beat([Ingredient(part, 1.0)], two, seed + bar // 8):
            event.step += bar * steps
            events.append(event)
    end = form.bars * steps
    if fill_steps and style.feel.energy > _FILL_ENERGY and _has_backbeat(style.drums):
        events = [event for event in events if event.step < end - fill_steps or event.mark == "kick"]
        events += _fill(style, end, fill_steps, seed)
    if crash and style.feel.energy > _CRASH_ENERGY and _has_backbeat(style.drums):
        events = [event for event in events if event.mark != "crash" or event.step]
        events.append(Event(0, 1, 0, 0.8, "crash"))
    return events


def last_hit(style: Style, step: int) -> list[Event]:
    """Return the drums of the final chord."""
    if not style.drums:
        return []
    drums = ["kick"] if "kick" in style.drums else []
    if style.feel.energy > _CRASH_ENERGY and _has_backbeat(style.drums):
        drums.append("crash")
    return [Event(step, 1, 0, 0.85, drum) for drum in drums]


def _has_backbeat(drums: dict[str, str]) -> bool:
    return bool(_BACKBEATS & drums.keys())


def _in_manner(drums: dict[str, str], manner: str) -> dict[str, str]:
    if manner == "light":
        return {drum: grid for drum, grid in drums.items() if drum not in _HEAVY}
    if manner == "half":
        return {drum: _halved(drum, grid) for drum, grid in drums.items() if drum != "crash"}
    return drums


def _halved(drum: str, grid: str) -> str:
    """Return a grid of half the drive: one kick and one backbeat a bar, every second of the others."""
    if len(grid) % _STEPS:
        return grid
    if drum == "kick":
        return "X" + "." * (len(grid) - 1) if grid[0] != "." else grid
    if drum in _BACKBEATS:
        return ("." * 8 + "X" + "." * 7) * (len(grid) // _STEPS)
    return "".join(sign if place % 4 == 0 else "." for place, sign in enumerate(grid))


def _fill(style: Style, end: int, fill_steps: int, seed: int) -> list[Event]:
    chance = dice("song fill", seed, end, fill_steps)
    voices = _FILL_DRUMS if "snare" in style.drums else _ELECTRIC_FILL
    events: list[Event] = []
    for place in range(fill_steps):
        if place % 2 == 0 or chance.random() < 0.25 + 0.6 * place / fill_steps:
            reached = place * (len(voices) - 1) // max(1, fill_steps - 1)
            drum = voices[min(len(voices) - 1, reached + chance.randrange(2))]
            level = 0.5 + 0.4 * place / fill_steps
            events.append(Event(end - fill_steps + place, 1, 0, level, drum))
    return events
