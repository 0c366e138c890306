"""Which key a song is in where nobody asked for one."""

from __future__ import annotations

from bot.engine.songs.cast import cast_song
from bot.engine.spec import SongSpec

STYLES = ("folk", "techno", "jazz", "metal", "bossa nova", "synthwave", "chinese traditional", "blues")


def tonic(tags: str, seed: int = 4, take: int = 0) -> int:
    """Return the tonic that a song gets."""
    return cast_song(SongSpec(tags=tags, seed=seed, take=take)).tonic


def test_the_key_follows_meaning_and_seed() -> None:
    """Styles with one seed are in several keys, and so is one style with several seeds."""
    assert len({tonic(style) for style in STYLES}) >= 4
    assert len({tonic("folk", seed) for seed in range(12)}) >= 3
    assert tonic("jazz") == tonic("爵士")


def test_two_takes_are_in_two_keys() -> None:
    """Unless a key was asked for, the second take is in another one."""
    for style in STYLES:
        for seed in range(6):
            assert tonic(style, seed) != tonic(style, seed, take=1)
    assert tonic("folk in D major") == tonic("folk in D major", take=1) == 2
