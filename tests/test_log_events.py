"""What the log says: one style of event names, so that they can be searched for and counted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVENT = re.compile(r"[a-z_]+(\.[a-z_]+)+")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def events(path: Path) -> Iterator[str]:
    """Each event that a file logs, as it is written there."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        logger = node.func.value
        ours = isinstance(logger, ast.Name) and logger.id in ("log", "_log")
        if not ours or node.func.attr not in LEVELS:
            continue
        event = node.args[1 if node.func.attr == "log" else 0]
        yield str(event.value) if isinstance(event, ast.Constant) else ast.unparse(event)


def test_events_have_dotted_names() -> None:
    """``<thing>.<what_happened>`` in lower case, written out, everything else as a field."""
    found = [
        (path.relative_to(ROOT).as_posix(), event)
        for folder in ("bot", "cogs")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for event in events(path)
    ]
    assert len(found) > 60
    assert [each for each in found if not EVENT.fullmatch(each[1])] == []
