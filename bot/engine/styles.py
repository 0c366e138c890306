"""Intent to style: a genre template bent by moods, instruments, eras, key and tempo."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.engine.chance import pick, unit_hash
from bot.engine.harmony import MAJORISH_MODES, MINORISH_MODES, progression_is_minor
from bot.engine.instruments import instruments
from bot.engine.intent import Intent
from bot.engine.reharmonise import reharmonise
from bot.engine.score import MINOR_MODES, Feel
from bot.engine.templates import LayerTemplate, Template, feel_of, genres, seed_templates

SEED_PREFIX = "seed:"
_SECOND_GENRE_SHARE = 0.35
_SLOWEST_BPM, _FASTEST_BPM = 46.0, 210.0
_FALLBACK_GENRES = ("pop", "house", "rock", "funk", "synthwave", "trip", "folk", "cinematic")
_NEVER_CHEERFUL = frozenset({"metal", "deathmetal", "techno", "trap", "industrial", "hardstyle", "phonk"})
_SOLOING_ROLES = frozenset({"lead", "vox", "bell"})
_TEXTURE_AMOUNT = 0.8
_BED_FEEL = ("energy", "valence", "brightness", "reverb")
_ASKED_PATTERNS = {"fiddle": "reel", "banjo": "roll"}
_SUBSTITUTES = {
    "comp": ("organ", "piano", "epiano", "harp", "warm_pad"),
    "lead": ("synth_lead", "violin", "vibes", "flute"),
    "pad": ("warm_pad", "strings", "oohs"),
    "arp": ("pluck", "harp", "piano"),
    "stab": ("brass", "synth_stab", "strings"),
    "bass": ("ebass", "synth_bass", "upright"),
}
_ROLE_PATTERNS = {
    "lead": "mel",
    "pad": "pad",
    "bass": "root8",
    "stab": "stabs",
    "arp": "arp16",
    "bell": "toll",
    "drum": "pad",
    "vox": "mel",
}


@dataclass(slots=True)
class Layer:
    """One player of a style. `lent` players come from a second genre and take turns with the others."""

    role: str
    instrument: str
    pattern: str
    level_db: float = 0.0
    octave: int = 0
    asked: bool = False
    lent: bool = False


@dataclass(slots=True)
class Style:
    """Everything that composing needs to know of one prompt, and that can be blended with another's."""

    identity: str
    genres: dict[str, float]
    bpm: float
    swing: float
    mode: str
    meter: int
    progressions: list[tuple[str, ...]]
    kit: str
    drums: dict[str, str]
    layers: list[Layer]
    feel: Feel
    tonic: int | None = None
    key_spelling: str = ""
    asked_bpm: bool = False

    @property
    def is_seed(self) -> bool:
        """Tell whether this style stands for a seed image."""
        return self.identity.startswith(SEED_PREFIX)


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
    return " ".join(parts) or intent.text or "silence"


def style_for(intent: Intent, seed: int) -> Style:
    """Return the style of a prompt; the same intent and seed give the same style."""
    identity = identity_of(intent)
    chooser = _Chooser(identity, seed, frozenset(name for name, _ in intent.instruments))
    names = _genre_names(intent, chooser)
    style = _from_template(genres()[names[0]], identity, chooser)
    for name in names[1:2]:
        _lend(style, genres()[name], chooser)
    _seat_instruments(style, intent)
    _seat_voices(style, intent)
    _dismiss(style, intent)
    _apply_mood(style, intent)
    _choose_mode(style, intent, names[0])
    _honour_numbers(style, intent)
    _tint(style, intent.ignored)
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
    return [pick(_FALLBACK_GENRES, chooser.identity, chooser.seed, "fallback")]


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


def _lend(style: Style, other: Template, chooser: _Chooser) -> None:
    """Let a second genre lend soloists, one comping player, drums if there are none, and some feel."""
    comping_lent = False
    for place, template in enumerate(other.layers):
        solo = template.role in _SOLOING_ROLES
        if not solo and (template.role != "comp" or comping_lent):
            continue
        layer = _layer(template, chooser, "lent", place)
        layer.level_db -= 1.0 if solo else 3.0
        layer.lent = solo
        comping_lent = comping_lent or not solo
        style.layers.append(layer)
    if not style.drums:
        style.drums, style.kit = dict(other.drums), other.kit
    feel, lent = style.feel, feel_of(other)
    for name in _BED_FEEL:
        own = getattr(feel, name)
        setattr(feel, name, own + _SECOND_GENRE_SHARE * (getattr(lent, name) - own))
    feel.lofi = max(feel.lofi, 0.6 * lent.lofi)
    feel.drive = max(feel.drive, 0.6 * lent.drive)
    for name, amount in other.textures.items():
        feel.textures[name] = max(feel.textures.get(name, 0.0), 0.6 * amount)
    style.genres = dict.fromkeys(style.genres, 1.0 - _SECOND_GENRE_SHARE)
    style.genres[other.label] = style.genres.get(other.label, 0.0) + _SECOND_GENRE_SHARE


def _seat_instruments(style: Style, intent: Intent) -> None:
    """Give each asked instrument a part: its own louder, else one of its role, else a new one."""
    for name, role in intent.instruments:
        if name == "drums":
            if not style.drums:
                pop = genres()["pop"]
                style.drums, style.kit = dict(pop.drums), pop.kit
            continue
        playing = [layer for layer in style.layers if layer.instrument == name]
        free = [layer for layer in style.layers if layer.role == role and not layer.asked]
        for layer in playing:
            layer.level_db += 2.0
            layer.asked = True
        if playing:
            continue
        if free:
            seat = free[0]
            seat.instrument, seat.octave, seat.asked = name, 0, True
            seat.level_db += 2.0
            seat.pattern = _ASKED_PATTERNS.get(name, seat.pattern)
        else:
            style.layers.append(Layer(role, name, _asked_pattern(name, role), -2.0, asked=True))


