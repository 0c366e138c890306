"""``/mod audit`` and what stands in the trail: decisions, and what the wrong people tried."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, cast

import discord
from discord import app_commands
from simcord import InteractionResult, MemberActor

from bot.moderation.deeds import Deed, Sought
from bot.moderation.trail import PAGE, Trail
from tests.e2e.scene import Scene, told
from tests.e2e.test_library import message_of
from tests.e2e.test_settings_command import texts


def trail(scene: Scene) -> Trail:
    """The trail as any process reads it."""
    return Trail(scene.backstage.database, scene.clock)


async def let_use(scene: Scene, member: MemberActor, command: str) -> None:
    """An administrator lets somebody use a command that its defaults keep from them."""
    tree: app_commands.CommandTree[Any] = cast("Any", scene.env.bot).tree
    found = await tree.fetch_commands()
    (named,) = [each for each in found if each.name == command]
    scene.guild.set_command_permissions(named, {member: True})


async def forged(scene: Scene, member: MemberActor, custom_id: str) -> InteractionResult:
    """Somebody presses a button that says whatever they like."""
    row = discord.ui.View(timeout=None)
    row.add_item(discord.ui.Button(label="x", custom_id=custom_id))
    channel = scene.env.bot.get_partial_messageable(scene.channel.id, guild_id=scene.guild.id)
    sent = await channel.send("old", view=row)
    (message,) = [each for each in scene.messages() if each.id == sent.id]
    return await member.click(message, custom_id=custom_id)


async def refused(scene: Scene) -> list[tuple[str, str | None, str | None, Any]]:
    """What was tried in vain: who, what, why, about what; oldest first."""
    sought = Sought(guild_id=str(scene.guild.id), action="refused")
    found = [each.deed for each in await trail(scene).everything(sought)]
    return [(each.actor_id, each.subject, each.reason, each.after) for each in found]


async def test_moderators_look_into_the_trail(scene: Scene) -> None:
    """By every option and page by page, also after a restart; as files; whoever lost the right is refused."""
    guild_id, mod_id = str(scene.guild.id), str(scene.mod.id)
    for number in range(2 * PAGE):
        await trail(scene).note(
            Deed(
                at=scene.clock.now(),
                guild_id=guild_id,
                actor_id=mod_id,
                action="set",
                subject="format" if number else "language",
                reason=f"=because {number}",
                before="mp3",
                after=f"v{number}",
            )
        )
    panel = message_of(await scene.mod.slash(scene.channel, "mod audit"))
    assert f"because {2 * PAGE - 1}" in texts(panel)
    assert "because 0" not in texts(panel)
    await scene.restart()
    older = await scene.mod.click(panel, label="Older")
    assert "because 0" in texts(message_of(older))
    newest = message_of(await scene.mod.click(message_of(older), label="Newest"))
    table = await scene.mod.click(newest, label="CSV")
    (file,) = message_of(table).attachments
    rows = list(csv.DictReader(io.StringIO((await file.read()).decode())))
    assert len(rows) == 2 * PAGE
    assert rows[0]["reason"] == "'=because 0"
    whole = await scene.mod.click(newest, label="JSON")
    (file,) = message_of(whole).attachments
    assert json.loads(await file.read())[0]["after"] == "v0"
    offered = await scene.mod.autocomplete(scene.channel, "mod audit", "subject", "lang")
    assert [each["value"] for each in offered] == ["language"]
    offered = await scene.mod.autocomplete(scene.channel, "mod audit", "action", "")
    assert [each["value"] for each in offered] == ["set"]
    given: dict[str, Any] = {"by": scene.mod, "member": scene.mod, "action": "set"}
    given |= {"subject": "language", "days": 3000, "reason": "BECAUSE", "file": "json"}
    handed = await scene.mod.slash(scene.channel, "mod audit", **given)
    (file,) = message_of(handed).attachments
    assert [each["after"] for each in json.loads(await file.read())] == ["v0"]
    nothing = await scene.mod.slash(scene.channel, "mod audit", action="unknown", file="csv")
    assert told(nothing) == "Nothing fits."
    await let_use(scene, scene.ada, "mod")
    assert "moderators" in told(await scene.ada.slash(scene.channel, "mod audit"))
    search_id = newest.components[0].children[-1].children[0].custom_id.split(":")[2]
    assert "moderators" in told(await forged(scene, scene.ada, f"rc1:audit-csv:{search_id}"))
    assert "another version" in told(await forged(scene, scene.ada, "rc1:audit-all:1"))
    scene.forbid("manage_messages")
    lost = await scene.mod.click(newest, label="CSV")
    assert "moderators" in told(lost)
    assert await refused(scene) == [
        (str(scene.ada.id), "/mod audit", "audit", None),
        (str(scene.ada.id), "button audit-csv", "audit", search_id),
        (str(scene.ada.id), "button audit-all", "strange", "1"),
        (mod_id, "button audit-csv", "audit", search_id),
    ]
