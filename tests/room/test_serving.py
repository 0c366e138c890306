"""A room is served until it is told to stop, and says in one line why it cannot be."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from bot.errors import ExitCode, StartupError
from bot.room import RoomAddress, serve
from bot.room.host import Room
from bot.room.simcord_internals import checked


async def test_serves_until_told_to_stop() -> None:
    """The three addresses answer while it runs, and no control endpoint is there unasked."""
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(rest_port=0, page_port=0, on_ready=ready.set_result, stop=stop))
    address: RoomAddress = await ready
    assert address.gateway_url.startswith("ws://127.0.0.1:")
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{address.api_url}/gateway") as answer:
            assert (await answer.json())["url"] == address.gateway_url
        async with session.get(address.page_url) as answer:
            assert answer.status == 200
        control = address.api_url.replace("/api/v10", "/control/world")
        async with session.get(control) as answer:
            assert answer.status == 404
    stop.set()
    await serving


async def test_taken_port_is_named(room: Room) -> None:
    """Port, setting and exit code."""
    taken = int(room.address.api_url.split(":")[2].split("/")[0])
    with pytest.raises(StartupError) as told:
        await serve(rest_port=taken, page_port=0, on_ready=lambda _: None, stop=asyncio.Event())
    assert (told.value.problem, told.value.exit_code) == ("port_in_use", ExitCode.PORT_IN_USE)
    assert told.value.facts["port"] == taken


async def test_taken_page_port_leaves_nothing_open(room: Room) -> None:
    """The half-started room is taken down again."""
    taken = int(room.address.page_url.split(":")[2].split("/")[0])
    with pytest.raises(StartupError) as told:
        await serve(rest_port=0, page_port=taken, on_ready=lambda _: None, stop=asyncio.Event())
    assert told.value.facts["port"] == taken


async def test_other_simcord_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the advice how to install the right one."""
    monkeypatch.setattr(checked, "VERSION", "9.9")
    with pytest.raises(StartupError) as told:
        await serve(rest_port=0, page_port=0, on_ready=lambda _: None, stop=asyncio.Event())
    assert (told.value.problem, told.value.exit_code) == ("missing_room_package", ExitCode.MISSING_PACKAGE)


async def test_each_room_is_another_application() -> None:
    """So that a bot tells its commands to a new room anew."""
    async with Room() as first, Room() as second:
        assert first.backend.application_id != second.backend.application_id
