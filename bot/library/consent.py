"""Whether a member may make something from somebody's music. Pure; ``lending`` asks and remembers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from bot.jobs.preferences import Remix

Permission = Literal["allowed", "ask", "refused"]
_STRICTNESS: Final[dict[Permission, int]] = {"allowed": 0, "ask": 1, "refused": 2}
_OF: Final[dict[Remix, Permission]] = {"anyone": "allowed", "ask": "ask", "nobody": "refused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A take as far as it matters who may use it: what was decided, from the nearest to the farthest."""

    take_id: str
    author_id: str
    of_take: Remix | None = None
    """What its author decided for it alone."""
    of_author: Remix | None = None
    """What its author decided for everything."""
    of_server: Remix = "anyone"
    """What counts where the author decided nothing."""

    @property
    def rule(self) -> Remix:
        """What counts."""
        return self.of_take or self.of_author or self.of_server


def may_remix(lent: Lent, *, actor_id: str, granted: Collection[str] = ()) -> Permission:
    """Whether ``actor_id`` may make something from the take.

    Authors may always use what is theirs; ``granted`` names those who were asked and said yes. A moderator
    has no more right to it than anybody else.
    """
    if actor_id == lent.author_id:
        return "allowed"
    permission = _OF[lent.rule]
    return "allowed" if permission == "ask" and lent.author_id in granted else permission


def may_dress(
    lent: Lent, *, actor_id: str, is_moderator: bool = False, granted: Collection[str] = ()
) -> Permission:
    """Whether ``actor_id`` may put a cover on the take, which changes what its author posted.

    Its author and moderators may; everybody else has to ask, even where anyone may remix.
    """
    if is_moderator or actor_id == lent.author_id:
        return "allowed"
    if lent.rule == "nobody":
        return "refused"
    return "allowed" if lent.author_id in granted else "ask"


def strictest(
    every: Iterable[Lent],
    *,
    actor_id: str,
    granted: Collection[str] = (),
    dresses: bool = False,
    is_moderator: bool = False,
) -> tuple[Permission, Lent | None]:
    """What counts for something that is made from several takes, and the take that decides it.

    Args:
        every: The takes.
        actor_id: Who wants it.
        granted: Authors who said yes.
        dresses: Whether it becomes the cover of the takes.
        is_moderator: Whether who wants it is one.
    """
    worst: tuple[Permission, Lent | None] = ("allowed", None)
    for lent in every:
        if dresses:
            permission = may_dress(lent, actor_id=actor_id, is_moderator=is_moderator, granted=granted)
        else:
            permission = may_remix(lent, actor_id=actor_id, granted=granted)
        if _STRICTNESS[permission] > _STRICTNESS[worst[0]]:
            worst = (permission, lent)
    return worst
