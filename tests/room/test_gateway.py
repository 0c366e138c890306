"""The gateway speaks version 10 as a client expects it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import pytest

from bot.room.gateway import Opcode
from bot.room.host import Room
from tests.room.driver import RoomDriver

GUILDS = 1 << 0
GUILD_MESSAGES = 1 << 9
MESSAGE_CONTENT = 1 << 15

Socket = aiohttp.ClientWebSocketResponse


@pytest.fixture
async def socket(room: Room) -> AsyncGenerator[Socket]:
    """A connection that was greeted."""
    async with aiohttp.ClientSession() as session, session.ws_connect(room.gateway.url) as connected:
        hello = await connected.receive_json()
        assert hello["op"] == Opcode.HELLO
        assert hello["d"]["heartbeat_interval"] > 0
        yield connected


async def identify(socket: Socket, intents: int) -> tuple[Any, Any]:
    """READY and the first GUILD_CREATE."""
    await socket.send_json({"op": Opcode.IDENTIFY, "d": {"token": "x", "intents": intents}})
    ready, guild = await socket.receive_json(), await socket.receive_json()
    assert (ready["t"], guild["t"]) == ("READY", "GUILD_CREATE")
    return ready["d"], guild["d"]


async def next_message(socket: Socket) -> Any:
    """The data of the next MESSAGE_CREATE."""
    while (frame := await socket.receive_json())["t"] != "MESSAGE_CREATE":
        pass
    return frame["d"]


async def test_identify_tells_the_world(socket: Socket, room: Room) -> None:
    """READY names the application, GUILD_CREATE the channels and, unasked, only the bot's own member."""
    ready, guild = await identify(socket, GUILDS)
    assert ready["application"]["id"] == str(room.backend.application_id)
    assert ready["user"]["username"] == "Riffcord"
    assert [channel["name"] for channel in guild["channels"]] == ["riffs", "lounge", "moderators"]
    assert [member["user"]["username"] for member in guild["members"]] == ["Riffcord"]


async def test_heartbeat_is_answered(socket: Socket) -> None:
    """Opcode 11 for opcode 1."""
    await socket.send_json({"op": Opcode.HEARTBEAT, "d": None})
    assert (await socket.receive_json())["op"] == Opcode.HEARTBEAT_ACK


async def test_resume_leads_to_a_new_session(socket: Socket) -> None:
    """An invalid session that cannot be resumed."""
    await socket.send_json({"op": Opcode.RESUME, "d": {"token": "x", "session_id": "y", "seq": 3}})
    assert await socket.receive_json() == {"op": Opcode.INVALID_SESSION, "d": False}


async def test_content_is_hidden_without_the_privileged_intent(socket: Socket, driver: RoomDriver) -> None:
    """As in Discord, a bot without message_content sees that somebody wrote, not what."""
    await identify(socket, GUILDS | GUILD_MESSAGES)
    await driver.say("Ana", "riffs", "a secret")
    told = await next_message(socket)
    assert (told["author"]["global_name"], told["content"]) == ("Ana", "")


async def test_content_is_told_with_the_privileged_intent(socket: Socket, driver: RoomDriver) -> None:
    """With the intent the words arrive."""
    await identify(socket, GUILDS | GUILD_MESSAGES | MESSAGE_CONTENT)
    await driver.say("Ana", "riffs", "no secret")
    assert (await next_message(socket))["content"] == "no secret"


async def test_events_outside_the_intents_stay_away(socket: Socket, driver: RoomDriver) -> None:
    """Without the messages intent the next event is the new channel."""
    await identify(socket, GUILDS)
    await driver.say("Ana", "riffs", "hello")
    await driver.add_channel("extra")
    assert (await socket.receive_json())["t"] == "CHANNEL_CREATE"


async def test_members_are_told_on_request(socket: Socket, driver: RoomDriver, room: Room) -> None:
    """By id, with what was not found."""
    await identify(socket, GUILDS)
    users = (await driver.world())["users"]
    wish = {"guild_id": str(room.world.guild.id), "user_ids": [users["Bo"], "1"], "nonce": "n"}
    await socket.send_json({"op": Opcode.REQUEST_MEMBERS, "d": wish})
    chunk = (await socket.receive_json())["d"]
    assert [member["user"]["global_name"] for member in chunk["members"]] == ["Bo"]
    assert (chunk["not_found"], chunk["nonce"]) == (["1"], "n")


async def test_presence_of_the_bot(socket: Socket, driver: RoomDriver) -> None:
    """The room knows when a bot has come and when it has gone."""
    assert not (await driver.world())["bot_is_here"]
    await identify(socket, GUILDS)
    assert (await driver.world())["bot_is_here"]
    await socket.close()
    await driver.until_bot_is(here=False)
