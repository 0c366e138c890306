"""What was tried by the wrong person, and what becomes of that."""

from __future__ import annotations

import re
from typing import Protocol

import discord
import structlog

from bot.moderation.deeds import REFUSED, Deed
from bot.ui.action_ids import pattern_of

_log = structlog.get_logger(__name__)

_OURS = re.compile(pattern_of("r[cem]1", "[a-z-]{1,30}"))
"""Ids of buttons and menus as all our versions made them."""


class Attempts(Protocol):
    """Who keeps what was tried by the wrong person; the client carries it as ``attempts``."""

    async def refused(self, attempt: Deed) -> bool:
        """Note it, unless this person or all of them did so too often lately; whether it was noted."""
        ...


async def note_attempt(interaction: discord.Interaction, why: str) -> None:
    """Note who tried what and was refused: the command or button and what it was about, nothing they wrote.

    Args:
        interaction: Answered already, or answered next.
        why: The detail of :class:`NotAllowed`, or ``strange`` for a button that is none of ours.
    """
    attempts: Attempts | None = getattr(interaction.client, "attempts", None)
    if attempts is None or interaction.guild_id is None:
        return
    what, about = _attempted(interaction)
    attempt = Deed(
        at=interaction.created_at,
        guild_id=str(interaction.guild_id),
        actor_id=str(interaction.user.id),
        action=REFUSED,
        subject=what,
        channel_id=None if interaction.channel_id is None else str(interaction.channel_id),
        reason=why,
        after=about,
    )
    try:
        await attempts.refused(attempt)
    except Exception as error:
        _log.error("attempt.not_noted", interaction=interaction.id, exc_info=error)


def _attempted(interaction: discord.Interaction) -> tuple[str, str | None]:
    """What was used, as our own tables name it, and what it was about."""
    command = interaction.command
    if command is not None:
        return f"/{command.qualified_name}", None
    custom_id = str((interaction.data or {}).get("custom_id", ""))
    ours = _OURS.fullmatch(custom_id)
    if ours is None:  # a form, or somebody's own invention
        return "form" if interaction.type is discord.InteractionType.modal_submit else "button", None
    return f"{'button' if ours['version'] == 'rc1' else 'menu'} {ours['action']}", ours["subject"]
