"""Telling whoever brought a key that its host refuses it: by a direct message, where they allow any."""

from __future__ import annotations

import discord
import structlog

from bot.keys.records import OwnKey
from bot.library.house import House
from bot.ui import text
from bot.ui.languages import FALLBACK, language_of
from bot.ui.messages import FAILURES, tell_alone
from bot.ui.words import say

_log = structlog.get_logger(__name__)


class KeyTrouble:
    """``bot.keys.service.Tell`` on Discord."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self.house: House | None = None
        """Who knows in which language people are spoken to; the client puts it here."""

    async def __call__(self, key: OwnKey, trouble: str) -> None:
        """Say it; where that cannot be done the cards of their orders say it still."""
        if not key.added_by.isdecimal() or key.added_by == "0":
            return
        locale = await self._known_locale(key)
        told = say(f"key.told.{trouble}", locale, host=text.shown(key.host), mark=key.fingerprint)
        try:
            await tell_alone(self._client, key.added_by, told)
        except FAILURES as error:
            _log.info("key.owner_not_told", key=key.id, error=repr(error))

    async def _known_locale(self, key: OwnKey) -> str:
        """Whoever asks is at work on an order: a database that fails here fails nothing, and it is told."""
        try:
            return await self._locale(key)
        except Exception as error:
            _log.warning("key.language_unknown", key=key.id, error=repr(error))
            return FALLBACK

    async def _locale(self, key: OwnKey) -> str:
        """The server's language for its key, for a member's own the one of their latest card."""
        if self.house is None:
            return FALLBACK
        if key.owner.kind == "user":
            return await self.house.library.language_of(key.owner.id) or FALLBACK
        settings = await self.house.choices.of(key.owner.id, "")
        return settings.guild.language or language_of(self._client.get_guild(int(key.owner.id))) or FALLBACK
