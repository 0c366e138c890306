"""The audio room as the job machine sees it: clips are finished in worker processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import structlog

from bot.audio import worker
from bot.audio.lane import Answer, Arguments, Lane
from bot.errors import UnusableAudio
from bot.jobs.order import Order
from bot.jobs.parcels import FileFormat, Packed, Voice
from bot.jobs.records import Dressed, Fetched, Finished, Piece
from bot.library.family import Drawing
from bot.library.studio import Brought, Marking, Preview
from bot.money.drawing import PotDrawing

_log = structlog.get_logger(__name__)

LIMIT_S = 120.0
"""A fifteen-minute song takes a quarter of it on a free machine; beyond, the file is a trap."""
_TRIES = 2


def of_picture(file: Path) -> Finished:
    """What is known of a picture: it has no sound."""
    return Finished(
        lossless=None,
        upload=None,
        picture=file,
        duration_s=None,
        bpm=None,
        key=None,
        lufs=None,
        true_peak_db=None,
    )


class AudioFinisher:
    """``ports.Finisher`` over ``workers`` processes. Each starts when it is first needed.

    A worker that dies (memory, a codec's fault, the time limit) is replaced, and its clip is tried
    once more; a clip that ends two workers is taken for what it is, a file that cannot be used.
    """

    def __init__(self, *, workers: int = 1, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._stopped = False
        self._lanes = [Lane() for _ in range(workers)]
        # The last one given back is taken first, so a quiet bot keeps one process only.
        self._free: asyncio.LifoQueue[Lane] = asyncio.LifoQueue()
        for lane in reversed(self._lanes):
            self._free.put_nowait(lane)

    @property
    def pids(self) -> list[int]:
        """The worker processes that run now."""
        return [lane.pid for lane in self._lanes if lane.pid is not None]

    async def start(self) -> None:
        """Start the first worker ahead of the first clip."""
        lane = await self._free.get()
        try:
            await lane.open()
        finally:
            self._free.put_nowait(lane)

    async def stop(self) -> None:
        """End every worker, busy or not; clips under way fail."""
        self._stopped = True
        for lane in self._lanes:
            await lane.close()

    async def finish(self, fetched: Fetched, order: Order, folder: Path) -> Finished:
        """Probe, fit to length, level, encode, tag and picture one clip; files go to ``folder``.

        Cancelling returns at once; the worker takes its next clip when it is done with this one.

        Raises:
            UnusableAudio: silent, noise, not_audio, too_long, too_large.
            OSError: the files cannot be written.
        """
        return await self._in_worker(fetched.audio.name, worker.finish_clip, fetched, order, folder)

    async def pack(
        self, source: Path, folder: Path, *, name: str, form: FileFormat, limit_bytes: int | None
    ) -> Packed:
        """Write a take's lossless file to ``folder`` as ``name`` in ``form``, small enough.

        Raises:
            UnusableAudio: ``too_large`` where not even a few seconds of it fit.
            OSError: the file cannot be written.
        """
        return await self._in_worker(name, worker.pack_take, source, folder, name, form, limit_bytes)

    async def join(self, pieces: Sequence[Piece], folder: Path) -> Path:
        """Write ``joined.flac``: the pieces one after the other, going over into each other on the beat.

        Raises:
            UnusableAudio: one of them cannot be read.
            OSError: the file cannot be written.
        """
        return await self._in_worker("journey", worker.join_pieces, tuple(pieces), folder)

    async def speak(self, source: Path, folder: Path, *, name: str, limit_bytes: int) -> Voice:
        """Write a take as a voice message. Raises as :meth:`pack`."""
        return await self._in_worker(name, worker.speak_take, source, folder, name, limit_bytes)

    async def film(self, source: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
        """Write a take as a video of its spectrogram. Raises as :meth:`pack`."""
        return await self._in_worker(name, worker.film_take, source, folder, name, limit_bytes)

    async def draw_tree(self, drawing: Drawing) -> bytes:
        """The picture of a remix family as PNG."""
        return await self._in_worker("tree", worker.draw_family, drawing)

    async def draw_pot(self, drawing: PotDrawing) -> bytes:
        """The picture of a pot as PNG."""
        return await self._in_worker("pot", worker.draw_quota, drawing)

    async def hear(self, path: Path, folder: Path) -> Brought:
        """Find out what a stranger's file is. Raises ``UnusableAudio``."""
        return await self._in_worker(path.name, worker.hear_file, path, folder)

    async def mark(self, sound: Path, score: Path | None, marking: Marking) -> Preview:
        """The picture of music with a part of it marked. Raises ``UnusableAudio``."""
        return await self._in_worker(sound.name, worker.mark_music, sound, score, marking)

    async def finish_picture(self, file: Path, folder: Path) -> Finished:
        """Make sure that a host's picture is one. Raises ``UnusableAudio`` where it is none."""
        return of_picture(await self._in_worker(file.name, worker.keep_picture, file, folder))

    async def bring_picture(self, file: Path, folder: Path) -> Path:
        """A member's picture as hosts get it. Raises as :meth:`finish_picture`."""
        return await self._in_worker(file.name, worker.take_picture, file, folder)

    async def fit_picture(self, file: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
        """A picture that is small enough. Raises as :meth:`pack`."""
        return await self._in_worker(name, worker.shrink_picture, file, folder, name, limit_bytes)

    async def finish_parts(self, fetched: Fetched, original: Path, folder: Path) -> Finished:
        """Prove that parts are a take's, and lay them together. Raises ``UnusableAudio`` where not."""
        return await self._in_worker(fetched.audio.name, worker.keep_parts, fetched, original, folder)

    async def fit_parts(self, archive: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
        """An archive of parts that is small enough. Raises as :meth:`pack`."""
        return await self._in_worker(name, worker.shrink_parts, archive, folder, name, limit_bytes)

    async def dress(self, lossless: Path, picture: Path, folder: Path) -> Dressed:
        """A take's files with another cover in them."""
        return await self._in_worker(lossless.name, worker.dress_take, lossless, picture, folder)

    async def midi(self, score: Path) -> bytes:
        """A kept score as a MIDI file. Raises ``UnusableAudio`` where it cannot be read."""
        return await self._in_worker("midi", worker.write_midi, score)

    async def _in_worker(
        self, what: str, work: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        lane = await self._free.get()
        call: Future[Answer] | None = None
        try:
            for tries_left in reversed(range(_TRIES)):
                try:
                    await lane.open()
                    call = lane.submit(worker.within, self._limit_s, work, *args, **kwargs)
                    return await asyncio.wrap_future(call)
                except asyncio.CancelledError:
                    task = asyncio.current_task()
                    if self._stopped and task is not None and not task.cancelling():
                        # Closing the pool gave the clip up; nobody cancelled the caller.
                        raise BrokenProcessPool("the audio room was closed") from None
                    raise
                except BrokenProcessPool:
                    if self._stopped:
                        raise
                    _log.warning("audio.worker_died", clip=what, tries_left=tries_left)
                    await lane.close()
            raise UnusableAudio("not_audio")
        finally:
            self._release(lane, call)

    def _release(self, lane: Lane, call: Future[Any] | None) -> None:
        """Give the lane to the next clip, or where a cancelled one still runs in it, when that ends."""
        if call is None or call.done():
            self._free.put_nowait(lane)
            return
        loop = asyncio.get_running_loop()
        call.add_done_callback(lambda _: loop.call_soon_threadsafe(self._free.put_nowait, lane))
