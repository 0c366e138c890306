"""Blended styles to a score. Everything here is symbolic; no sound is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.compose.arranger import Arranger
from bot.engine.compose.form import Form, plan_form
from bot.engine.compose.ground import Ground
from bot.engine.compose.melody import MelodySearch
from bot.engine.compose.players import melody_tasks
from bot.engine.score.model import Score
from bot.engine.styles.blend import (
    Ingredient,
    blended_bpm,
    blended_feel,
    blended_swing,
    dominant,
    owner_of_bar,
)
from bot.engine.styles.key_choice import tonic_for
from bot.engine.theory.harmony import MAJORISH_MODES, Harmony, parse_bar, parse_chord
from bot.engine.theory.metre import metre_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.score.model import Chord, Section, Track
    from bot.engine.styles.style import Style

_STILL_ENERGY = 0.09
_PROGRESSION_OF = {"lift": 1, "break": 2}
_TURNAROUNDS = {"maj": "V", "lyd": "V", "min": "v", "dor": "bVII"}


def compose(
    ingredients: list[Ingredient],
    *,
    seed: int,
    search_steps: int,
    length_s: float | None = None,
    bars: int | None = None,
    ground: Ground | None = None,
    under_mask: Style | None = None,
    on_step: Callable[[int], None] | None = None,
    on_search: Callable[[MelodySearch], None] | None = None,
) -> Score:
    """Return the score of blended styles.

    `search_steps` candidates are tried for every melody and `on_step` is told the number of each one
    done; `on_search` is given the finished search. `under_mask` adds that style's tracks, in the piece's
    own tempo and chords, marked to sound only through a mask. With a `ground`, tempo, bars, key and
    chords are not chosen but those of it.
    """
    leader = dominant(ingredients)
    ground = ground or _chosen_ground(ingredients, leader, seed, length_s, bars)
    form = ground.form
    harmony = Harmony(ground.tonic, ground.mode, form.bars, form.meter * 4, ground.chords)
    hidden = [under_mask] if under_mask else []
    search = _searched([part.style for part in ingredients] + hidden, form, seed, search_steps, on_step)
    if on_search:
        on_search(search)
    desk = Arranger(ingredients, harmony, form, seed, search, ground.swing)
    tracks = desk.drum_tracks(ingredients) + desk.player_tracks()
    if under_mask:
        tracks += _hidden_tracks(under_mask, harmony, form, seed, search)
    return Score(
        bpm=form.bpm,
        tonic=ground.tonic,
        mode=ground.mode,
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
        key_spelling=ground.key_spelling,
    )


def _chosen_ground(
    ingredients: list[Ingredient], leader: Style, seed: int, length_s: float | None, bars: int | None
) -> Ground:
    asked_bpm = any(part.style.asked_bpm for part in ingredients)
    form = plan_form(blended_bpm(ingredients), leader.meter, length_s, asked_bpm=asked_bpm, bars=bars)
    keyed = [part for part in ingredients if part.style.tonic is not None]
    key_giver = max(keyed, key=lambda part: part.weight).style if keyed else None
    tonic = tonic_for(leader, seed) if key_giver is None or key_giver.tonic is None else key_giver.tonic
    mode = (key_giver or leader).mode
    swing = 0.0 if metre_of(form.meter).is_compound else blended_swing(ingredients)
    chords = _chords(ingredients, leader, key_giver, mode, form)
    return Ground(form, tonic, mode, key_giver.key_spelling if key_giver else "", swing, chords)


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
    wish = _PROGRESSION_OF.get(section.name, 0)
    progression = style.progressions[wish if wish < len(style.progressions) else 0]
    if metre_of(form.meter).written_bars == 2:
        pair = (2 * place, 2 * place + 1)
        return [parse_bar(progression[bar % len(progression)])[0] for bar in pair]
    whole_tale = len(progression) == 4 and form.meter == 4 and style.feel.energy > _STILL_ENERGY
    if form.bars == 2 and whole_tale:  # a slow loop of two bars has two chords in each
        return [parse_bar(symbols)[0] for symbols in progression[2 * place : 2 * place + 2]]
    chords = parse_bar(progression[place % len(progression)])
    closes = place == section.bars - 1 and section.first_bar > 0 and len(set(progression)) > 1
    if closes and len(chords) == 1 and style.feel.energy > _STILL_ENERGY and style.mode in _TURNAROUNDS:
        chords.append(parse_chord(_TURNAROUNDS[style.mode]))  # a section's last bar leads on
    return chords


def _same_family(one: str, other: str) -> bool:
    return (one in MAJORISH_MODES) == (other in MAJORISH_MODES)


def _hidden_tracks(
    style: Style, harmony: Harmony, form: Form, seed: int, search: MelodySearch
) -> list[Track]:
    hidden = [Ingredient(style, 1.0)]
    arranger = Arranger(hidden, harmony, form, seed, search, 0.0)
    tracks = arranger.drum_tracks(hidden) + arranger.player_tracks()
    for track in tracks:
        track.under_mask = True
    return tracks
