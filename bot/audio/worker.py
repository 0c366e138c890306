"""What runs inside a worker process. The bot process imports this to name it, so nothing heavy is
imported at the top.
"""

from __future__ import annotations

import faulthandler
import os
from pathlib import Path

from bot.jobs.order import Order
from bot.jobs.records import Fetched, Finished
from bot.processes import follow_parent


def prepare() -> None:
    """Before anything else: die with the bot, and keep numpy from starting threads of its own."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    follow_parent()


def warm() -> int:
    """Load the audio libraries, go through everything once, and return this process's id."""
    from bot.audio.finish import rehearse

    rehearse()
    return os.getpid()


def finish_clip(fetched: Fetched, order: Order, folder: Path, limit_s: float) -> Finished:
    """Finish one clip, or end this process after ``limit_s`` seconds.

    A decoder that hangs does so in C, where no Python exception reaches it: faulthandler's own
    thread writes where it hangs to the log and ends the process.
    """
    from bot.audio.finish import finish

    faulthandler.dump_traceback_later(limit_s, exit=True)
    try:
        return finish(fetched, order, folder)
    finally:
        faulthandler.cancel_dump_traceback_later()
