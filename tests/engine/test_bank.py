"""The sample bank: complete, licensed, small, and in tune across every instrument's range."""

from __future__ import annotations

import pytest

from bot.engine.arrays import midi_to_hz
from bot.engine.instruments import instruments
from bot.engine.voices import play_note
from bot.engine.voices.bank import BANK_FOLDER, bank_index
from tests.engine.pitch import cents_off

_HEARD_AT = {
    "bells": (4,),  # a bell's strike tone is an octave under its nominal, whatever hums below
    "timpani": (2,),  # of a kettledrum's modes the second octave is the one without a neighbour
    "pizz": (1, 2, 3, 4),  # a whole section
}
_STRUCK = (1, 2)
_HELD = (1, 2, 3, 4)
_UNPITCHED = frozenset({"growl", "talkbox"})
_PITCHED = sorted(
    name for name, entry in instruments().items() if entry.voice != "singer" and name not in _UNPITCHED
)


def test_the_bank_is_small_and_says_whose_it_is() -> None:
    """All samples take less than 8 MB, lie beside the font's licence, and none is unused."""
    files = sorted(BANK_FOLDER.glob("*.ogg"))
    assert sum(file.stat().st_size for file in files) < 8_000_000
    assert {file.stem for file in files} == bank_index().keys()
    licence = (BANK_FOLDER / "LICENSE").read_text("utf-8")
    assert all(name in licence for name in ("FluidR3Mono", "Frank Wen", "Permission is hereby granted"))


def test_there_are_at_least_seventy_five_instruments() -> None:
    """Those with notes; the four singers come on top."""
    assert sum(entry.voice != "singer" for entry in instruments().values()) >= 75


@pytest.mark.parametrize("name", _PITCHED)
def test_no_instrument_is_out_of_tune(name: str) -> None:
    """No note across the range is more than 12 cents off."""
    entry = instruments()[name]
    sample = entry.sample or name
    held = entry.voice == "synth" or bool(bank_index()[sample]["sus"])
    partials = _HEARD_AT.get(name, _HELD if held else _STRUCK)
    keys = (
        range(entry.low, entry.high + 1, 9)
        if entry.voice == "synth"
        else [zone[0] for zone in bank_index()[sample]["k"] if entry.low <= zone[0] <= entry.high]
    )
    octave = {"warm_pad": 0, "sub_sine": 12, "fm_bell": 12, "chip_bass": 12}.get(name, 0)
    for key in keys:
        sound = play_note(name, key, 1.6, 0.9)
        assert abs(cents_off(sound, midi_to_hz(key + octave), partials=partials)) <= 12, (name, key)
