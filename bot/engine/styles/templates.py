"""Genre and seed templates: the fixed part of a style, read from the tables and checked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from bot.engine.instruments import hits, instruments, kits, roles
from bot.engine.score.model import Feel
from bot.engine.styles.patterns import patterns
from bot.engine.tables_io import demand, known_keys, number_of, read_family, read_table, words_of
from bot.engine.theory.harmony import SCALES, parse_bar
from bot.engine.theory.metre import BEATS, PATTERN_STEPS

DRUM_SIGNS = "Xxo-."
TEXTURES = frozenset({"rain", "wind", "waves", "vinyl"})
_FEEL_NAMES = frozenset(item.name for item in fields(Feel)) - {"textures"}
_REQUIRED = frozenset({"label", "bpm", "mode", "progressions", "layers", "feel"})
_OPTIONAL = frozenset({"swing", "meter", "kit", "drums", "textures"})


@dataclass(frozen=True, slots=True)
class LayerTemplate:
    """One player of a genre: role, the instruments it may choose from, pattern, level, octave shift."""

    role: str
    instruments: tuple[str, ...]
    pattern: str
    level_db: float
    octave: int


@dataclass(frozen=True, slots=True)
class Template:
    """A genre (or a seed image) as data.

    `drums` maps a drum to its grid of sixteenths: 4, 8, 16 or 32 of them, danced to whatever metre is
    asked, or a whole number of bars of the genre's own metre.
    """

    name: str
    label: str
    bpm: tuple[float, float]
    swing: float
    mode: str
    meter: int
    progressions: tuple[tuple[str, ...], ...]
    kit: str
    drums: dict[str, str]
    layers: tuple[LayerTemplate, ...]
    feel: dict[str, float]
    textures: dict[str, float]


def _layer(entry: dict[str, Any], place: str) -> LayerTemplate:
    required = frozenset({"role", "instruments", "pattern"})
    known_keys(entry, place, required=required, optional=frozenset({"level_db", "octave"}))
    demand(entry["role"] in roles(), place, f"unknown role {entry['role']!r}")
    demand(patterns().knows(entry["pattern"]), place, f"unknown pattern {entry['pattern']!r}")
    names = words_of(entry["instruments"], place)
    unknown = set(names) - instruments().keys()
    demand(not unknown, place, f"unknown instruments {sorted(unknown)}")
    level = number_of(entry.get("level_db", 0.0), place, -30, 6)
    octave = int(number_of(entry.get("octave", 0), place, -2, 2))
    return LayerTemplate(entry["role"], names, entry["pattern"], level, octave)


def _drums(entry: dict[str, Any], place: str, meter: int) -> dict[str, str]:
    drums: dict[str, str] = entry.get("drums", {})
    for drum, steps in drums.items():
        demand(drum in hits(), place, f"unknown drum {drum!r}")
        demand(set(steps) <= set(DRUM_SIGNS), place, f"{drum} may only use {DRUM_SIGNS!r}")
        even = len(steps) in {4, 8, PATTERN_STEPS, 2 * PATTERN_STEPS}
        demand(even or len(steps) % (meter * 4) == 0, place, f"{drum} must have 4, 8, 16 or 32 steps")
    demand(not drums or entry.get("kit") in kits(), place, "drums need a known kit")
    return drums


def _template(name: str, entry: dict[str, Any], table: str) -> Template:
    place = f"{table}.{name}"
    known_keys(entry, place, required=_REQUIRED, optional=_OPTIONAL)
    demand(entry["mode"] in SCALES, place, f"unknown mode {entry['mode']!r}")
    slow, fast = (number_of(bound, place, 30, 260) for bound in entry["bpm"])
    demand(slow <= fast, place, "tempo range is upside down")
    progressions = tuple(tuple(text.split()) for text in words_of(entry["progressions"], place))
    for bar in (bar for progression in progressions for bar in progression):
        parse_bar(bar)
    meter = entry.get("meter", 4)
    demand(meter in BEATS, place, f"unknown metre {meter!r}")
    unknown = entry["feel"].keys() - _FEEL_NAMES
    demand(not unknown, place, f"unknown feel {sorted(unknown)}")
    textures = entry.get("textures", {})
    demand(textures.keys() <= TEXTURES, place, "unknown texture")
    return Template(
        name=name,
        label=entry["label"],
        bpm=(slow, fast),
        swing=number_of(entry.get("swing", 0.0), place, 0, 0.4),
        mode=entry["mode"],
        meter=meter,
        progressions=progressions,
        kit=entry.get("kit", ""),
        drums=_drums(entry, place, meter),
        layers=tuple(_layer(layer, f"{place}.layers") for layer in entry["layers"]),
        feel={key: number_of(value, place, -1, 1) for key, value in entry["feel"].items()},
        textures=textures,
    )


def feel_of(template: Template) -> Feel:
    """Return a template's feel, with its textures."""
    feel = Feel(textures=dict(template.textures))
    for name, value in template.feel.items():
        setattr(feel, name, value)
    return feel


@lru_cache(maxsize=1)
def genres() -> dict[str, Template]:
    """Return all genre templates. Raises TableError if the data breaks the schema."""
    return {name: _template(name, entry, "genres") for name, entry in read_family("genres").items()}


@lru_cache(maxsize=1)
def seed_templates() -> dict[str, Template]:
    """Return the templates of the five content seed images."""
    return {name: _template(name, entry, "seeds") for name, entry in read_table("seeds").items()}
