"""The folder of results: one folder a prediction, under a name that nobody can guess."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

from bot.web.api.render import AUDIO_NAME, PICTURE_NAME

CONTENT_TYPES = {AUDIO_NAME: "audio/wav", PICTURE_NAME: "image/jpeg"}

_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")


class Outputs:
    """Files of predictions, below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def folder(self, key: str) -> Path:
        """Where the files of ``key`` lie, made or not."""
        return self._folder / key

    async def prepare(self, key: str) -> None:
        """Make the folder of ``key`` anew, whatever an earlier try left there."""
        folder = self.folder(key)

        def make() -> None:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()

        await asyncio.to_thread(make)

    def file(self, key: str, name: str) -> Path | None:
        """A result that may be handed out; None for anything else that an address may name."""
        if name not in CONTENT_TYPES or not _KEY.fullmatch(key):
            return None
        file = self._folder / key / name
        return file if file.is_file() else None

    async def remove(self, key: str) -> None:
        """Delete everything of ``key``; no error when there is nothing."""
        await asyncio.to_thread(shutil.rmtree, self.folder(key), True)

    async def sweep(self, wanted: set[str]) -> None:
        """Delete every folder that no prediction speaks for."""

        def remove_others() -> None:
            for folder in self._folder.iterdir():
                if folder.name not in wanted:
                    shutil.rmtree(folder, ignore_errors=True)

        await asyncio.to_thread(remove_others)
