"""An object store by address (``s3://``, ``gs://``, ``az://``, ``file:///``), which several machines share.

Credentials come from the environment, as the store's own tools have them (``AWS_ACCESS_KEY_ID`` and so on).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from bot.errors import NotInStore, StoreFailed


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the store."""

    name: str
    size_bytes: int
    changed_at: datetime


class ObjectStore:
    """Whole files under names; each call blocks until it is done, or raises :class:`StoreFailed`."""

    def __init__(self, url: str) -> None:
        """``url`` names the store and a prefix in it; a folder is made where it is missing.

        Raises:
            ValueError: no store has such an address.
            StoreFailed: the folder is not there and cannot be made.
        """
        parts = urlsplit(url)
        if parts.scheme == "file":
            with _failures():
                self._store = LocalStore(url2pathname(parts.path), mkdir=True)
        else:
            try:
                self._store = from_url(url)
            except Exception as error:  # obstore's errors have no common base but this
                raise ValueError(f"no object store is at {parts.scheme}://{parts.netloc}") from error

    def put(self, name: str, file: Path) -> None:
        """Keep a file under ``name``; large ones go in parts."""
        with _failures():
            obstore.put(self._store, name, file)

    def get(self, name: str, into: Path) -> None:
        """Write what is under ``name`` to ``into``, block by block, whole and on disk or not at all.

        Raises:
            NotInStore: there is nothing under that name.
        """
        part = into.with_name(into.name + ".part")
        with part.open("wb") as writer:
            for block in self._blocks(name):
                writer.write(block)
            writer.flush()
            os.fsync(writer.fileno())
        part.replace(into)

    def _blocks(self, name: str) -> Generator[bytes]:
        with _failures():
            yield from obstore.get(self._store, name).stream()

    def list(self, folder: str) -> Generator[list[Found]]:
        """What lies below a folder, some thousand at a time."""
        with _failures():
            for page in obstore.list(self._store, prefix=folder):
                yield [Found(each["path"], each["size"], each["last_modified"]) for each in page]

    def delete(self, names: list[str]) -> None:
        """Forget these."""
        with _failures():
            obstore.delete(self._store, names)


@contextlib.contextmanager
def _failures() -> Generator[None]:
    """What the store's own library raises, as ours; its errors cannot be sent from process to process."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotInStore(str(error)) from None
    except (BaseError, OSError) as error:
        raise StoreFailed(str(error)) from None
