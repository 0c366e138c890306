"""The folder of results: one folder a prediction, under a name that nobody can guess."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
from pathlib import Path

OUTPUTS_PATH = "/outputs/"
"""Below it each result has its address: the prediction's key, then the file's name."""
GIVEN_NAME = "source.given"
"""What the request brought along; nobody vouches for what it is."""
FETCHED_NAME = "source.fetched"
"""What the request named, brought home for the worker."""

CONTENT_TYPES = {
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".mid": "audio/midi",
    ".lrc": "text/plain; charset=utf-8",
    ".given": "application/octet-stream",
}

_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,100}(\.[a-z0-9]{2,5})")


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(24)


class Outputs:
    """Files of predictions, below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def folder(self, key: str) -> Path:
        """Where the files of ``key`` lie, made or not."""
        return self._folder / key

    async def prepare(self, key: str) -> None:
        """Make the folder of ``key`` anew, whatever an earlier try left there; its source stays."""
        folder = self.folder(key)

        def make() -> None:
            folder.mkdir(exist_ok=True)
            for file in folder.iterdir():
                if file.name not in (GIVEN_NAME, FETCHED_NAME):
                    shutil.rmtree(file) if file.is_dir() else file.unlink()

        await asyncio.to_thread(make)

    def keep_given(self, key: str, content: bytes) -> None:
        """Keep what a request brought along, until the prediction's data goes."""
        folder = self.folder(key)
        folder.mkdir(exist_ok=True)
        (folder / GIVEN_NAME).write_bytes(content)

    def file(self, key: str, name: str) -> Path | None:
        """A result that may be handed out; None for anything else that an address may name."""
        found = _NAME.fullmatch(name)
        if found is None or found[1] not in CONTENT_TYPES or not _KEY.fullmatch(key):
            return None
        file = self._folder / key / name
        return file if file.is_file() else None

    def at(self, address: str) -> Path | None:
        """The result of this very server that an address names, by whatever name the server is called."""
        path = address.partition("://")[2].partition("?")[0]
        # The world may call it below a path of its own; the key alone is what nobody can guess.
        parts = path.rsplit("/", maxsplit=3)
        return self.file(*parts[2:]) if len(parts) == 4 and parts[1] == OUTPUTS_PATH.strip("/") else None

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
