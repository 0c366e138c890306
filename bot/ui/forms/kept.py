"""What was typed and could not be used, kept for a while so that nobody has to type it again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Generic, TypeVar

from bot.errors import NotFound
from bot.jobs.ids import new_id

MOST: Final = 500
"""So many are kept; the oldest goes first. A restart forgets all of them."""

T = TypeVar("T")


class Kept(Generic[T]):
    """Things by a key that stands in a button's id, each for one member alone."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[str, T]] = OrderedDict()

    def keep(self, thing: T, *, user_id: str) -> str:
        """Keep it; the key under which its member finds it again."""
        key = new_id()
        self._kept[key] = (user_id, thing)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return key

    def of(self, key: str, *, user_id: str) -> T:
        """What is kept under the key. Raises ``NotFound`` (``typed``) where it is gone or somebody else's."""
        owner, thing = self._kept.get(key, ("", None))
        if thing is None or owner != user_id:
            raise NotFound("typed")
        return thing
