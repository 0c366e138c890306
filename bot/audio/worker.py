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
from bot.jobs.records import Dressed, Fetched, Finished, Piece
from bot.library.family import Drawing
from bot.library.studio import Brought, Marking, Preview
from bot.money.drawing import PotDrawing
from bot.processes import follow_parent, give_way

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def prepare() -> None:
    """Before anything else: die with the bot, and keep numpy from starting threads of its own."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    follow_parent()
    give_way()


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


def draw_quota(drawing: PotDrawing) -> bytes:
    """See :func:`bot.audio.pot.draw_pot`."""
    from bot.audio.pot import draw_pot

    return draw_pot(drawing)


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


def keep_picture(file: Path, folder: Path) -> Path:
    """See :func:`bot.audio.still.finish_picture`."""
    from bot.audio.still import finish_picture

    return finish_picture(file, folder)


def take_picture(file: Path, folder: Path) -> Path:
    """See :func:`bot.audio.still.brought_picture`."""
    from bot.audio.still import brought_picture

    return brought_picture(file, folder)


def shrink_picture(file: Path, folder: Path, name: str, limit_bytes: int) -> Path:
    """See :func:`bot.audio.still.fitting_picture`."""
    from bot.audio.still import fitting_picture

    return fitting_picture(file, folder, name=name, limit_bytes=limit_bytes)


def keep_parts(fetched: Fetched, original: Path, folder: Path) -> Finished:
    """See :func:`bot.audio.parts.finish_parts`."""
    from bot.audio.parts import finish_parts

    return finish_parts(fetched, original, folder)


def shrink_parts(archive: Path, folder: Path, name: str, limit_bytes: int) -> Path:
    """See :func:`bot.audio.parts.fitting_parts`."""
    from bot.audio.parts import fitting_parts

    return fitting_parts(archive, folder, name=name, limit_bytes=limit_bytes)


def dress_take(lossless: Path, picture: Path, folder: Path) -> Dressed:
    """See :func:`bot.audio.dressing.dress`."""
    from bot.audio.dressing import dress

    return dress(lossless, picture, folder)


def write_midi(score: Path) -> bytes:
    """See :func:`bot.audio.notes.midi_of`."""
    from bot.audio.notes import midi_of

    return midi_of(score)
