"""Telling whoever brought a key that its host refuses it: by a direct message, where they allow any."""

from __future__ import annotations

import aiohttp
import discord
import structlog
from discord.http import Route

from bot.keys.records import OwnKey
from bot.ui import text
from bot.ui.words import say

_log = structlog.get_logger(__name__)


class KeyTrouble:
    """``bot.keys.service.Tell`` on Discord."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def __call__(self, key: OwnKey, trouble: str) -> None:
        """Say it; where that cannot be done the cards of their orders say it still."""
        if not key.added_by.isdecimal() or key.added_by == "0":
            return
        told = say(f"key.told.{trouble}", host=text.shown(key.host), mark=key.fingerprint)
        try:
            route = Route("POST", "/users/@me/channels")
            opened = await self._client.http.request(route, json={"recipient_id": key.added_by})
            await self._client.get_partial_messageable(int(opened["id"])).send(told)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            _log.info("key.owner_not_told", key=key.id, error=repr(error))
