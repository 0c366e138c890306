"""Where a running room is reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomAddress:
    """``api_url`` and ``gateway_url`` are for the bot, ``page_url`` is the one address for people.

    The page's address carries the right to act in the room: whoever has it may do so.
    """

    api_url: str
    gateway_url: str
    page_url: str
