"""What the processes' logs complain of."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

_ERROR = re.compile(r'^\{.*"level": ?"error".*$', re.MULTILINE)
_CRASH = re.compile(r'^Traceback.*\n(?!  File "<string>")(?:[ \t].*\n)*(.*)$', re.MULTILINE)
"""A traceback and its last line; a worker whose parent was killed while starting it is no crash."""


def complaints(folder: Path) -> Counter[str]:
    """What the processes logged as errors, by event, and what they died of."""
    found: Counter[str] = Counter()
    for file in sorted(folder.glob("*.log")):
        told = file.read_text("utf-8", errors="replace")
        events = [str(json.loads(line).get("event")) for line in _ERROR.findall(told)]
        found.update(f"{file.stem}: {each}" for each in (*events, *_CRASH.findall(told)))
    return found