def _asked_pattern(name: str, role: str) -> str:
    if name in _ASKED_PATTERNS:
        return _ASKED_PATTERNS[name]
    if role == "comp":
        return "strum" if instruments()[name].strum else "block"
    return _ROLE_PATTERNS.get(role, "mel")


def _seat_voices(style: Style, intent: Intent) -> None:
    if any(layer.role == "vox" for layer in style.layers):
        return
    for voice in intent.voices[:1]:
        if voice == "growl":
            style.layers.append(Layer("vox", "growl", "growl", -6.0))
        elif voice == "rap":
            style.layers.append(Layer("vox", "talkbox", "rapflow", -7.0))
        else:
            style.layers.append(Layer("vox", "voice_aah", "mel", -3.0, 1 if voice == "female" else 0))


def _dismiss(style: Style, intent: Intent) -> None:
    banned = intent.banned
    if "drums" in banned:
        style.drums, style.kit = {}, ""
    for layer in style.layers:
        if layer.instrument in banned and not layer.asked:
            spare = [name for name in _SUBSTITUTES.get(layer.role, ()) if name not in banned]
            layer.instrument = spare[0] if spare else layer.instrument
    style.layers = [
        layer for layer in style.layers if layer.asked or not {layer.instrument, layer.role} & banned
    ]
    if not style.layers:
        free = next(name for name in ("warm_pad", "piano", "strings", "oohs", "pluck") if name not in banned)
        style.layers.append(Layer("pad", free, "pad"))


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def _apply_mood(style: Style, intent: Intent) -> None:
    mood, feel = intent.mood, style.feel
    style.bpm *= mood.get("tempo", 1.0)
    for name in ("valence", "brightness"):
        setattr(feel, name, _clamp(getattr(feel, name) + 0.9 * mood.get(name, 0.0), -1.0, 1.0))
    for name in ("energy", "reverb", "density", "lofi"):
        setattr(feel, name, _clamp(getattr(feel, name) + mood.get(name, 0.0), 0.0, 1.0))
    feel.drive = _clamp(feel.drive + 0.7 * mood.get("drive", 0.0), 0.0, 1.0)
    for name in ("rain", "vinyl", "wind", "waves"):
        if mood.get(name, 0.0) > 0.0:
            feel.textures[name] = max(feel.textures.get(name, 0.0), _TEXTURE_AMOUNT)
    for year in intent.eras:
        _apply_era(feel, year)


def _apply_era(feel: Feel, year: int) -> None:
    if year <= 1970:
        feel.lofi = max(feel.lofi, 0.35)
        feel.brightness = _clamp(feel.brightness - 0.15, -1.0, 1.0)
    elif year == 1980:
        feel.reverb = _clamp(feel.reverb + 0.15, 0.0, 1.0)
    elif year == 1990:
        feel.lofi = max(feel.lofi, 0.3)


def _choose_mode(style: Style, intent: Intent, genre: str) -> None:
    """Settle on a mode and make every progression agree with it: a progression carries its own mode."""
    valence = intent.mood.get("valence", 0.0)
    wanted = intent.mode
    if wanted is None and valence <= -0.5 and style.mode in {"maj", "lyd", "mix"}:
        wanted = "min"
    elif (
        wanted is None
        and valence >= 0.5
        and style.mode in {"min", "dor", "phr"}
        and genre not in _NEVER_CHEERFUL
    ):
        wanted = "maj"
    if wanted is None:
        _agree_with_progression(style)
        return
    minor = wanted in MINOR_MODES
    if wanted not in {"maj", "min"} or (style.mode in MINOR_MODES) != minor:
        style.mode = wanted
    style.progressions = [
        progression if progression_is_minor(progression) == minor else reharmonise(progression, minor=minor)
        for progression in style.progressions
    ]


def _agree_with_progression(style: Style) -> None:
    if style.mode not in MINORISH_MODES | MAJORISH_MODES - {"blu", "pen"} or style.mode == "ins":
        return
    minor = progression_is_minor(style.progressions[0])
    if minor != (style.mode in MINORISH_MODES):
        style.mode = "min" if minor else "maj"
    same = [bars for bars in style.progressions if progression_is_minor(bars) == minor]
    style.progressions = same or style.progressions[:1]


def _honour_numbers(style: Style, intent: Intent) -> None:
    style.bpm = _clamp(style.bpm, _SLOWEST_BPM, _FASTEST_BPM)
    if intent.bpm is not None:
        style.bpm, style.asked_bpm = intent.bpm, True
    if intent.tonic is not None:
        style.tonic, style.key_spelling = intent.tonic, intent.key_spelling
    if intent.meter is not None:
        style.meter = intent.meter


def _tint(style: Style, words: list[str]) -> None:
    """Let words nobody knows still colour the music a little, always in the same way."""
    feel = style.feel
    for word in words:
        if not style.asked_bpm:
            style.bpm *= 1.0 + 0.06 * (unit_hash("tint", word) - 0.5)
        feel.brightness = _clamp(feel.brightness + 0.25 * (unit_hash("bright", word) - 0.5), -1.0, 1.0)
        feel.reverb = _clamp(feel.reverb + 0.2 * (unit_hash("room", word) - 0.4), 0.0, 1.0)
        feel.density = _clamp(feel.density + 0.3 * (unit_hash("density", word) - 0.5), 0.0, 1.0)
