"""Where a press ends: one table from actions to the desks that act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import discord

Handler = Callable[[discord.Interaction, str, str], Awaitable[None]]
"""Interaction, what the action is about (a take or a job), and what more the id or the menu says ("")."""


class PressTable:
    """What the client carries as ``presses``."""

    def __init__(self, *tables: Mapping[str, Handler]) -> None:
        self._handlers: dict[str, Handler] = {}
        for table in tables:
            if twice := self._handlers.keys() & table.keys():
                raise ValueError(f"two desks act on {sorted(twice)}")
            self._handlers |= table

    @property
    def actions(self) -> frozenset[str]:
        """Every action that has a deed."""
        return frozenset(self._handlers)

    async def pressed(self, interaction: discord.Interaction, action: str, subject: str, more: str) -> None:
        """Hand a press to its desk."""
        await self._handlers[action](interaction, subject, more)
