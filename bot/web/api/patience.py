"""Moving files while a store is away: tried again and again, further and further apart.

A file that is made stays where it is meanwhile; to play the music anew would cost far more than waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from bot.errors import NotInStore, StoreFailed

PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0)
"""Two minutes together."""
_LOOK_S = 0.2


def patiently(move: Callable[[], None], rest: Callable[[float], None]) -> None:
    """Do ``move``; where the store fails, ``rest`` for some seconds and do it again.

    Raises:
        StoreFailed: it failed the last time, too, or (``NotInStore``) has lost the file. What ``rest``
            raises ends it as well.
    """
    for pause_s in PAUSES_S:
        try:
            return move()
        except NotInStore:
            raise
        except StoreFailed:
            rest(pause_s)
    return move()


def rest(pause_s: float, check: Callable[[], None]) -> None:
    """Sleep that long, with ``check`` called all the time: what it raises ends the rest."""
    until_s = time.monotonic() + pause_s
    while (left_s := until_s - time.monotonic()) > 0:
        check()
        time.sleep(min(_LOOK_S, left_s))
