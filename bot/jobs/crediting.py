"""Whose music a take comes from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.jobs.parcels import Credits
from bot.jobs.records import Take

CREDITED: Final = 6
"""So many names stand on a card; the family shows all of them."""


def credited(take: Take, above: Sequence[Take]) -> Credits:
    """The credits of a take.

    Args:
        take: Whose credits.
        above: What it was made from, the nearest first, beginning with its parent; deleted ones included.
    """
    if not above:
        return Credits()
    parent = above[0]
    told = {take.user_id, parent.user_id}
    others = {each.user_id: each.user_name for each in above if each.user_id not in told}
    standing = None if parent.deleted else parent
    return Credits(parent=standing, authors=tuple(others.values())[:CREDITED])
