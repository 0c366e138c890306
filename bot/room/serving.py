"""Serving a room until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.errors import ExitCode, StartupError
from bot.room.address import RoomAddress


async def serve(
    *,
    rest_port: int,
    page_port: int,
    on_ready: Callable[[RoomAddress], None],
    stop: asyncio.Event,
    control: bool = False,
    kept_in: Path | None = None,
) -> None:
    """Serve a room on the loopback interface; 0 takes any free port.

    ``on_ready`` is called once, when a bot may connect and the page may be opened. ``control`` adds the
    endpoints under ``/control`` with which tests act as members. ``kept_in`` is the file by which server and
    members are the same when the room is opened again. Returns after ``stop`` was set and
    everything was closed. Raises ``StartupError`` when a port is taken or simcord is missing or not the
    version that this was written for.
    """
    try:
        from bot.room.host import Room
        from bot.room.simcord_internals import OutdatedSimcord
    except ImportError as missing:
        raise StartupError("missing_room_package", ExitCode.MISSING_PACKAGE, reason=str(missing)) from missing
    try:
        room = Room(rest_port=rest_port, page_port=page_port, control=control, kept_in=kept_in)
    except OutdatedSimcord as other:
        raise StartupError("missing_room_package", ExitCode.MISSING_PACKAGE, reason=other.problem) from other
    async with room:
        on_ready(room.address)
        await stop.wait()
