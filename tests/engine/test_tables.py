"""The data tables keep their schema, quickly; a broken one says where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.engine import tables_io
from bot.engine.instruments import hits, instruments, kits, roles
from bot.engine.singing.sounds import voice_shapes
from bot.engine.styles import templates
from bot.engine.styles.patterns import patterns
from bot.engine.styles.templates import genres, seed_templates
from bot.engine.tables_io import TableError
from bot.engine.voices.bank import BANK_FOLDER, bank_index
from bot.engine.voices.synths import SYNTHS

if TYPE_CHECKING:
    from pathlib import Path


def test_at_least_eighty_four_genres_and_five_seeds() -> None:
    """All templates pass the schema."""
    assert len(genres()) >= 84
    assert set(seed_templates()) == {"agile", "marim", "motorway", "og_beat", "veil", "vibes"}


def test_every_instrument_has_a_voice() -> None:
    """Each instrument is in the sample bank or synthesised, and each file of the bank is there."""
    for name, instrument in instruments().items():
        homes = {"bank": bank_index(), "synth": SYNTHS, "singer": {*voice_shapes(), "choir"}}
        assert (instrument.sample or name).removeprefix("singer_") in homes[instrument.voice]
    for name in bank_index():
        assert (BANK_FOLDER / f"{name}.ogg").is_file()
    assert (BANK_FOLDER / "LICENSE").is_file()


def test_every_pattern_is_played_by_some_genre_or_seed() -> None:
    """No pattern lies unused in the tables; some are for instruments that a prompt asked for."""
    played = {
        layer.pattern
        for book in (genres(), seed_templates())
        for style in book.values()
        for layer in style.layers
    }
    for_the_asked = {"stabs", "strum", "block", "mel", "root8", "arp16", "reel", "roll", "pad"}
    book = patterns()
    assert {*book.bass, *book.comp, *book.arp, *book.lead} <= played | for_the_asked


def test_every_drum_is_hit_by_some_genre_or_seed() -> None:
    """No drum lies unused in the kits."""
    struck = {
        drum for book in (genres(), seed_templates()) for style in book.values() for drum in style.drums
    }
    assert set(hits()) == struck


def test_an_entry_may_stand_in_one_file_of_a_family_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same genre in two families is an error that names it."""
    (tmp_path / "genres").mkdir()
    for name in ("one", "two"):
        (tmp_path / "genres" / f"{name}.json").write_text('{"funk": {}}', "utf-8")
    monkeypatch.setattr(tables_io, "TABLES_FOLDER", tmp_path)
    with pytest.raises(TableError, match=r"genres/two.*funk"):
        tables_io.read_family("genres")


def test_roles_drums_and_kits_are_read() -> None:
    """The small tables pass the schema."""
    assert roles()["bass"].high_cut_hz < roles()["lead"].high_cut_hz
    assert hits()["kick"].pan == 0.0
    assert kits()["tr909"] == ("909 drums", "synth")


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("mode",), "locrian", "unknown mode"),
        (("colour",), "red", "unknown"),
        (("bpm",), [20, 300], "not within"),
        (("meter",), 11, "unknown metre"),
        (("drums", "kick"), "X..?", "kick may only use"),
        (("drums", "gong"), "X...X...", "unknown drum"),
        (("layers", 0, "pattern"), "nonsense", "unknown pattern"),
        (("layers", 0, "instruments"), ["vuvuzela"], "unknown instruments"),
        (("layers", 0), {"role": "lead"}, "lacks"),
    ],
)
def test_a_broken_genre_is_named(
    path: tuple[str | int, ...], value: object, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong entry raises an error that names table, entry and problem."""
    funk: Any = tables_io.read_family("genres")["funk"]
    place = funk
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    (tmp_path / "genres").mkdir()
    (tmp_path / "genres" / "funk.json").write_text(json.dumps({"funk": funk}), "utf-8")
    monkeypatch.setattr(tables_io, "TABLES_FOLDER", tmp_path)
    with pytest.raises(TableError, match=rf"genres\.funk.*{problem}"):
        templates.genres.__wrapped__()
