"""Whom a message calls."""

from __future__ import annotations

from typing import Final

import discord

NOBODY: Final = discord.AllowedMentions.none()
"""Said with every edit: discord.py leaves the client's default out of those without content."""
