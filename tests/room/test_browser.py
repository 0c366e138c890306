"""The room in a real Chromium: words become a player that plays what the bot sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
import soundfile as sf
from playwright.async_api import Browser

from tests.browser import PHONE, RoomPage, chromium
from tests.room.driver import RoomDriver, bot_environment, process, room_process

# One Chromium serves all of these tests; each has a room of its own.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
here = pytest_asyncio.fixture(loop_scope="module")

BOT = "tests.room.tinybot"
RATE_HZ = 44_100


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds of MP3."""
    path = tmp_path_factory.mktemp("sound") / "take.mp3"
    time_s = np.arange(10 * RATE_HZ) / RATE_HZ
    tone = 0.3 * np.sin(2 * np.pi * 220 * time_s) * np.exp(-3 * (time_s * 2 % 1))
    sf.write(path, np.stack([tone, tone], axis=1), RATE_HZ, format="MP3")
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncGenerator[Browser]:
    """A Chromium."""
    async with chromium() as started:
        yield started


@here
async def driver(browser: Browser) -> AsyncGenerator[RoomDriver]:
    """A room in a process of its own, as people have it."""
    async with room_process() as room:
        yield room


@here
async def bot(driver: RoomDriver, sound: Path) -> AsyncGenerator[asyncio.subprocess.Process]:
    """The small bot, with the sound."""
    environment = bot_environment(driver.address, TINYBOT_AUDIO=str(sound), TINYBOT_STEP_S="0")
    async with process(BOT, environment) as running:
        await driver.until_bot_is(here=True)
        yield running


@pytest.mark.usefixtures("bot")
async def test_from_words_to_music(browser: Browser, driver: RoomDriver, sound: Path) -> None:
    """Type, watch the bar move, play, keep playing while others work, switch, reload."""
    room = await RoomPage.open(browser, driver.address.page_url)
    await room.until_bot_is_here()
    edits = [await driver.fault("PATCH", "/channels/*", kind="hold_before") for _ in range(3)]
    await room.slash("riff", {"prompt": "lofi piano in the rain", "steps": "20"})
    for number, bar in zip(edits, ("▱▱▱▱", "▰▱▱▱", "▰▰▱▱"), strict=True):
        await driver.until_held(number)
        await room.until_text(bar)
        await driver.release(number)
    await room.until_text("done")
    player = await room.newest_player()
    assert abs(await player.duration_s() - 10) < 0.2
    assert await player.sound() == await asyncio.to_thread(sound.read_bytes)
    await player.play()
    before_s = await player.until_position(0.3)

    await driver.slash("Bo", "riffs", "riff", {"prompt": "from elsewhere"})
    await room.newest_player(after=1)
    assert await player.is_playing()
    assert await player.position_s() > before_s
    assert await room.is_at_newest()

    await room.pick_channel("lounge")
    await room.choose_member("Bo")
    await room.say("hello from Bo")
    await room.reload()
    await room.until_text("hello from Bo")
    said = (await driver.messages("lounge"))[-1]
    assert said["author"]["global_name"] == "Bo"
    await room.pick_channel("riffs")
    await room.press("Again")
    await room.until_text("take 2")
    assert room.errors == []


async def test_bot_that_is_away_is_told_kindly(
    browser: Browser, driver: RoomDriver, bot: asyncio.subprocess.Process, sound: Path
) -> None:
    """The page says so, keeps what was typed, and goes on when the bot is back."""
    room = await RoomPage.open(browser, driver.address.page_url, PHONE)
    await room.until_bot_is_here()
    draft = "half a thought"
    await room.page.locator("#channel-composer-input").fill(draft)
    bot.kill()
    await room.page.locator("#room-away:not([hidden])").wait_for()
    assert "away for a moment" in await room.page.locator("#room-away").inner_text()
    await room.reload()
    assert await room.page.locator("#channel-composer-input").input_value() == draft
    async with process(BOT, bot_environment(driver.address, TINYBOT_AUDIO=str(sound))):
        await room.until_bot_is_here()
        await room.page.locator("#channel-composer-input").fill("")
        await room.slash("riff", {"prompt": "church bells"})
        await room.newest_player()
    assert room.errors == []


async def test_lost_page_comes_back_by_itself(browser: Browser, driver: RoomDriver) -> None:
    """A tab whose page was dropped enters again, where it was."""
    room = await RoomPage.open(browser, driver.address.page_url)
    await room.pick_channel("lounge")
    await driver.say("Ana", "lounge", "still here")
    context_id = await room.page.evaluate("window.simcordPreview.contextId")
    capability = driver.address.page_url.partition("#")[2]
    await room.page.evaluate(
        "([context, capability]) => fetch(`/api/pages/${context}`, { method: 'DELETE',"
        " headers: { 'X-Simcord-Capability': capability, 'X-Simcord-Context': context } })",
        [context_id, capability],
    )
    await room.page.wait_for_function("id => window.simcordPreview?.contextId !== id", arg=context_id)
    await room.until_ready()
    await room.until_text("still here")
