"""Keys and parts of songs in every language."""

from __future__ import annotations

import pytest

from bot.ui.naming import key_called, key_typed, part_names
from bot.ui.words.music import MODES, RARE_MODES, TONICS

KEYS = [f"{tonic} {mode}" for tonic in TONICS for mode in (*MODES, *RARE_MODES)]


@pytest.mark.parametrize("locale", ["en-US", "de", "es-ES", "ja", "zh-CN", "zh-TW"])
def test_a_key_is_found_by_the_name_that_it_is_shown_under(locale: str) -> None:
    """No two keys share a name, and whoever types what stands on a card means that key."""
    shown = [key_called(key, locale) for key in KEYS]
    assert len(set(shown)) == len(KEYS)
    assert [key_typed(name.upper(), locale) for name in shown] == KEYS


def test_keys_are_called_as_musicians_do() -> None:
    """German has its H and small letters for minor; what is no key stays as it was."""
    assert key_called("B major", "de") == "H-Dur"
    assert key_called("F# minor", "de") == "fis-Moll"
    assert key_called("Ab major", "ja") == "変イ長調"
    assert key_called("B dorian", "de") == "H dorisch"
    assert key_called("no key", "de") == "no key"
    assert key_typed("Am", "de") == "Am"
    assert part_names("de")["chorus"] == "Refrain"
