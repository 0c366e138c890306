"""A local Discord in the browser, for a bot without a token: the bot connects to it unchanged."""

from bot.room.address import RoomAddress
from bot.room.serving import serve

__all__ = ["RoomAddress", "serve"]
