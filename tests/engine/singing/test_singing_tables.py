"""The singing tables: complete, and every mistake in them names its place."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from bot.engine.singing import dictionary, sounds, tables
from bot.engine.singing.dictionary import pack, pronounced
from bot.engine.tables_io import TableError

Change = tuple[str, Any]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("kind", "whistle"), "phones.AA"),
        (("formants", [700.0]), "phones.AA"),
        (("pull", [0, 2, 0]), "phones.AA"),
        (("loudness", 1.0), "phones.AA"),
        (("noise", [[1.0]]), "phones.AA"),
    ],
)
def test_a_wrong_sound_is_found(change: Change, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound that breaks the schema is refused by name."""
    table = tables.read("phones")
    table["AA"][change[0]] = change[1]
    monkeypatch.setattr(sounds, "read", lambda _name: table)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    with pytest.raises(TableError, match=place):
        sounds.sound_shapes.__wrapped__()


def test_a_rule_with_an_unknown_sound_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letter rules speak in known sounds and are patterns."""
    monkeypatch.setattr(tables, "_FOLDER", tmp_path)
    for rule in (["a", "QQ"], ["(", "AA1"]):
        (tmp_path / "letters.json").write_text(json.dumps({"rules": [rule], "onsets": ["P L"]}))
        with pytest.raises(TableError, match=r"letters.rules\[0\]"):
            tables.letter_rules.__wrapped__()


def test_the_dictionary_is_packed_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """First pronunciations of plain words are kept, with stress; the rest is left out."""
    packed = pack("aa T R IH2 P AH0 L EY1\nb B IY1 # letter\nb(2) B AH0\nc. S IY1\nzebra Z IY1 B R AH0\n")
    monkeypatch.setattr(dictionary, "_lines", lambda: zlib.decompress(packed))
    find = pronounced.__wrapped__
    assert find("aa") == ("T", "R", "IH2", "P", "AH0", "L", "EY1")
    assert find("b") == ("B", "IY1")
    assert find("zebra")[-1] == "AH0"
    assert find("c") == find("zz") == find("") == find("é") == ()
