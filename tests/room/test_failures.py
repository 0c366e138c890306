"""What a test can make Discord do, and what a killed bot leaves behind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from tests.room.conftest import SOUND, Api
from tests.room.driver import RoomDriver, bot_environment, process, room_process

BOT = "tests.room.tinybot"


async def test_refused_requests_do_nothing(api: Api, driver: RoomDriver) -> None:
    """A planned 500 meets as many requests as it was told to."""
    number = await driver.fault("POST", "/channels/*/messages", status=500, count=2)
    assert [(await api.send(content="x"))[0] for _ in range(3)] == [500, 500, 200]
    assert len(await driver.messages("riffs")) == 1
    assert number == 0


async def test_refusals_carry_discords_code(api: Api, driver: RoomDriver) -> None:
    """Status, code and message are the test's choice."""
    await driver.fault("*", "/channels/*", status=403, code=50013, message="Missing Permissions")
    status, answer = await api.send(content="x")
    assert (status, answer) == (403, {"code": 50013, "message": "Missing Permissions"})


async def test_lost_answer_has_done_the_work(api: Api, driver: RoomDriver) -> None:
    """The connection breaks, the message is there, and its nonce finds it again."""
    await driver.fault("POST", "/channels/*/messages", kind="lose")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await api.send(content="x", nonce="job-1", enforce_nonce=True)
    _, again = await api.send(content="x", nonce="job-1", enforce_nonce=True)
    assert [message["id"] for message in await driver.messages("riffs")] == [again["id"]]


@pytest.mark.parametrize(("kind", "done_while_held"), [("hold_before", 0), ("hold_after", 1)])
async def test_held_request_waits(api: Api, driver: RoomDriver, kind: str, done_while_held: int) -> None:
    """A request can be stopped just before or just after its work."""
    number = await driver.fault("POST", "/channels/*/messages", kind=kind)
    sending = asyncio.create_task(api.send(content="x"))
    await driver.until_held(number)
    assert len(await driver.messages("riffs")) == done_while_held
    await driver.release(number)
    assert (await sending)[0] == 200
    assert len(await driver.messages("riffs")) == 1


async def test_killed_bot_comes_back_to_its_buttons(tmp_path: Path) -> None:
    """After ``kill -9`` the room says the bot is gone; a new process answers old buttons and commands."""
    sound = tmp_path / "take.mp3"
    sound.write_bytes(SOUND)
    async with room_process() as room:
        environment = bot_environment(room.address, TINYBOT_AUDIO=str(sound), TINYBOT_STEP_S="0")
        async with process(BOT, environment) as bot:
            await room.until_bot_is(here=True)
            await room.slash("Ana", "riffs", "riff", {"prompt": "surf rock"})
            done = await room.until_message("riffs", lambda message: bool(message["components"]))
            bot.kill()
            await room.until_bot_is(here=False)
            unanswered = await room.slash("Ana", "riffs", "ping")
            assert not unanswered.acknowledged
        async with process(BOT, environment):
            await room.until_bot_is(here=True)
            pressed = await room.click("Bo", done["id"], label="Again")
            assert pressed.acknowledged
            assert (await room.slash("Bo", "riffs", "ping")).acknowledged


async def test_killed_while_sending_finds_its_message_by_nonce(api: Api, driver: RoomDriver) -> None:
    """The request hangs after its work; a second process sends the same and gets the first one's message."""
    number = await driver.fault("POST", "/channels/*/messages", kind="hold_after")
    first = asyncio.create_task(api.send(content="x", nonce="job-9", enforce_nonce=True))
    await driver.until_held(number)
    first.cancel()
    _, answer = await api.send(content="x", nonce="job-9", enforce_nonce=True)
    assert [message["id"] for message in await driver.messages("riffs")] == [answer["id"]]
    await driver.release(number)


async def test_room_process_ends_when_told(tmp_path: Path) -> None:
    """SIGTERM ends a room with nothing left to wait for."""
    async with process("tests.room.serve_room", stdout=asyncio.subprocess.PIPE) as room:
        assert room.stdout is not None
        assert json.dumps((await room.stdout.readline()).decode()).count("http") == 2
        room.terminate()
        async with asyncio.timeout(60):
            assert await room.wait() == 0
