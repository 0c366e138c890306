"""Which key nobody asked for: one that lies well under the leading hands, by meaning and seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.chance import pick

if TYPE_CHECKING:
    from bot.engine.styles.style import Style

# Open strings, horns in flats: the keys (in semitones above C) that players are at home in.
_HOME_KEYS: tuple[tuple[frozenset[str], tuple[int, ...]], ...] = (
    (frozenset({"fiddle", "banjo", "mandolin", "whistle", "bagpipe", "ukulele"}), (2, 7, 9, 4, 0)),
    (
        frozenset({"altosax", "tenorsax", "trumpet", "brass", "trombone", "clarinet", "mutetrp"}),
        (10, 3, 5, 0, 8, 2),
    ),
    (frozenset({"distgtr", "odgtr", "steel", "nylon", "cleangtr"}), (4, 9, 2, 7, 0, 11, 6)),
    (frozenset({"erhu", "pipa", "guzheng", "dizi", "koto", "shamisen"}), (2, 7, 9, 0, 5)),
)
_ANY_KEY = tuple(range(12))
_LEADING_ROLES = ("lead", "vox", "comp")


def tonic_for(style: Style, seed: int, other_than: int | None = None) -> int:
    """Return a tonic (0..11 above C): the same for the same meaning and seed, in any language."""
    keys = tuple(key for key in _keys_of(style) if key != other_than)
    return pick(keys, "key", style.identity, seed)


def _keys_of(style: Style) -> tuple[int, ...]:
    for role in _LEADING_ROLES:
        for layer in style.layers:
            if layer.role == role:
                for players, keys in _HOME_KEYS:
                    if layer.instrument in players:
                        return keys
    return _ANY_KEY
