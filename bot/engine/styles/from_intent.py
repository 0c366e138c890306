"""Intent to style: a genre template bent by moods, instruments, eras, key and tempo."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.engine.chance import pick, unit_hash
from bot.engine.instruments import instruments
from bot.engine.styles.alone import send_the_band_home
from bot.engine.styles.moods import apply_mood, choose_mode, honour_numbers, tint
from bot.engine.styles.seating import clear_for_leads, dismiss, seat_instruments, seat_voices
from bot.engine.styles.style import SEED_PREFIX, Layer, Style
from bot.engine.styles.templates import LayerTemplate, Template, feel_of, genres, seed_templates
from bot.engine.words.intent import Intent

_LENT_SHARES = (0.35, 0.2)  # how much of a style is its second and its third genre
_FALLBACK_GENRES = ("pop", "house", "rock", "funk", "synthwave", "trip", "folk", "cinematic")
_SOLOING_ROLES = frozenset({"lead", "vox", "bell"})
_BED_FEEL = ("energy", "valence", "brightness", "reverb")


@dataclass(slots=True)
class _Chooser:
    """Draws that depend on the prompt's meaning and on the seed alone."""

    identity: str
    seed: int
    asked: frozenset[str] = field(default_factory=frozenset[str])

    def number(self, *name: object) -> float:
        return unit_hash("style", self.identity, self.seed, *name)

    def instrument(self, layer: LayerTemplate, *name: object) -> str:
        asked = [option for option in layer.instruments if option in self.asked]
        return pick(asked or layer.instruments, "style", self.identity, self.seed, *name)


def identity_of(intent: Intent) -> str:
    """Return a name for what a prompt means: the same for the same meaning in any language."""
    parts = [
        *intent.genres,
        *(name for name, _ in intent.instruments),
        *map(str, intent.eras),
        *intent.voices,
    ]
    parts += [f"{name}{amount:+.2f}" for name, amount in sorted(intent.mood.items())]
    parts += [f"-{name}" for name in sorted(intent.banned)] + intent.ignored
    parts += [f"{name}={role}" for name, role in sorted(intent.parts.items())]
    parts += [intent.alone] if intent.alone else []
    return " ".join(parts) or intent.text or "silence"


def style_for(intent: Intent, seed: int) -> Style:
    """Return the style of a prompt; the same intent and seed give the same style."""
    identity = identity_of(intent)
    chooser = _Chooser(identity, seed, frozenset(name for name, _ in intent.instruments))
    names = _genre_names(intent, chooser)
    style = _from_template(genres()[names[0]], identity, chooser)
    for name, share in zip(names[1:], _LENT_SHARES, strict=False):
        _lend(style, genres()[name], chooser, share)
    seat_instruments(style, intent)
    seat_voices(style, intent)
    if intent.leads_end:
        clear_for_leads(style)
    if intent.alone:
        send_the_band_home(style, intent)
        style.alone = True
    dismiss(style, intent)
    style.refused = frozenset(intent.banned)
    style.asked_drums = any(name == "drums" for name, _ in intent.instruments)
    apply_mood(style, intent)
    choose_mode(style, intent, names[0])
    honour_numbers(style, intent)
    tint(style, intent.ignored)
    return style


def seed_style(name: str) -> Style:
    """Return the style of a content seed image; it is the same for every seed number."""
    template = seed_templates()[name]
    style = _from_template(template, SEED_PREFIX + name, _Chooser(SEED_PREFIX + name, 0))
    style.genres = {}
    return style


def _genre_names(intent: Intent, chooser: _Chooser) -> list[str]:
    if intent.genres:
        return intent.genres
    hints = [instruments()[name].genre for name, _ in intent.instruments if name in instruments()]
    hints = [genre for genre in hints if genre and genre not in intent.banned]
    mood = intent.mood
    if hints:
        return hints[:1]
    if mood.get("energy", 0.0) < -0.2 or "rain" in mood or "waves" in mood:
        return ["ambient"]
    if mood.get("valence", 0.0) < -0.3:
        return ["cinematic"]
    if mood:
        return ["pop"]
    wanted = [name for name in _FALLBACK_GENRES if name not in intent.banned]
    return [pick(wanted or _FALLBACK_GENRES, chooser.identity, chooser.seed, "fallback")]


def _from_template(template: Template, identity: str, chooser: _Chooser) -> Style:
    slow, fast = template.bpm
    first = int(chooser.number("progression") * len(template.progressions))
    turned = template.progressions[first:] + template.progressions[:first]
    return Style(
        identity=identity,
        genres={template.label: 1.0},
        bpm=slow + (fast - slow) * chooser.number("bpm"),
        swing=template.swing,
        mode=template.mode,
        meter=template.meter,
        progressions=list(turned),
        kit=template.kit,
        drums=dict(template.drums),
        layers=[_layer(layer, chooser, "layer", place) for place, layer in enumerate(template.layers)],
        feel=feel_of(template),
    )


def _layer(template: LayerTemplate, chooser: _Chooser, *name: object) -> Layer:
    instrument = chooser.instrument(template, *name)
    return Layer(template.role, instrument, template.pattern, template.level_db, template.octave)


def _lend(style: Style, other: Template, chooser: _Chooser, share: float) -> None:
    """Let a further genre lend soloists, one comping player, drums if there are none, and some feel.

    The second genre lends all its soloists, a third one only its first.
    """
    comping_lent = share < _LENT_SHARES[0]
    soloists = 0
    for place, template in enumerate(other.layers):
        solo = template.role in _SOLOING_ROLES
        if not solo and (template.role != "comp" or comping_lent):
            continue
        soloists += solo
        if solo and soloists > 1 and share < _LENT_SHARES[0]:
            continue
        layer = _layer(template, chooser, "lent", other.name, place)
        layer.level_db -= 1.0 if solo else 3.0
        layer.lent = solo
        comping_lent = comping_lent or not solo
        style.layers.append(layer)
    if not style.drums:
        style.drums, style.kit = dict(other.drums), other.kit
    feel, lent = style.feel, feel_of(other)
    for name in _BED_FEEL:
        own = getattr(feel, name)
        setattr(feel, name, own + share * (getattr(lent, name) - own))
    feel.lofi = max(feel.lofi, 0.6 * lent.lofi)
    feel.drive = max(feel.drive, 0.6 * lent.drive)
    for name, amount in other.textures.items():
        feel.textures[name] = max(feel.textures.get(name, 0.0), 0.6 * amount)
    style.genres = {label: weight * (1.0 - share) for label, weight in style.genres.items()}
    style.genres[other.label] = style.genres.get(other.label, 0.0) + share
