"""The composition root: the only place that opens things, wires rooms together and closes them."""

from __future__ import annotations

import asyncio

from bot.processes import say_ready, stop_on_signals
from bot.settings import Settings


async def run_engine(settings: Settings) -> None:
    """The engine's HTTP server until a signal comes."""
    from bot.web.api.serve import serve_engine

    stop = asyncio.Event()
    stop_on_signals(stop)
    await serve_engine(settings, on_ready=lambda url: say_ready(url=url), stop=stop)


async def run_room(settings: Settings) -> None:
    """The local Discord until a signal comes."""
    from bot.room import RoomAddress, serve

    def ready(address: RoomAddress) -> None:
        say_ready(api=address.api_url, gateway=address.gateway_url, page=address.page_url)

    stop = asyncio.Event()
    stop_on_signals(stop)
    await serve(rest_port=0, page_port=settings.room_port, on_ready=ready, stop=stop)


def release(settings: Settings) -> None:
    """Bring the bot's database to this version's schema."""
    from bot.store.migrate import upgrade

    settings.riffcord_data.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database, "bot")
