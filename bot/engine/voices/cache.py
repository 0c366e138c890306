"""A cache with a limit in bytes: rendered notes are worth keeping, memory is not endless."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from bot.engine.arrays import Samples


class ByteCache:
    """Least recently used arrays by key, up to `limit_bytes` in all; safe to share between threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._held_bytes = 0
        self._entries: OrderedDict[Hashable, Samples] = OrderedDict()
        self._lock = Lock()

    @property
    def held_bytes(self) -> int:
        """Return how many bytes are held now."""
        return self._held_bytes

    def get(self, key: Hashable, make: Callable[[], Samples]) -> Samples:
        """Return the array of a key, made if it is not there; the caller must not write to it."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
        made = make()
        made.flags.writeable = False
        with self._lock:
            if key not in self._entries:
                self._entries[key] = made
                self._held_bytes += made.nbytes
            while self._held_bytes > self._limit_bytes and len(self._entries) > 1:
                _, dropped = self._entries.popitem(last=False)
                self._held_bytes -= dropped.nbytes
        return made
