"""Which language a server speaks, as Discord says it."""

from __future__ import annotations

import discord

FALLBACK = "en"
"""Where nothing tells of any."""


def may_choose(guild: discord.Guild | None) -> bool:
    """Whether a server can choose one: only those with Community can.

    Discord says en-US for all others ("Guild Object", preferred_locale).
    """
    return guild is not None and "COMMUNITY" in guild.features


def language_of(guild: discord.Guild | None) -> str | None:
    """What a server has chosen; none where it has chosen nothing, or is not known."""
    return None if guild is None or not may_choose(guild) else guild.preferred_locale.value
