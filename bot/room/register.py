"""What the room's server and its people are called by number, in this life of the room and the next."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

log = structlog.get_logger(__name__)

_IDS = TypeAdapter(dict[str, int])
_LARGEST_BYTES = 65_536


class Register:
    """Ids by what bears them, kept in a file: whoever had one yesterday has it today.

    Rules, credits and music of a bot belong to ids, and would be lost with them.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read what is kept in ``path``; without one, or where it cannot be read, nobody is known yet."""
        self._path = path
        self._ids = {} if path is None else _read(path)
        self._kept = dict(self._ids)

    def id_of(self, name: str, make: Callable[[], int]) -> int:
        """The id that ``name`` has, or a new one of ``make``."""
        if name not in self._ids:
            self._ids[name] = make()
        return self._ids[name]

    def keep(self) -> None:
        """Write what is new, whole or not at all."""
        if self._path is None or self._ids == self._kept:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self._ids, indent=1), encoding="utf-8")
        beside.replace(self._path)
        self._kept = dict(self._ids)


def _read(path: Path) -> dict[str, int]:
    try:
        with path.open("rb") as file:
            return _IDS.validate_json(file.read(_LARGEST_BYTES))
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as broken:
        log.warning("room.register_unreadable", path=str(path), error=type(broken).__name__)
        return {}
