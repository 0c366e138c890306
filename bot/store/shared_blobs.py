"""Sound and pictures in an object store, which processes on several machines share.

What this machine makes or asks for lies in a folder here as well, for a day: a take that was just made is
delivered from there. Takes that were made before there was a store stay in the folder where they are.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.errors import NotFound, NotInStore
from bot.jobs.records import Filed
from bot.store.blobs import FolderBlobs, checked
from bot.store.objects import Found, ObjectStore

_TAKES: Final = "takes"
"""Beside it the renders of a cluster come and go in the same store."""
_KEPT_HERE: Final = timedelta(days=1)


class SharedBlobs:
    """``bot.jobs.ports.Blobs`` in a store. Its failures are ``StoreFailed``s: the step is tried again."""

    def __init__(self, store: ObjectStore, *, here: Path, before: FolderBlobs) -> None:
        """``here`` is this machine's folder for a day; ``before`` keeps what is older than the store."""
        self._store = store
        self._here = FolderBlobs(here)
        self._folder = here
        self._before = before
        self._used_bytes: int | None = None
        self._since_bytes = 0

    async def put(self, source: Path, *, key: str) -> None:
        """Keep a copy in the store, and one here; again is the same. Raises ``NoSpace``."""
        name = _name(key)
        await asyncio.to_thread(self._store.put, name, source)
        self._since_bytes += (await asyncio.to_thread(source.stat)).st_size
        await self._here.put(source, key=key)

    async def keep(self, files: Mapping[str, Path]) -> dict[str, Path]:
        """Keep files in the store, and here; where they are here. Raises ``NoSpace``."""
        putting = [asyncio.to_thread(self._store.put, _name(key), source) for key, source in files.items()]
        for put in await asyncio.gather(*putting, return_exceptions=True):  # all are over before one is told
            if put is not None:
                raise put
        for source in files.values():
            self._since_bytes += (await asyncio.to_thread(source.stat)).st_size
        return await self._here.keep(files)

    async def path(self, key: str) -> Path:
        """A file here, fetched if need be. Raises ``NotFound``."""
        for near in (self._here, self._before):
            try:
                return await near.path(key)
            except NotFound:
                continue
        partial = self._folder / f"{key.replace('/', '-')}.{id(asyncio.current_task())}"
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        try:
            await asyncio.to_thread(self._store.get, _name(key), partial)
            await self._here.put(partial, key=key)
        except NotInStore:
            raise NotFound("blob") from None
        finally:
            await asyncio.to_thread(partial.unlink, missing_ok=True)
        return await self._here.path(key)

    async def delete(self, key: str) -> None:
        """Forget one file; an unknown key is no error."""
        with contextlib.suppress(NotInStore):
            await asyncio.to_thread(self._store.delete, [_name(key)])
        await self._here.delete(key)
        await self._before.delete(key)

    async def delete_take(self, take_id: str) -> None:
        """Forget all files of a take. Copies on other machines go within a day."""
        for found in await asyncio.to_thread(lambda: list(self._store.list(f"{_TAKES}/{take_id}"))):
            await asyncio.to_thread(self._store.delete, [each.name for each in found])
            self._since_bytes -= sum(each.size_bytes for each in found)
        await self._here.delete_take(take_id)
        await self._before.delete_take(take_id)

    async def shelves(self) -> AsyncGenerator[list[Filed], None]:
        """Every kept file, a thousand at a time; what is old of this machine's copies goes on the way."""
        await self._tidy_here()
        counted_bytes = self._since_bytes = 0
        async for filed in self._before.shelves():
            counted_bytes += sum(each.size_bytes for each in filed)
            yield filed
        pages = self._store.list(_TAKES)
        while (found := await asyncio.to_thread(next, pages, None)) is not None:
            filed = list(_filed(found))
            counted_bytes += sum(each.size_bytes for each in filed)
            if filed:
                yield filed
        self._used_bytes = counted_bytes

    async def used_bytes(self) -> int:
        """By the last look at all of it and what this process did since; others count at the next look."""
        if self._used_bytes is None:
            async for _ in self.shelves():
                pass
        return max(0, (self._used_bytes or 0) + self._since_bytes)

    async def _tidy_here(self) -> None:
        before = datetime.now(UTC) - _KEPT_HERE
        filed = [each async for shelf in self._here.shelves() for each in shelf]
        for each in filed:
            if each.changed_at < before:
                await self._here.delete(each.key)


def _name(key: str) -> str:
    return f"{_TAKES}/{checked(key)}"


def _filed(found: Iterable[Found]) -> Iterable[Filed]:
    for each in found:
        take_id, _, name = each.name.removeprefix(f"{_TAKES}/").partition("/")
        yield Filed(take_id=take_id, name=name, size_bytes=each.size_bytes, changed_at=each.changed_at)
