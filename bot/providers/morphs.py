"""The source of a morph as ``riffcord/engine`` takes it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any


def source_inputs(file: Path) -> dict[str, Any]:
    """A score (``.json``) as an object, else the recording inline.

    Reads the file, so it belongs in a thread. Raises ``OSError``.
    """
    content = file.read_bytes()
    if file.suffix == ".json":
        return {"score": json.loads(content)}
    return {"audio": "data:application/octet-stream;base64," + base64.b64encode(content).decode()}
