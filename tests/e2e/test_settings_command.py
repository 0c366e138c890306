"""``/settings``: by options and by the panel, for who manages the server only, each change noted."""

from __future__ import annotations

import json
from typing import Any

import discord
import pytest
from simcord import MemberActor

from bot.jobs.preferences import ChannelSettings, GuildSettings, Preset
from bot.library.choices import Choices
from tests.e2e.scene import Scene, told
from tests.e2e.test_library import message_of


@pytest.fixture
def keeper(scene: Scene) -> MemberActor:
    """Somebody who may manage the server."""
    role = scene.guild.create_role("owner", permissions=discord.Permissions(manage_guild=True))
    return scene.guild.add_member(scene.env.create_user("kit", global_name="Kit"), roles=[role])


def choices(scene: Scene) -> Choices:
    """The settings as any process reads them."""
    return Choices(scene.backstage.database, scene.clock)


async def stands(scene: Scene) -> tuple[GuildSettings, ChannelSettings]:
    """How everything stands here."""
    settings = await choices(scene).of(str(scene.guild.id), str(scene.channel.id))
    return settings.guild, settings.channel


def texts(message: Any) -> str:
    """All that a panel says, menus with their chosen values."""
    return json.dumps([part.to_dict() for part in message.components], ensure_ascii=False)


async def test_settings_by_options(scene: Scene, keeper: MemberActor) -> None:
    """Several at once; what is shown and what is kept agree; the log tells who, from what, to what."""
    hosts = await keeper.autocomplete(scene.channel, "settings", "host", "")
    assert [choice["value"] for choice in hosts] == ["default", "engine"]
    given: dict[str, Any] = {"language": "de", "format": "flac", "host": "engine", "remix": "ask"}
    given |= {"picture": False, "delivery": "thread", "voice": True, "video": True}
    given |= {"preset": "Rain", "preset_prompt": "lofi rain piano"}
    answer = await keeper.slash(scene.channel, "settings", **given)
    assert answer.ephemeral
    guild, channel = await stands(scene)
    assert guild == GuildSettings(
        language="de",
        format="flac",
        host="engine",
        remix="ask",
        picture=False,
        presets=(Preset(name="Rain", prompt="lofi rain piano"),),
    )
    assert channel == ChannelSettings(delivery="thread", voice_message=True, video=True)
    assert "Rain" in texts(message_of(answer))
    noted = await choices(scene).log_of(str(scene.guild.id), 20)
    assert [(each.subject, each.before, each.after) for each in noted if each.subject != "presets"] == [
        ("video", False, True),
        ("voice_message", False, True),
        ("picture", True, False),
        ("delivery", "here", "thread"),
        ("remix", "anyone", "ask"),
        ("host", None, "engine"),
        ("format", "mp3", "flac"),
        ("language", None, "de"),
    ]
    assert {each.actor_id for each in noted} == {str(keeper.id)}
    (offered,) = await keeper.autocomplete(scene.channel, "settings", "preset", "RAI")
    assert offered["value"] == "Rain"
    await keeper.slash(scene.channel, "settings", preset="rain")
    assert (await stands(scene))[0].presets == ()
    assert told(await keeper.slash(scene.channel, "settings", preset="rain")).startswith("There is no preset")
    wrong = await keeper.slash(scene.channel, "settings", format="wav", host="nowhere")
    assert "Choose one of: engine" in told(wrong)
    assert (await stands(scene))[0].format == "flac"  # all of it or nothing
    german = await scene.riff(scene.ada)
    assert "Ada" in str(german.response.embeds[0].footer.text if german.response else "")
    assert (await scene.job(german)).order.locale == "de"


async def test_settings_by_the_panel(scene: Scene, keeper: MemberActor) -> None:
    """Each menu changes at once and after a restart; presets come by a form and go by a menu."""
    panel = message_of(changed := await keeper.slash(scene.channel, "settings"))
    await scene.restart()
    for name, value in {
        "language": "ja",
        "format": "ogg",
        "host": "engine",
        "remix": "nobody",
        "picture": "off",
        "delivery": "private",
        "voice": "on",
        "video": "on",
    }.items():
        changed = await keeper.select(panel, [value], custom_id=f"rm1:set:{name}")
    guild, channel = await stands(scene)
    assert guild.model_dump(exclude={"presets", "money", "rules"}) == {
        "language": "ja",
        "format": "ogg",
        "host": "engine",
        "remix": "nobody",
        "picture": False,
    }
    assert channel == ChannelSettings(delivery="private", voice_message=True, video=True)
    assert "private preview first" in texts(message_of(changed))
    modal = await keeper.click(panel, custom_id="rc1:preset:new")
    changed = await keeper.submit_modal(modal, {"name": "Rain", "prompt": "lofi rain"})
    assert "Rain" in texts(message_of(changed))
    modal = await keeper.click(panel, custom_id="rc1:preset:new")
    assert "is empty" in told(await keeper.submit_modal(modal, {"name": "rain", "prompt": " "}))
    assert len((await stands(scene))[0].presets) == 1
    await keeper.select(message_of(changed), ["0"], custom_id="rm1:preset-remove:any")
    assert (await stands(scene))[0].presets == ()
    await keeper.select(panel, ["default"], custom_id="rm1:set:language")
    assert (await stands(scene))[0].language is None


async def test_settings_are_for_who_manages_the_server(scene: Scene, keeper: MemberActor) -> None:
    """Others are not offered the command; who lost the right in between is told so; nothing changes."""
    assert "settings" not in scene.bob.available_commands(scene.channel)
    panel = message_of(await keeper.slash(scene.channel, "settings"))
    scene.forbid("manage_guild")
    for press in (
        keeper.select(panel, ["flac"], custom_id="rm1:set:format"),
        keeper.click(panel, custom_id="rc1:preset:new"),
    ):
        assert told(await press) == "Settings are for people with Manage Server."
    assert (await stands(scene))[0] == GuildSettings()
