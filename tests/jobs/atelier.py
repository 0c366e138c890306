"""The parts of the audio worker that are quick enough to be real in tests, in this process."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

from PIL import Image

from bot.audio import worker
from bot.audio.finisher import of_picture
from bot.jobs.records import Dressed, Fetched, Finished


class Atelier:
    """Pictures, parts and notes as the worker makes them."""

    async def finish_picture(self, file: Path, folder: Path) -> Finished:
        """As the worker does it."""
        return of_picture(await asyncio.to_thread(worker.keep_picture, file, folder))

    async def bring_picture(self, file: Path, folder: Path) -> Path:
        """As the worker does it."""
        return await asyncio.to_thread(worker.take_picture, file, folder)

    async def fit_picture(self, file: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
        """As the worker does it."""
        return await asyncio.to_thread(worker.shrink_picture, file, folder, name, limit_bytes)

    async def finish_parts(self, fetched: Fetched, original: Path, folder: Path) -> Finished:
        """As the worker does it."""
        return await asyncio.to_thread(worker.keep_parts, fetched, original, folder)

    async def fit_parts(self, archive: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
        """As the worker does it."""
        return await asyncio.to_thread(worker.shrink_parts, archive, folder, name, limit_bytes)

    async def dress(self, lossless: Path, picture: Path, folder: Path) -> Dressed:
        """As the worker does it."""
        return await asyncio.to_thread(worker.dress_take, lossless, picture, folder)

    async def midi(self, score: Path) -> bytes:
        """As the worker does it."""
        return await asyncio.to_thread(worker.write_midi, score)


def painted(form: str = "PNG", side: int = 64, *, noisy: bool = False) -> bytes:
    """A real picture."""
    file = io.BytesIO()
    picture = Image.effect_noise((side, side), 80).convert("RGB") if noisy else Image.new("RGB", (side, side))
    picture.save(file, form)
    return file.getvalue()
