"""The layers of a mix, by name: each track, and each texture. A stem is a mix of one layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.engine.score.model import Score

_AUDIBLE_TEXTURE = 0.02


def track_layers(score: Score) -> list[str]:
    """Return a name for each track, in order: "bass-ebass", for a second one alike "bass-ebass-2"."""
    names: list[str] = []
    for track in score.tracks:
        plain = f"{track.role}-{track.instrument}" + ("-seed" if track.under_mask else "")
        name, number = plain, 1
        while name in names:
            number += 1
            name = f"{plain}-{number}"
        names.append(name)
    return names


def texture_layers(score: Score) -> dict[str, tuple[str, float]]:
    """Return the audible textures by layer name: kind and amount."""
    audible = {kind: amount for kind, amount in score.feel.textures.items() if amount > _AUDIBLE_TEXTURE}
    return {f"texture-{kind}": (kind, amount) for kind, amount in sorted(audible.items())}


def layers(score: Score) -> list[str]:
    """Return the names of all layers that may be heard, those of the music underneath included."""
    names = [*track_layers(score), *texture_layers(score)]
    if score.underlay:
        names += layers(score.underlay.score)
    return list(dict.fromkeys(names))
