"""A bot and the room's members, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import aiohttp
import discord
import pytest

from tests.room.conftest import SOUND, shown_to
from tests.room.driver import PATIENCE_S, Refused, RoomDriver
from tests.room.tinybot import MOODS, STEPS, TinyBot

pytestmark = pytest.mark.usefixtures("bot")


async def test_world_has_two_members_a_moderator_and_their_channels(driver: RoomDriver) -> None:
    """The room is inhabited from the start."""
    world = await driver.world()
    assert list(world["users"]) == ["Ana", "Bo", "Mira"]
    assert list(world["channels"]) == ["riffs", "lounge", "moderators"]


async def test_answer_is_acknowledged_and_only_for_its_asker(driver: RoomDriver) -> None:
    """An ephemeral answer is visible to one member."""
    answer = await driver.slash("Ana", "riffs", "ping")
    assert answer.acknowledged
    assert answer.ephemeral
    assert answer.ack_ms is not None
    assert 0 < answer.ack_ms < 3000
    assert shown_to(await driver.messages("riffs", "Ana"), "pong")
    assert not shown_to(await driver.messages("riffs", "Bo"), "pong")


async def test_card_becomes_the_result_by_edits(driver: RoomDriver, bot: TinyBot) -> None:
    """One message goes from the empty bar to the sound, and the sound arrives unchanged."""
    answer = await driver.slash("Bo", "lounge", "riff", {"prompt": "surf rock"})
    done = await driver.until_message("lounge", lambda message: bool(message["attachments"]))
    assert done["id"] == answer.message_id
    assert done["embeds"][0]["description"] == "done"
    assert await driver.download(done["attachments"][0]) == SOUND
    edits = [item for item in await driver.requests() if item["method"] == "PATCH"]
    assert len(edits) == STEPS + 1


@pytest.mark.parametrize(
    "options", [{}, {"prompt": ""}, {"prompt": "x" * 101}, {"prompt": "x", "steps": 151}, {"word": "x"}]
)
async def test_client_side_refusals(driver: RoomDriver, options: dict[str, object]) -> None:
    """What no Discord client would send does not reach the bot."""
    with pytest.raises(Refused):
        await driver.slash("Ana", "riffs", "riff", options)


async def test_autocomplete_offers_the_bots_choices(driver: RoomDriver) -> None:
    """Typing into an option asks the bot."""
    offered = await driver.autocomplete("Ana", "riffs", "riff", "prompt", "jazz")
    assert [choice["value"] for choice in offered] == [mood for mood in MOODS if "jazz" in mood]


async def test_form_is_opened_and_sent(driver: RoomDriver) -> None:
    """A modal goes there and back."""
    opened = await driver.slash("Ana", "riffs", "words")
    assert opened.modal is not None
    sent = await driver.submit("Ana", opened, {"line": "la la"})
    assert sent.ephemeral
    assert shown_to(await driver.messages("riffs", "Ana"), "you wrote la la")


async def test_menu_of_a_message_thread_and_direct_words(driver: RoomDriver) -> None:
    """A message's menu opens a form, a thread is a place, and a member talks with the bot alone."""
    message_id = await driver.say("Ana", "riffs", "a tune")
    opened = await driver.context_menu("Bo", "riffs", "Riff on this", message_id)
    assert opened.modal is not None
    await driver.submit("Bo", opened, {"line": "about a tune"})
    assert shown_to(await driver.messages("riffs", "Bo"), "you wrote about a tune")
    await driver.slash("Bo", "riffs", "side")
    await driver.until_message("Order 1", lambda message: message["content"] == "in here")
    await driver.slash("Ana", "Order 1", "greet", {"whom": "all"})
    await driver.speak("Ana", "de", "ja")
    await driver.slash("Ana", "dm", "greet", {"whom": "me"})
    said = (await driver.messages("dm", "Ana"))[-1]
    assert said["content"] == "hello me, plain, de/None"
    await driver.select("Ana", said["id"], "more", ["recipe"])
    assert shown_to(await driver.messages("dm", "Ana"), "you chose recipe")
    assert await driver.messages("dm", "Bo") == []
    with pytest.raises(Refused):
        await driver.slash("Ana", "dm", "side")


