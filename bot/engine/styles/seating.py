"""Who plays: asked instruments and voices get parts, refused ones leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.instruments import instruments
from bot.engine.styles.style import Layer, Style
from bot.engine.styles.templates import genres

if TYPE_CHECKING:
    from bot.engine.words.intent import Intent

SOLO_ROLES = frozenset({"lead", "vox", "bell"})
_ASKED_PATTERNS = {"fiddle": "reel", "banjo": "roll", "whistle": "reel", "tuba": "country"}
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


def seat_instruments(style: Style, intent: Intent) -> None:
    """Give each asked instrument a part: its own louder, else one of its role, else a new one."""
    for name, role in intent.instruments:
        if name == "drums":
            if not style.drums:
                pop = genres()["pop"]
                style.drums, style.kit = dict(pop.drums), pop.kit
            continue
        playing = [layer for layer in style.layers if layer.instrument == name]
        family = intent.loose.get(name, ())
        if family and not playing:  # "guitar" is whatever guitar the genre has
            kin = [layer for layer in style.layers if layer.instrument in family and not layer.asked]
            playing = sorted(kin, key=lambda layer: layer.role != role)[:1]
        if name in intent.parts:  # "piano lead": whoever comps on a piano already goes on doing so
            playing = [layer for layer in playing if layer.role == role]
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
            seat.pattern = _ASKED_PATTERNS.get(name, seat.pattern) if role != "bass" else seat.pattern
        else:
            style.layers.append(Layer(role, name, _asked_pattern(name, role), -2.0, asked=True))


def _asked_pattern(name: str, role: str) -> str:
    if name in _ASKED_PATTERNS and role not in {"pad", "arp"}:
        return _ASKED_PATTERNS[name]
    if role == "comp":
        return "strum" if instruments()[name].strum else "block"
    return _ROLE_PATTERNS.get(role, "mel")


def seat_voices(style: Style, intent: Intent) -> None:
    """Give an asked kind of voice a part."""
    if "vox" in intent.banned or any(layer.role == "vox" for layer in style.layers):
        return
    for voice in intent.voices[:1]:
        if voice == "growl":
            style.layers.append(Layer("vox", "growl", "growl", -6.0, asked=True))
        elif voice == "rap":
            style.layers.append(Layer("vox", "talkbox", "rapflow", -7.0, asked=True))
        else:
            octave = 1 if voice == "female" else 0
            style.layers.append(Layer("vox", "voice_aah", "mel", -3.0, octave, asked=True))


def clear_for_leads(style: Style) -> None:
    """Let those who lead over a bed be the only soloists."""
    if any(layer.asked and layer.role in SOLO_ROLES for layer in style.layers):
        style.layers = [layer for layer in style.layers if layer.asked or layer.role not in SOLO_ROLES]
        for layer in style.layers:
            if layer.role in SOLO_ROLES:
                layer.level_db += 1.0


def leave_out(style: Style, refused: frozenset[str]) -> None:
    """Take what the prompts refuse out of a seed image's style, without a substitute."""
    style.layers = [layer for layer in style.layers if not {layer.instrument, layer.role} & refused]
    if "drums" in refused:
        style.drums, style.kit = {}, ""


def dismiss(style: Style, intent: Intent) -> None:
    """Send away what was refused, with a substitute where an instrument alone was; somebody always plays."""
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
    if not style.layers and not style.drums:
        free = next(name for name in ("warm_pad", "piano", "strings", "oohs", "pluck") if name not in banned)
        style.layers.append(Layer("pad", free, "pad"))
