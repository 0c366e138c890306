"""The documents show what is there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from PIL import Image

DOCS = Path(__file__).parents[1] / "docs"
MOST_BYTES = 400_000


@pytest.mark.parametrize("document", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_what_a_document_points_at_is_there(document: Path) -> None:
    """Pictures and documents that are linked to exist."""
    targets = re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_engines_pictures_can_be_drawn_anew(tmp_path: Path) -> None:
    """The script draws the committed pictures, all of them, in their size."""
    spec = importlib.util.spec_from_file_location("engine_pictures", DOCS / "engine_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    drawn = {path.name: path for path in script.draw(tmp_path)}
    kept = {path.name: path for path in (DOCS / "engine").iterdir()}
    assert drawn.keys() == kept.keys()
    assert sum(path.stat().st_size for path in kept.values()) < MOST_BYTES
    for name, path in kept.items():
        with Image.open(path) as old, Image.open(drawn[name]) as new:
            assert old.size == new.size
            assert len(new.convert("L").histogram()) - new.convert("L").histogram().count(0) > 1, "empty"
