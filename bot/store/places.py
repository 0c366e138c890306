"""Where sounds and pictures lie: in the data folder, or in the store of ``BLOBS_URL``.

It is the same place for all processes of one database.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from bot.errors import ExitCode, NotInStore, StartupError, StoreFailed
from bot.jobs.ids import new_id
from bot.store.blobs import FolderBlobs
from bot.store.locks import writing_to
from bot.store.meta import first_meta, put_meta

if TYPE_CHECKING:
    from bot.jobs.ports import Blobs
    from bot.store.db import Database
    from bot.store.objects import ObjectStore

_log = structlog.get_logger(__name__)

_KEY: Final = "blobs lie in"
_STORE: Final = "the store"
_KEY_OF_STORE: Final = "the store of blobs is"
_PATIENCE_S: Final = 20.0
"""How long a start waits for the store's answer."""
_MARK: Final = "database-id"
"""The file in folder or store that tells whose music lies there."""


def blobs_of(data: Path, url: str | None) -> Blobs:
    """The takes' files of a data folder, or of a store that several machines share.

    Raises:
        StartupError: ``bad_blobs_url``; ``extra_needed``.
    """
    folder = FolderBlobs(data / "blobs")
    if url is None:
        return folder
    from bot.store.shared_blobs import SharedBlobs

    return SharedBlobs(opened_store(url), here=data / "blobs-here", before=folder)


def opened_store(url: str) -> ObjectStore:
    """The store of ``BLOBS_URL``; nothing is asked of it yet.

    Raises:
        StartupError: ``bad_blobs_url``; ``extra_needed``.
    """
    try:
        from bot.store.objects import ObjectStore

        return ObjectStore(url)
    except ModuleNotFoundError as error:
        wanted = {"setting": "BLOBS_URL", "extra": "s3"}
        raise StartupError("extra_needed", ExitCode.BAD_SETTINGS, **wanted) from error
    except (ValueError, StoreFailed) as error:
        raise StartupError("bad_blobs_url", ExitCode.BAD_SETTINGS) from error


async def require_same_place(database: Database, data: Path, url: str | None) -> None:
    """Keep a process off a shared database whose music lies where this process cannot find it.

    The first one notes in the database what stands in its folder, or in its store; the others must find the
    same there. A store that cannot be asked now keeps nobody from starting.

    Raises:
        StartupError: ``blobs_elsewhere``.
    """
    if not database.is_postgres:
        return
    async with database.begin() as connection:
        mine = new_id()
        if url is not None:
            await put_meta(connection, _KEY, _STORE)
            told = await first_meta(connection, _KEY_OF_STORE, mine)
            await _require_store(opened_store(url), told, is_first=told == mine)
            return
        told = await first_meta(connection, _KEY, mine)
        file = data / "blobs" / _MARK
        if told == mine:
            await asyncio.to_thread(_note, file, told)
        elif await asyncio.to_thread(_noted, file) != told:
            raise StartupError("blobs_elsewhere", ExitCode.BAD_SETTINGS, file=str(file), mark=told)


async def _require_store(store: ObjectStore, told: str, *, is_first: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="riffcord-") as folder:
        file = Path(folder) / _MARK
        try:
            async with asyncio.timeout(_PATIENCE_S):
                if is_first:
                    await asyncio.to_thread(_note, file, told)
                    await asyncio.to_thread(store.put, _MARK, file)
                else:
                    with contextlib.suppress(NotInStore):
                        await asyncio.to_thread(store.get, _MARK, file)
        except (StoreFailed, TimeoutError) as error:
            if is_first:  # or nobody ever could find it there
                raise StartupError("blobs_unreachable", ExitCode.BAD_SETTINGS) from error
            _log.warning("blobs.place_not_checked", error=repr(error))
            return
        if await asyncio.to_thread(_noted, file) != told:
            raise StartupError("blobs_in_other_store", ExitCode.BAD_SETTINGS, file=_MARK, mark=told)


def _note(file: Path, mark: str) -> None:
    with writing_to(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(mark, encoding="utf-8")


def _noted(file: Path) -> str | None:
    return file.read_text(encoding="utf-8").strip() if file.is_file() else None
