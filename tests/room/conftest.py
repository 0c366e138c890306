"""A room in this process, its members, and a small bot in it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.room.host import Room
from tests.room.driver import RoomDriver
from tests.room.tinybot import TinyBot, point_at

SOUND = b"ID3\x04" + bytes(range(256)) * 40
"""Stands for an MP3: the room never decodes what it carries."""


@pytest.fixture
async def room() -> AsyncGenerator[Room]:
    """A running room with its control endpoints."""
    async with Room(control=True) as running:
        yield running


@pytest.fixture
async def driver(room: Room) -> AsyncGenerator[RoomDriver]:
    """The members of that room."""
    async with RoomDriver.connect(room.address) as members:
        yield members


@pytest.fixture
async def bot(driver: RoomDriver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncGenerator[TinyBot]:
    """The small bot, connected over sockets, its commands told."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    point_at(driver.address.api_url, driver.address.gateway_url)
    sound = tmp_path / "take.mp3"
    sound.write_bytes(SOUND)
    client = TinyBot(sound, step_s=0.0)
    running = asyncio.create_task(client.start("tiny.test.token"))
    await driver.until_bot_is(here=True)
    yield client
    await client.close()
    await asyncio.gather(running, return_exceptions=True)


class Api:
    """Plain requests with a bot's token; answers are ``(status, JSON)``."""

    def __init__(self, session: aiohttp.ClientSession, room: Room) -> None:
        self._session = session
        self.room = room
        self.channel_id = next(iter(room.world.channels))

    async def __call__(
        self, method: str, path: str, *, authorized: bool = True, **kwargs: object
    ) -> tuple[int, dict[str, object]]:
        """One request of Discord's API."""
        url = self.room.address.api_url + path
        headers = {"Authorization": "Bot x.y.z"} if authorized else {}
        async with self._session.request(method, url, headers=headers, **kwargs) as answer:  # pyright: ignore[reportArgumentType]
            return answer.status, await answer.json() if answer.content_type == "application/json" else {}

    async def send(self, **body: object) -> tuple[int, dict[str, object]]:
        """Create a message in the first channel."""
        return await self("POST", f"/channels/{self.channel_id}/messages", json=body)


@pytest.fixture
async def api(room: Room) -> AsyncGenerator[Api]:
    """A bot's REST requests without a bot."""
    async with aiohttp.ClientSession() as session:
        yield Api(session, room)


def form(payload: str, **files: bytes) -> aiohttp.FormData:
    """A multipart body as discord.py makes it; ``files`` by name, dots written as double underscores."""
    body = aiohttp.FormData()
    body.add_field("payload_json", payload, content_type="application/json")
    for index, (name, data) in enumerate(files.items()):
        filename = name.replace("__", ".")
        body.add_field(
            f"files[{index}]", io.BytesIO(data), filename=filename, content_type="application/octet-stream"
        )
    return body


def shown_to(messages: list[dict[str, object]], text: str) -> bool:
    """Whether any of the messages reads so."""
    return any(message["content"] == text for message in messages)