async def test_moderators_command_is_hidden_from_members(driver: RoomDriver) -> None:
    """Default permissions of a command are kept."""
    with pytest.raises(Refused):
        await driver.slash("Ana", "riffs", "tidy")
    assert (await driver.slash("Mira", "riffs", "tidy")).acknowledged


async def test_only_moderators_delete_others_messages(driver: RoomDriver) -> None:
    """A member cannot, Mira can."""
    message_id = await driver.say("Ana", "lounge", "hello")
    with pytest.raises(Refused):
        await driver.delete_message("Bo", message_id)
    await driver.delete_message("Mira", message_id)
    assert await driver.messages("lounge") == []


async def test_silent_bot_leaves_an_interaction_unacknowledged(driver: RoomDriver) -> None:
    """No answer is no answer."""
    answer = await driver.slash("Ana", "riffs", "silence", wait_s=0.05)
    assert not answer.acknowledged
    assert answer.ack_ms is None


async def test_buttons_work_for_everyone(driver: RoomDriver) -> None:
    """A button made by one member's command answers another member."""
    await driver.slash("Ana", "riffs", "riff", {"prompt": "slow jazz"})
    done = await driver.until_message("riffs", lambda message: bool(message["components"]))
    pressed = await driver.click("Bo", done["id"], label="Again")
    assert (await driver.message("riffs", str(pressed.message_id)))["content"] == "take 2"


async def test_hundred_members_at_the_same_instant(driver: RoomDriver) -> None:
    """All are acknowledged."""
    names = [f"m{number}" for number in range(100)]
    await asyncio.gather(*(driver.add_user(name) for name in names))
    answers = await asyncio.gather(*(driver.slash(name, "riffs", "ping") for name in names))
    assert all(answer.acknowledged for answer in answers)


async def test_what_comes_changes_and_goes_reaches_the_bot(driver: RoomDriver, bot: TinyBot) -> None:
    """Channels, their age rule, roles and members; sent away, the bot hears nothing until it is back."""
    await bot.wait_until_ready()
    guild = bot.guilds[0]

    async def until(look: Callable[[], bool]) -> None:
        async def looked() -> bool:
            return look()

        await driver.until(looked, what="the bot to know")

    channel_id = int(await driver.add_channel("extra"))
    await until(lambda: guild.get_channel(channel_id) is not None)
    await driver.restrict_age("extra")
    await until(lambda: cast(discord.TextChannel, guild.get_channel(channel_id)).is_nsfw())
    await driver.restrict_age("extra", restricted=False)
    await until(lambda: not cast(discord.TextChannel, guild.get_channel(channel_id)).is_nsfw())
    role_id = int(await driver.add_role("helpers", "Bo"))
    await until(lambda: guild.get_role(role_id) is not None)
    await driver.delete_role("helpers")
    await until(lambda: guild.get_role(role_id) is None)
    left = (await driver.world())["users"]["Bo"]
    member = f"/guilds/{guild.id}/members/{left}"
    assert (await driver.request_as_bot("GET", member))["user"]["global_name"] == "Bo"
    await driver.remove_user("Bo")
    with pytest.raises(aiohttp.ClientResponseError, match="404"):
        await driver.request_as_bot("GET", member)
    await driver.send_bot_away()
    await until(lambda: not bot.guilds)
    await driver.delete_channel("extra")
    for path, status in ((f"/guilds/{guild.id}", "404"), (f"/channels/{channel_id}", "404")):
        with pytest.raises(aiohttp.ClientResponseError, match=status):
            await driver.request_as_bot("GET", path)
    riffs = f"/channels/{(await driver.world())['channels']['riffs']}"
    with pytest.raises(aiohttp.ClientResponseError, match="403"):
        await driver.request_as_bot("POST", f"{riffs}/messages", {"content": "x"})
    with pytest.raises(Refused):
        await driver.slash("Ana", "riffs", "ping")
    joined = asyncio.create_task(bot.wait_for("guild_join", timeout=PATIENCE_S))
    await driver.invite_bot()
    assert (await joined).id == guild.id
    assert bot.guilds[0].get_channel(channel_id) is None
    assert (await driver.slash("Ana", "riffs", "ping")).acknowledged
