"""Playing alone: "solo piano", "unaccompanied cello", "a cappella", "drums only" send the band home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.styles.style import Layer, Style

if TYPE_CHECKING:
    from bot.engine.words.intent import Intent

# Two hands: a melody, chords, and where there is room on the left, a bass.
_KEYBOARDS = frozenset(
    {"piano", "honkytonk", "epiano", "harpsi", "organ", "churchorgan", "accordion", "bandoneon", "harp"}
)
_PLUCKED = frozenset(
    {
        "nylon",
        "steel",
        "cleangtr",
        "twelvestring",
        "jazzgtr",
        "ukulele",
        "banjo",
        "mandolin",
        "guzheng",
        "pipa",
    }
) | {
    "koto",
    "distgtr",
    "odgtr",
    "mutegtr",
    "shamisen",
    "sitar",
    "dulcimer",
    "kalimba",
    "marimba",
    "vibes",
    "musicbox",
    "celesta",
    "clav",
}
_SINGERS = frozenset({"choir", "oohs", "voice_ooh", "voice_aah"})
_BASSES = frozenset(
    {"ebass", "slap", "upright", "fretless", "acid_bass", "sub_808", "sub_sine", "synth_bass"}
)
_CHORD_ROLES = ("comp", "arp", "pad")


def send_the_band_home(style: Style, intent: Intent) -> None:
    """Leave only the asked players; one who can play several parts at once takes over the band's."""
    asked = [layer for layer in style.layers if layer.asked]
    names = {layer.instrument for layer in asked}
    if not any(name == "drums" for name, _ in intent.instruments):
        style.drums, style.kit = {}, ""
    if names & _SINGERS or (not asked and not style.drums):
        style.layers = _choir() if not asked or names <= _SINGERS else asked
        return
    players = [layer for layer in asked if layer.instrument in _KEYBOARDS | _PLUCKED]
    if len(names) == 1 and players:
        style.layers = _several_parts(style, players[0])
        return
    style.layers = asked if len(names) != 1 else _one_line(style, asked)


def _one_line(style: Style, asked: list[Layer]) -> list[Layer]:
    """Return a player of one note at a time with a melody: alone it is no accompanist."""
    if any(layer.role not in {"bass", "pad"} for layer in asked) or asked[0].instrument in _BASSES:
        return asked
    lead = _part_of(style, ("lead",)) or Layer("lead", asked[0].instrument, "mel")
    return [Layer("lead", asked[0].instrument, lead.pattern, -1.0, asked=True)]


def _several_parts(style: Style, player: Layer) -> list[Layer]:
    """Return the parts of one player: the genre's own melody, chords and bass, as far as two hands go."""
    name = player.instrument
    lead = _part_of(style, ("lead",)) or Layer("lead", name, "mel", -2.0)
    chords = _part_of(style, _CHORD_ROLES) or Layer("comp", name, "fpick", -4.0)
    parts = [
        Layer("lead", name, lead.pattern, -1.0, asked=True),
        Layer("comp", name, chords.pattern if chords.role != "pad" else "fpick", -3.0, asked=True),
    ]
    bass = _part_of(style, ("bass",))
    if bass is not None and name in _KEYBOARDS:
        parts.append(Layer("bass", name, bass.pattern, -3.0, asked=True))
    return parts


def _part_of(style: Style, roles: tuple[str, ...]) -> Layer | None:
    """Return the first layer with one of some roles, in the order of the roles."""
    return next((layer for role in roles for layer in style.layers if layer.role == role), None)


def _choir() -> list[Layer]:
    """Return four voices that need no band."""
    return [
        Layer("lead", "oohs", "mel", 0.0, asked=True),
        Layer("pad", "choir", "block", -4.0, asked=True),
        Layer("comp", "voice_ooh", "staccato", -8.0, asked=True),
        Layer("bass", "voice_ooh", "root", -3.0, -1, asked=True),
    ]
