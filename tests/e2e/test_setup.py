"""``/setup``: each page, button, menu and form; as a file; what is gone; and the wrong people."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import AsyncMock

import aiohttp
import discord
import pytest
from simcord import MemberActor

from bot.moderation.deeds import Sought
from bot.moderation.setup import Layout
from bot.moderation.setup_file import FILE_MOST_BYTES
from bot.ui.cards.setup import PAGES
from tests.e2e.scene import Scene, read, told
from tests.e2e.test_audit import forged, let_use, refused, trail
from tests.e2e.test_library import message_of
from tests.e2e.test_settings_command import keeper, texts

__all__ = ["keeper"]


async def layout(scene: Scene) -> Layout:
    """How everything stands."""
    house = scene.backstage.house
    assert house is not None
    return await house.setup.layout(str(scene.guild.id))


async def pick(member: MemberActor, panel: Any, name: str, *chosen: Any) -> Any:
    """Channels or roles are chosen; the panel that follows."""
    return message_of(await member.select(panel, chosen, custom_id=f"re1:setup-pick:{name}"))


async def choose(member: MemberActor, panel: Any, name: str, value: str) -> Any:
    """Something is chosen from a menu; the panel that follows."""
    return message_of(await member.select(panel, [value], custom_id=f"rm1:setup-set:{name}"))


async def go(member: MemberActor, panel: Any, page: str) -> Any:
    """To a page by the menu."""
    return message_of(await member.select(panel, [page], custom_id="rm1:setup-page:any"))


async def fill(member: MemberActor, panel: Any, form: str, **typed: str) -> Any:
    """A form of the page is filled in; the answer."""
    opened = await member.click(panel, custom_id=f"rc1:setup-form:{form}")
    return await member.submit_modal(opened, typed)


async def test_a_server_is_set_up_page_by_page(scene: Scene, keeper: MemberActor) -> None:
    """Two administrators and a restart in between; what is chosen counts at once and stands in the trail."""
    den = scene.guild.create_text_channel("den")
    helper = scene.guild.create_role("helper")
    panel = message_of(await keeper.slash(scene.channel, "setup start"))
    for page in PAGES[1:]:
        panel = message_of(await keeper.click(panel, label="Next"))
        assert f"{PAGES.index(page) + 1}/{len(PAGES)}" in texts(panel)
    for _ in PAGES[1:]:
        panel = message_of(await keeper.click(panel, label="Back"))
    await scene.restart()

    panel = await go(keeper, panel, "channels")
    assert "everywhere" in texts(panel)
    panel = await pick(keeper, panel, "musicchannels", scene.channel, den)
    assert "I may do all that I need in" in texts(panel)
    panel = await go(keeper, panel, "moderators")
    panel = await pick(keeper, panel, "moderatorschannel", den)
    assert "Everybody can see" in texts(panel)
    panel = await pick(keeper, panel, "moderatorroles", helper)
    panel = await go(keeper, panel, "music")
    for name, value in {"language": "de", "format": "flac", "host": "engine", "picture": "off"}.items():
        panel = await choose(keeper, panel, name, value)
    panel = await go(keeper, panel, "pot")
    for name, value in {"period": "week", "carryover": "on", "hardstop": "off"}.items():
        panel = await choose(keeper, panel, name, value)
    answer = await fill(
        keeper, panel, "pot", amount="400", reset_time="06:30", zone="Europe/Berlin", ask_above="7", worth=""
    )
    panel = await go(keeper, message_of(answer), "prices")
    assert "engine: riff 2 · song 10 · morph 2 · parts 2" in read(texts(panel)).replace("\\u2069", "")
    answer = await fill(keeper, panel, "prices", riff="3", song="", morph="", image="", parts="0")
    shown = read(texts(message_of(answer))).replace("\\u2069", "")
    assert "engine: riff 3 · song 10 · morph 2 · parts free" in shown
    panel = await go(keeper, message_of(answer), "newcomers")
    panel = await pick(keeper, panel, "newcomerrole", helper)
    panel = await pick(keeper, panel, "approval", den)
    numbers = {"newcomer_account_days": "7", "newcomer_member_days": "2", "hold_above": "20"}
    wrong = await fill(keeper, panel, "rules", **numbers, trust_after="many", hold_hours="48")
    assert told(wrong).endswith(" has to be a whole number from 0 to 1\u00a0000.")
    form: Any = await keeper.click(message_of(wrong), label="Change it")
    answer = await keeper.submit_modal(form, numbers | {"trust_after": "5", "hold_hours": "48"})
    answer = await fill(keeper, message_of(answer), "appeals", text="Ask @mod in #help")
    panel = await go(keeper, message_of(answer), "screen")
    panel = await pick(keeper, panel, "strict", scene.channel)
    panel = await pick(keeper, panel, "off", den)
    panel = await go(keeper, panel, "keys")
    panel = await go(keeper, panel, "check")
    assert "Everything that the settings name is there" in texts(panel)

    stands = await layout(scene)
    rules, money = stands.guild.rules, stands.guild.money
    assert rules.music_channel_ids == (str(scene.channel.id), str(den.id))
    assert (rules.moderators_channel_id, rules.moderator_role_ids) == (str(den.id), (str(helper.id),))
    assert (rules.newcomer_role_id, rules.appeals) == (str(helper.id), "Ask @mod in #help")
    assert (rules.newcomer_account_days, rules.newcomer_member_days, rules.hold_above) == (7, 2, 20)
    assert (rules.trust_after, rules.hold_hours) == (5, 48)
    assert (stands.guild.language, stands.guild.format, stands.guild.host, stands.guild.picture) == (
        "de",
        "flac",
        "engine",
        False,
    )
    assert (money.pot.amount, money.pot.period, money.pot.zone) == (400, "week", "Europe/Berlin")
    assert (money.pot.carry_over, money.pot.hard_stop, money.ask_above) == (True, False, 7)
    assert {(each.kind, each.credits) for each in money.prices} == {("riff", 3), ("parts", 0)}
    assert stands.channels[str(den.id)].approval
    assert stands.those("strictness", "strict") == [str(scene.channel.id)]
    assert stands.those("strictness", "off") == [str(den.id)]
    noted = await trail(scene).everything(Sought(guild_id=str(scene.guild.id), action="set"))
    assert {each.deed.actor_id for each in noted} == {str(keeper.id)}
    assert {"rules.hold_above", "money.pot", "language", "strictness"} <= {
        each.deed.subject for each in noted
    }

    panel = await pick(keeper, await go(keeper, panel, "newcomers"), "approval")
    assert not (await layout(scene)).those("approval", True)
    await more_than_a_menu_shows(scene, keeper, panel)
    elsewhere = scene.guild.create_text_channel("elsewhere")
    refused_there = await scene.ada.slash(elsewhere, "riff", prompt="funk")
    assert "music is made in" in told(refused_there)


async def more_than_a_menu_shows(scene: Scene, keeper: MemberActor, panel: Any) -> None:
    """What stood and was not shown as chosen stays, when all that was shown is taken back."""
    house = scene.backstage.house
    assert house is not None
    ids = [str(scene.guild.create_text_channel(f"room{number}").id) for number in range(27)]
    for each in ids:
        await house.choices.set_for_channel(str(scene.guild.id), each, "approval", True, actor_id="1")
    panel = await pick(keeper, await go(keeper, panel, "newcomers"), "approval")
    assert (await layout(scene)).those("approval", True) == sorted(ids)[25:]
    await pick(keeper, await go(keeper, panel, "newcomers"), "approval")
    assert not (await layout(scene)).those("approval", True)


async def test_rules_by_command(scene: Scene, keeper: MemberActor) -> None:
    """Each option counts at once and shows its page; naming a role or the channel again takes it back."""
    helper, den = scene.guild.create_role("helper"), scene.guild.create_text_channel("den")
    named = {"moderators_channel": den, "moderator_role": helper, "newcomer_role": helper}
    numbers = {"newcomer_account_days": 3, "newcomer_member_days": 4, "trust_after": 5, "hold_hours": 6}
    answer = await keeper.slash(
        scene.channel, "setup rules", **named, **numbers, hold_above=7, held_most=2, appeals="Ask us"
    )
    assert "Moderators besides" in texts(message_of(answer))
    changed = read(answer.followups[-1].content)
    assert "how many orders of one member wait: 3 → 2" in changed
    assert f"the moderators' channel: none → <#{den.id}>" in changed
    rules = (await layout(scene)).guild.rules
    assert (rules.moderators_channel_id, rules.newcomer_role_id) == (str(den.id), str(helper.id))
    assert {name: getattr(rules, name) for name in numbers} == numbers
    assert (rules.hold_above, rules.appeals, rules.moderator_role_ids) == (7, "Ask us", (str(helper.id),))
    await keeper.slash(scene.channel, "setup rules", **named, hold_above=-1)
    rules = (await layout(scene)).guild.rules
    assert (rules.hold_above, rules.moderators_channel_id, rules.newcomer_role_id) == (None, None, None)
    assert rules.moderator_role_ids == ()
    shown = await keeper.slash(scene.channel, "setup channel", channel=den, music=True, approval=True)
    assert "Channels" in texts(message_of(shown))
    stands = await layout(scene)
    assert (stands.guild.rules.music_channel_ids, stands.those("approval", True)) == (
        (str(den.id),),
        [str(den.id)],
    )
    await keeper.slash(scene.channel, "setup channel", channel=den, music=False, approval=False)
    assert (await layout(scene)).guild.rules.music_channel_ids == ()
    ideas = scene.guild.create_forum_channel("ideas")  # posts in it are threads that it counts for
    await keeper.slash(scene.channel, "setup channel", channel=ideas, music=True)
    assert (await layout(scene)).guild.rules.music_channel_ids == (str(ideas.id),)


async def test_what_is_gone_is_said_and_taken_out(scene: Scene, keeper: MemberActor) -> None:
    """Deleted channels and roles and members who left; nothing breaks, nobody is a newcomer for ever."""
    den, helper = scene.guild.create_text_channel("den"), scene.guild.create_role("helper")
    panel = message_of(await keeper.slash(scene.channel, "setup start", page="channels"))
    panel = await pick(keeper, panel, "musicchannels", den)
    panel = await pick(keeper, await go(keeper, panel, "newcomers"), "newcomerrole", helper)
    panel = await pick(keeper, await go(keeper, panel, "screen"), "strict", den)
    await keeper.slash(scene.channel, "pot share", member=scene.bob, cap=5)
    await keeper.slash(scene.channel, "pot share", role=helper, cap=9)
    scene.env.backend.delete_channel(den.id)
    scene.env.backend.delete_role(scene.guild.id, helper.id)
    scene.guild.remove_member(scene.bob)
    await scene.env.settle()
    panel = await go(keeper, panel, "channels")
    assert "music can be made nowhere" in texts(panel)
    panel = await go(keeper, panel, "check")
    shown = texts(panel)
    assert f"A deleted channel ({den.id})" in shown
    assert f"A deleted role ({helper.id})" in shown
    assert f"<@{scene.bob.id}> has left" in shown
    pot = message_of(await keeper.slash(scene.channel, "pot show"))
    assert f"A deleted role ({helper.id})" in texts(pot)
    pot = message_of(await keeper.click(pot, label="Remove"))
    assert "pot-form" in texts(pot)
    assert "deleted role" not in texts(pot)
    assert (await layout(scene)).guild.rules.newcomer_role_id is None
    panel = await go(keeper, panel, "check")
    for gone in (f"channel{den.id}", f"member{scene.bob.id}"):
        panel = message_of(await keeper.click(panel, custom_id=f"rc1:setup-gone:{gone}"))
    assert "Everything that the settings name is there" in texts(panel)
    stands = await layout(scene)
    assert (stands.guild.rules.music_channel_ids, stands.guild.rules.newcomer_role_id) == ((), None)
    assert (stands.guild.money.shares, dict(stands.channels)) == ((), {})
    await keeper.slash(scene.channel, "settings", delivery="thread")
    scene.forbid("create_public_threads", "attach_files")
    panel = await go(keeper, panel, "channels")
    assert f"In <#{scene.channel.id}> I lack: Attach Files, Create Public Threads." in texts(panel)
    noted = await trail(scene).everything(Sought(guild_id=str(scene.guild.id), text="gone"))
    assert len(noted) >= 4


async def test_settings_go_from_file_to_file(scene: Scene, keeper: MemberActor) -> None:
    """What would change is shown first, and what this server does not know is left out; then it is done."""
    panel = message_of(await keeper.slash(scene.channel, "setup start", page="channels"))
    await pick(keeper, panel, "musicchannels", scene.channel)
    await keeper.slash(scene.channel, "settings", format="wav", delivery="thread")
    await keeper.slash(scene.channel, "screen add", rule="zonk")
    (file,) = message_of(await keeper.slash(scene.channel, "setup export")).attachments
    assert scene.requests("POST", "/callback")[-1].json["type"] == 5  # sending it may take long
    panel = await go(keeper, panel, "check")
    (same,) = message_of(await keeper.click(panel, label="Export")).attachments
    exported = json.loads(await file.read())
    assert json.loads(await same.read()) | {"at": exported["at"]} == exported

    unchanged = await keeper.slash(
        scene.channel, "setup import", file=("a.json", json.dumps(exported).encode())
    )
    assert "stands like that already" in texts(message_of(unchanged))
    exported["settings"]["format"] = "ogg"
    exported["settings"]["rules"]["hold_above"] = 11
    exported["settings"]["rules"]["music_channel_ids"] = [str(scene.channel.id), "1"]
    exported["settings"]["rules"]["moderator_role_ids"] = [str(scene.guild.id)]
    exported["settings"]["money"]["pot"]["amount"] = 77
    exported["settings"]["money"]["pot"]["zone"] = "Nowhere/Town"
    exported["channels"]["2"] = {"paused": True}
    exported["screen"][0]["texts"] = ["bazzle", "*"]
    content = json.dumps(exported).encode()
    shown = await keeper.slash(scene.channel, "setup import", file=("a.json", content))
    preview = message_of(shown)
    for expected in ("wav", "11", "77", "channel", "not in this server", "cannot have that value"):
        assert expected in texts(preview)
    assert "Rules for words: 1 new, 0 changed, 1 removed" in texts(preview)
    assert "it cannot be one" in texts(preview)
    assert (await layout(scene)).guild.format == "wav"
    await scene.restart()
    done = await keeper.click(preview, label="Apply")
    assert "4 settings changed" in texts(message_of(done))
    assert "want some of these words" in told(await scene.riff(scene.ada, "b-a-z-z-l-e"))
    assert not (await scene.riff(scene.ada, "zonk")).ephemeral
    stands = await layout(scene)
    assert (stands.guild.format, stands.guild.rules.hold_above, stands.guild.money.pot.amount) == (
        "ogg",
        11,
        77,
    )
    assert stands.guild.rules.moderator_role_ids == ()
    shown = await keeper.slash(scene.channel, "setup import", file=("a.json", content.replace(b"77", b"78")))
    left = await keeper.click(message_of(shown), label="Leave as it is")
    assert "as it was" in texts(message_of(left))
    exported["settings"]["rules"]["paused"] = True
    pausing = ("a.json", json.dumps(exported).encode())
    shown = await keeper.slash(scene.channel, "setup import", file=pausing)
    await keeper.click(message_of(shown), label="Apply")
    paused = told(await scene.riff(scene.ada))
    assert "paused in this server" in paused
    assert "They said" not in paused  # nobody gave a reason
    with pytest.MonkeyPatch.context() as gone:
        gone.setattr(discord.Attachment, "read", AsyncMock(side_effect=aiohttp.ClientError))
        answer = await keeper.slash(scene.channel, "setup import", file=("a.json", content))
        assert "Please send it again" in told(answer)
    for hostile in (b"{", b"[" * 100_000, b"\xff\xfe", b'{"riffcord": 2}', b" " * (FILE_MOST_BYTES + 1)):
        answer = await keeper.slash(scene.channel, "setup import", file=("a.json", hostile))
        assert "/setup export" in told(answer)


@pytest.mark.parametrize("who", ["ada", "mod"])
async def test_nobody_else_sets_the_server_up(scene: Scene, keeper: MemberActor, who: str) -> None:
    """Not by commands given away, nor by pages, buttons, menus and imports made up; each try is noted."""
    member: MemberActor = getattr(scene, who)
    await let_use(scene, member, "setup")
    shown = await keeper.slash(scene.channel, "setup import", file=("a.json", b'{"riffcord": 1}'))
    assert shown.ephemeral
    for command in ("setup start", "setup export"):
        assert "Manage Server" in told(await member.slash(scene.channel, command))
    ids = ("setup-next:pot", "setup-form:rules", "setup-gone:role1", "setup-apply:abc", "setup-export:any")
    for custom_id in ids:
        assert "Manage Server" in told(await forged(scene, member, f"rc1:{custom_id}"))
    assert [each[1] for each in await refused(scene)] == [
        "/setup start",
        "/setup export",
        *(f"button {each.partition(':')[0]}" for each in ids),
    ]
    assert (await layout(scene)).guild.rules.moderator_role_ids == ()


async def test_coming_and_going_is_noted(scene: Scene, keeper: MemberActor) -> None:
    """Sent away and invited again, noticed or not: what was decided stays, and the trail says it."""
    await keeper.slash(scene.channel, "settings", format="ogg")
    house = scene.backstage.house
    assert house is not None
    guild_id = str(scene.guild.id)
    await house.presence.only_in({guild_id}, mine=lambda _: True)
    await house.presence.only_in(set(), mine=lambda _: False)
    await house.presence.only_in(set(), mine=lambda _: True)
    await house.presence.came(guild_id, here=False)
    await house.presence.came(guild_id, here=True)
    noted = await trail(scene).everything(Sought(guild_id=guild_id, actor_id="bot"))
    assert [each.deed.action for each in noted] == ["left", "joined"]  # it was there before anybody looked
    assert (await layout(scene)).guild.format == "ogg"
    client: Any = scene.env.bot
    guild: discord.Guild = client.get_guild(scene.guild.id)
    await client.on_guild_remove(guild)
    await client.on_guild_join(guild)
    assert len(await trail(scene).everything(Sought(guild_id=guild_id, actor_id="bot"))) == 4
