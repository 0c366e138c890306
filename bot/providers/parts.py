"""A file on its way home: how much of it is there, what it turns out to be, and how to get the rest."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

from bot.providers.sniffing import FIRST_BYTES

_RANGE = re.compile(r"bytes\s+([0-9]{1,15})-[0-9]{1,15}/(?:[0-9]{1,15}|\*)\s*", re.IGNORECASE)


class Torn(Exception):
    """What was to be the rest of a file is not; nothing of the file is kept."""


class Part:
    """The beginning of a file on disk.

    It is only ever continued where the host named a strong validator, so that the rest belongs to the very
    same file (RFC 9110, sections 13.1.5 and 14.2).
    """

    def __init__(self, file: Path, suffix_of: Callable[[bytes], str | None], *, pages: bool = False) -> None:
        """Nothing of it is there yet; ``suffix_of`` knows the wanted kinds by their first bytes."""
        self.file = file
        self.size_bytes = 0
        self.pages = pages
        """Whether what servers say of pages and messages (HTML, JSON) may be what is wanted."""
        self._suffix_of = suffix_of
        self._start = b""
        self._validator: str | None = None

    @property
    def suffix(self) -> str | None:
        """What it is, by its first bytes; None for nothing that was wanted."""
        return self._suffix_of(self._start)

    @property
    def is_wrong(self) -> bool:
        """Whether enough of it is there to see that it is not what was wanted."""
        return len(self._start) >= FIRST_BYTES and self.suffix is None

    def forget(self) -> None:
        """Begin anew with the next try."""
        self.size_bytes, self._start, self._validator = 0, b"", None

    def wish(self) -> dict[str, str]:
        """Headers that ask for what is missing."""
        if self._validator is None or not self.size_bytes:
            return {}
        return {"Range": f"bytes={self.size_bytes}-", "If-Range": self._validator}

    def begin(self, status: int, headers: Mapping[str, str]) -> int:
        """From which byte an answer goes on: where we are, or 0 for the whole file.

        Raises:
            Torn: from anywhere else, which nobody asked for.
        """
        if status == 206:
            told = _RANGE.fullmatch(headers.get("Content-Range", ""))
            if told is None or int(told[1]) != self.size_bytes:
                self.forget()
                raise Torn
            return self.size_bytes
        self.forget()
        etag = headers.get("ETag", "")
        if headers.get("Accept-Ranges", "").strip().lower() == "bytes" and etag.startswith('"'):
            self._validator = etag
        return 0

    @contextlib.contextmanager
    def opened(self, begin: int) -> Generator[Callable[[bytes], None]]:
        """Write from a byte on: what is yielded appends a chunk."""
        if begin == 0:
            self.size_bytes, self._start = 0, b""
        with self.file.open("r+b" if begin else "wb") as stream:
            stream.seek(begin)

            def write(chunk: bytes) -> None:
                stream.write(chunk)
                self.size_bytes += len(chunk)
                if len(self._start) < FIRST_BYTES:
                    self._start = (self._start + chunk)[:FIRST_BYTES]

            yield write
