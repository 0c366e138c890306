"""What runs inside a worker process. The bot process imports this to name it, so nothing heavy is
imported at the top.
"""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ParamSpec, TypeVar

from bot.jobs.order import Order
from bot.jobs.parcels import FileFormat, Packed, Voice
from bot.jobs.records import Fetched, Finished, Piece
from bot.library.family import Drawing
from bot.library.studio import Brought, Marking, Preview
from bot.processes import follow_parent

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def prepare() -> None:
    """Before anything else: die with the bot, and keep numpy from starting threads of its own."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    follow_parent()


def warm() -> int:
    """Load the audio libraries, go through everything once, and return this process's id."""
    from bot.audio.finish import rehearse

    rehearse()
    return os.getpid()


def within(
    limit_s: float, call: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Answer:
    """``call`` something, or end this process after ``limit_s`` seconds.

    A decoder that hangs does so in C, where no Python exception reaches it: faulthandler's own
    thread writes where it hangs to the log and ends the process.
    """
    faulthandler.dump_traceback_later(limit_s, exit=True)
    try:
        return call(*args, **kwargs)
    finally:
        faulthandler.cancel_dump_traceback_later()


def finish_clip(fetched: Fetched, order: Order, folder: Path) -> Finished:
    """See :func:`bot.audio.finish.finish`."""
    from bot.audio.finish import finish

    return finish(fetched, order, folder)


def pack_take(source: Path, folder: Path, name: str, form: FileFormat, limit_bytes: int | None) -> Packed:
    """See :func:`bot.audio.pack.pack`."""
    from bot.audio.pack import pack

    return pack(source, folder, name=name, form=form, limit_bytes=limit_bytes)


def join_pieces(pieces: Sequence[Piece], folder: Path) -> Path:
    """See :func:`bot.audio.join.join`."""
    from bot.audio.join import join

    return join(pieces, folder)


def draw_family(drawing: Drawing) -> bytes:
    """See :func:`bot.audio.tree.draw_tree`."""
    from bot.audio.tree import draw_tree

    return draw_tree(drawing)


def speak_take(source: Path, folder: Path, name: str, limit_bytes: int) -> Voice:
    """See :func:`bot.audio.voice.voice_message`."""
    from bot.audio.voice import voice_message

    return voice_message(source, folder, name=name, limit_bytes=limit_bytes)


def film_take(source: Path, folder: Path, name: str, limit_bytes: int) -> Path:
    """See :func:`bot.audio.video.video`."""
    from bot.audio.video import video

    return video(source, folder, name=name, limit_bytes=limit_bytes)


def hear_file(path: Path, folder: Path) -> Brought:
    """See :func:`bot.audio.brought.hear`."""
    from bot.audio.brought import hear

    return hear(path, folder)


def mark_music(sound: Path, score: Path | None, marking: Marking) -> Preview:
    """See :func:`bot.audio.marked.mark`."""
    from bot.audio.marked import mark

    return mark(sound, score, marking)
