"""Bytes of attachments: the newest in memory, the rest in a temporary folder on disk.

A room that plays for hours must not grow with every take, so at most ``memory_bytes`` stay in memory.
What falls out is written to a folder that is removed when the room stops.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

MEMORY_BYTES = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A handle to stored bytes; holding one holds no bytes."""

    digest: str
    size_bytes: int
    store: BlobStore

    def __len__(self) -> int:
        return self.size_bytes

    def __getitem__(self, part: slice) -> bytes:
        return self.read()[part]

    def read(self) -> bytes:
        """The bytes, from memory or from disk."""
        return self.store.read(self.digest)


class BlobStore:
    """Content-addressed bytes with a bounded share of memory."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._held_bytes = 0
        self._newest: OrderedDict[str, bytes] = OrderedDict()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def held_bytes(self) -> int:
        """How many bytes are in memory now."""
        return self._held_bytes

    @property
    def folder(self) -> Path | None:
        """The folder with what did not fit into memory, or None while all fits."""
        return Path(self._folder.name) if self._folder is not None else None

    def put(self, data: bytes) -> StoredBlob:
        """Keep ``data`` and return its handle; equal bytes are kept once."""
        digest = hashlib.sha256(data).hexdigest()
        self._remember(digest, data)
        return StoredBlob(digest, len(data), self)

    def read(self, digest: str) -> bytes:
        """The bytes with that digest. Raises ``KeyError`` when they were never put here."""
        data = self._newest.get(digest)
        if data is not None:
            self._newest.move_to_end(digest)
            return data
        if self.folder is None or not (self.folder / digest).exists():
            raise KeyError(digest)
        data = (self.folder / digest).read_bytes()
        self._remember(digest, data)
        return data

    def close(self) -> None:
        """Forget everything and remove the folder."""
        self._newest.clear()
        self._held_bytes = 0
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _remember(self, digest: str, data: bytes) -> None:
        if digest not in self._newest:
            self._newest[digest] = data
            self._held_bytes += len(data)
        self._newest.move_to_end(digest)
        while self._held_bytes > self._memory_bytes and self._newest:
            oldest, evicted = self._newest.popitem(last=False)
            self._held_bytes -= len(evicted)
            self._spill(oldest, evicted)

    def _spill(self, digest: str, data: bytes) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="riffcord-room-")
        path = Path(self._folder.name) / digest
        if not path.exists():
            path.write_bytes(data)
