"""Orders that wait, reports and ``/mod``: by every button, form, menu and command, and the wrong people."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from simcord import ChannelHandle, InteractionResult, MemberActor

from bot.jobs.preferences import changed
from bot.jobs.states import State
from bot.library.choices import Choices
from bot.library.house import House
from bot.moderation.deeds import Sought
from bot.store.notices import put_notice
from tests.e2e.languages import speak
from tests.e2e.scene import Scene, card_of, read, take_id_of, told
from tests.e2e.test_audit import forged, let_use, refused, trail
from tests.e2e.test_library import message_of


def house(scene: Scene) -> House:
    """The services of the running bot."""
    found = scene.backstage.house
    assert found is not None
    return found


async def rule(scene: Scene, **rules: Any) -> None:
    """Whoever manages the server decides."""

    def edit(settings: Any) -> Any:
        return changed(settings, "rules", {**settings.rules.model_dump(), **rules})

    await Choices(scene.backstage.database, scene.clock).edit_guild(
        str(scene.guild.id), "rules", edit, actor_id=str(scene.mod.id)
    )


@pytest.fixture
async def cave(scene: Scene) -> ChannelHandle:
    """A moderators' channel; every order that costs something waits."""
    channel = scene.guild.create_text_channel("cave")
    await rule(scene, moderators_channel_id=str(channel.id), hold_above=0, appeals="Write to <#5>.")
    return channel


async def cards(scene: Scene, cave: ChannelHandle) -> list[Any]:
    """What moderators are told, oldest first, once it was posted or edited."""
    await house(scene).telling.once()
    return [each for each in cave.history(viewer=scene.mod) if not each.flags.ephemeral]


def said(message: Any) -> str:
    """What a panel says, as a person reads it."""
    (box,) = message.components
    return read("\n".join(part.content for part in box.children if hasattr(part, "content")))


def buttons(message: Any) -> list[str]:
    """What stands on its buttons."""
    (box,) = message.components
    return [child.label for part in box.children for child in getattr(part, "children", ())]


async def deeds(scene: Scene) -> list[tuple[str, str | None]]:
    """Actions and reasons in the trail, oldest first, without settings."""
    found = await trail(scene).everything(Sought(guild_id=str(scene.guild.id)))
    return [(each.deed.action, each.deed.reason) for each in found if each.deed.action != "set"]


ENDS = ("decided against what you ordered", "was approved and is made now", "decided within 2 hours")
"""What a member is told of orders that were rejected, approved late, and not decided."""


async def told_alone(scene: Scene) -> list[str]:
    """What members were told by direct messages, oldest first, once it was sent."""
    await house(scene).telling.once()
    sent: list[dict[str, Any]] = [each.json or {} for each in scene.requests("POST", "/messages")]
    return [read(each["content"]) for each in sent if each.get("content") and not each.get("components")]


async def test_an_order_waits_and_is_approved(
    scene: Scene, cave: ChannelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card says so; moderators see all of it, also after a restart; one of two presses decides.

    Where the server has chosen no language, they read that of whoever ordered.
    """
    ordered = await scene.riff(scene.ada, "loud *bells*")
    shown = read(card_of(ordered.response).description)
    assert shown.startswith("Waits for this server’s moderators to say yes (its price).")
    assert shown.endswith("Set aside for it: 2 credits, given back if it is not made.")
    await scene.jobs.step_until_idle()
    assert (await scene.job(ordered)).state is State.HELD
    (card,) = await cards(scene, cave)
    stale = message_of(await look(scene, 0))
    for fact in ("loud", "2 credits", "Orders so far: 1 · approved 0", "its price"):
        assert fact in said(card)
    await scene.restart()
    pressed = await scene.mod.click(card, label="Approve")
    assert f"Approved by <@{scene.mod.id}>" in said(message_of(pressed))
    assert buttons(message_of(pressed)) == []
    for late in ("Approve", "Approve and trust", "Reject…"):
        assert f"<@{scene.mod.id}> has approved" in told(await scene.mod.click(stale, label=late))
    await scene.play()
    assert (await scene.all_jobs())[0].state is State.DONE
    (card,) = await cards(scene, cave)
    assert f"Approved by <@{scene.mod.id}>" in said(card)
    assert await scene.jobs.check_books() == []
    assert await deeds(scene) == [("approve", None)]
    speak(monkeypatch, "de")
    await scene.riff(scene.ada, "Glocken")
    speak(monkeypatch, "en-US")
    german = (await cards(scene, cave))[-1]
    assert "Wartet wegen: " in said(german)
    facts = {"percent": 60, "left": 2, "whole": 5, "at": 0}
    async with scene.backstage.database.begin() as connection:
        told_at = scene.clock.now()
        guild_id = str(scene.guild.id)
        await put_notice(connection, guild_id=guild_id, key="k", kind="pot", facts=facts, at=told_at)
    warning = (await cards(scene, cave))[-1]
    assert "Of what is used, 2 credits are only set aside for orders that wait" in said(warning)
    pressed = await scene.mod.click(german, label=buttons(german)[0])
    assert f"Genehmigt von <@{scene.mod.id}>" in said(message_of(pressed))


async def look(scene: Scene, place: int) -> InteractionResult:
    """The moderator looks at what stands at this place of ``/mod queue``."""
    queue = message_of(await scene.mod.slash(scene.channel, "mod queue"))
    (menu,) = [
        child
        for part in queue.components[0].children
        for child in getattr(part, "children", ())
        if getattr(child, "custom_id", "") == "rm1:queue:any"
    ]
    return await scene.mod.select(queue, [menu.options[place].value], custom_id="rm1:queue:any")


async def test_orders_are_rejected_cancelled_late_or_trusted(scene: Scene, cave: ChannelHandle) -> None:
    """By a reason from the queue, by the member, by time; and whoever is trusted waits no more."""
    await rule(scene, hold_hours=2, held_most=4)
    wishes: list[InteractionResult] = []
    for number in range(4):
        wishes.append(await scene.riff(scene.ada, f"wish {number}"))
        scene.clock.advance(1)
    cancelled = wishes[1]
    assert "4 of your orders wait" in told(await scene.riff(scene.ada, "wish 4"))
    assert len(await cards(scene, cave)) == 4
    form = await scene.mod.click(message_of(await look(scene, 0)), label="Reject…")
    answered = await scene.mod.submit_modal(form, {"reason": "Too *loud*"})
    assert "They were told: Too *loud*" in said(message_of(answered))
    assert ["rejected 1" in said(card) for card in await cards(scene, cave)] == [True] * 4
    assert "Stopping it" in told(await scene.press(scene.ada, message_of(cancelled), "Cancel"))
    card = (await cards(scene, cave))[3]
    scene.clock.advance(3_700)
    await scene.mod.click(card, label="Approve and trust")
    shown = next(each for each in scene.messages() if each.id == message_of(wishes[3]).id)
    assert "Waits for" not in str(card_of(shown).description)
    free = await scene.riff(scene.ada, "another wish")
    assert (await scene.job(free)).state is State.QUEUED
    scene.clock.advance(2 * 3_600 + 1)
    await scene.play()
    descriptions = [read(card_of(each).description) for each in scene.messages()]
    states = {job.order.recipe.words: job.state for job in await scene.all_jobs()}
    assert [states[f"wish {number}"] for number in range(4)] == [
        *(State.REJECTED, State.CANCELLED, State.REJECTED, State.DONE),
    ]
    ends = [text for text in descriptions if "moderator" in text]
    assert any("They said: Too *loud*\nWrite to <#5>." in text for text in ends)
    assert any("No moderator decided within 2 hours" in text for text in ends)
    assert [action for action, _ in await deeds(scene)] == ["reject", "approve", "trust", "expire"]
    shown = [said(each) for each in await cards(scene, cave)]
    verdicts = ("Rejected by", "Cancelled by", "Nobody decided in time", "Approved by")
    assert all(verdict in text for verdict, text in zip(verdicts, shown, strict=True))
    heard = await told_alone(scene)
    assert [next(each for each in ENDS if each in text) for text in heard] == list(ENDS)
    assert heard[0].endswith("They said: Too *loud*\nWrite to <#5>.")
    assert await scene.jobs.check_books() == []
    assert "Nothing waits" in said(message_of(await scene.mod.slash(scene.channel, "mod queue")))


async def test_a_take_is_reported(scene: Scene, cave: ChannelHandle) -> None:
    """From both menus, on one card for all; dismissed, then its author blocked and it deleted everywhere."""
    await rule(scene, hold_above=None)
    message = await scene.result(scene.ada)
    form = await scene.do(scene.bob, message, "report")
    assert "have been told" in told(await scene.bob.submit_modal(form, {"reason": "It is *mine*"}))
    form = await scene.mod.context_menu(scene.channel, "Report", message)
    assert "report too" in told(await scene.mod.submit_modal(form, {"reason": "Indeed"}))
    form = await scene.do(scene.bob, message, "report")
    assert "reported this before" in told(await scene.bob.submit_modal(form, {"reason": "again"}))
    (card,) = await cards(scene, cave)
    assert "It is *mine*" in said(card)
    assert "Indeed" in said(card)
    await scene.mod.click(message_of(await look(scene, 0)), label="Dismiss")
    late = await scene.mod.click(card, label="Delete take")
    assert "has dismissed" in str(late.followups[-1].content)
    kit = scene.guild.add_member(scene.env.create_user("kit"))
    form = await scene.do(kit, message, "report")
    await scene.restart()
    form = await scene.do(kit, message, "report")
    assert "have been told" in told(await kit.submit_modal(form, {"reason": "stolen"}))
    again = (await cards(scene, cave))[1]
    await scene.riff(scene.ada, "in line")
    blocked = await scene.mod.click(again, label="Block author")
    assert "1 waiting order was taken back" in said(message_of(blocked))
    barred = told(await scene.riff(scene.ada))
    assert "Write to <#5>." in barred
    copy = message_of(await scene.bob.slash(scene.channel, "library play", take=take_id_of(message)))
    await scene.mod.click((await cards(scene, cave))[1], label="Delete take")
    left = {each.id for each in scene.messages()}
    assert not {message.id, copy.id} & left
    assert "was deleted" in told(await forged(scene, scene.bob, f"rc1:more:{take_id_of(message)}"))
    heard = await told_alone(scene)
    assert "have blocked you" in heard[0]
    assert "deleted something that you made" in heard[1]
    assert len(heard) == 2
    assert "stolen" not in " ".join([barred, *heard])  # what whoever reported it wrote is for moderators
    assert [action for action, _ in await deeds(scene)] == [
        *("report", "report", "dismiss", "report", "cancel", "block", "refused", "delete"),
    ]


async def test_members_channels_and_the_server(scene: Scene) -> None:
    """Every command of ``/mod``, and what members read then."""
    here = scene.channel

    async def mod(command: str, **options: Any) -> str:
        return told(await scene.mod.slash(here, f"mod {command}", **options))

    async def wish() -> str:
        ordered = await scene.riff(scene.ada)
        scene.clock.advance(1)
        return told(ordered) if ordered.ephemeral else "ordered"

    in_line = await scene.riff(scene.ada, "in line")
    blocked = await mod("block", member=scene.ada, reason="spam")
    assert "is blocked" in blocked
    assert "1 waiting order was taken back" in blocked
    await scene.jobs.step_until_idle()
    shown = next(each for each in scene.messages() if each.id == message_of(in_line).id)
    assert f"Cancelled by <@{scene.mod.id}>" in read(card_of(shown).description)
    assert (await wish()).endswith("They said: spam")
    assert "is blocked" in await mod("trust", member=scene.ada)
    (offered,) = await scene.mod.autocomplete(here, "mod unblock", "member", "ad")
    assert offered["name"] == "Ada · blocked"
    assert "may order again" in await mod("unblock", member=offered["value"], reason="sorry")
    assert "Nobody of that name" in await mod("unblock", member="Ada")
    assert await wish() == "ordered"
    offered_s = await scene.mod.autocomplete(here, "mod mute", "duration", "1")
    assert [each["value"] for each in offered_s] == ["10m", "1h", "1d", "1w"]
    assert "1 waiting order" in await mod("mute", member=scene.ada, duration="30m", reason="calm")
    assert (await wish()).endswith("They said: calm")
    assert "is a number with m, h, d or w" in await mod("mute", member=scene.ada, duration="soon")
    scene.clock.advance(1_800)
    assert [await wish(), await wish()] == ["ordered"] * 2
    assert "60 seconds" in await mod("slow", seconds=60, member=scene.ada, reason="calm")
    assert "Slow mode" in await wish()
    assert "waits no longer" in await mod("slow", seconds=0, member=scene.ada)
    assert "everybody now waits 90" in await mod("slow", seconds=90, channel=scene.channel)
    assert "Slow mode" in await wish()
    assert "nobody waits" in await mod("slow", seconds=0)
    assert "not both" in await mod("slow", seconds=5, member=scene.ada, channel=scene.channel)
    assert f"Paused in <#{here.id}>" in await mod("pause", where="here", reason="night")
    assert (await wish()).endswith("paused in this channel. Nothing was charged.\nThey said: night")
    await mod("pause", where="server", reason="night")
    assert "whole server is paused" in await mod("resume", where="here", reason="day")
    assert "paused in this server" in await wish()
    await mod("resume", where="server")
    assert "is trusted" in await mod("trust", member=scene.ada, trusted=True, reason="kind")
    assert "not trusted" in await mod("trust", member=scene.ada, trusted=False)
    assert "No moderators’ channel is set" in said(message_of(await scene.mod.slash(here, "mod queue")))
    assert "about yourself" in await mod("block", member=scene.mod)
    robot = scene.guild.add_member(scene.env.create_user("robot", bot=True))
    assert "is a bot" in await mod("block", member=robot)
    await scene.play()
    asked = await scene.mod.slash(here, "mod purge", member=scene.ada)
    await scene.mod.click(message_of(asked), label="Keep it")
    running = await scene.riff(scene.ada, "in the making")
    asked = await scene.mod.slash(here, "mod purge", member=scene.ada)
    await scene.mod.click(message_of(asked), label="Delete everything")
    await scene.restart()
    assert await house(scene).takedown.go_on() == 2
    await scene.jobs.step_until_idle()
    assert (await scene.job(running)).state is State.CANCELLED
    assert await scene.jobs.takes_in(str(here.id)) == []
    actions = [action for action, _ in await deeds(scene)]
    assert actions == [
        *("cancel", "block", "refused", "unblock", "cancel", "mute", "refused", "slow", "slow"),
        *("trust", "distrust", "purge", "cancel"),
    ]
    assert ("mute", "calm") in await deeds(scene)


async def test_the_wrong_people_decide_nothing(scene: Scene, cave: ChannelHandle) -> None:
    """A member, one who was a moderator, one of another server, and made-up buttons: refused, and noted."""
    await scene.riff(scene.ada, "wish")
    (card,) = await cards(scene, cave)
    await let_use(scene, scene.bob, "mod")
    sentence = "Only moderators of this server"
    for label in ("Approve", "Approve and trust", "Reject…"):
        assert sentence in told(await scene.bob.click(card, label=label))
    given: list[tuple[str, dict[str, Any]]] = [
        ("block", {"member": scene.ada}),
        ("unblock", {"member": "Ada"}),
        ("mute", {"member": scene.ada, "duration": "1h"}),
        ("slow", {"seconds": 5}),
        ("pause", {}),
        ("resume", {}),
        ("purge", {"member": scene.ada}),
        ("trust", {"member": scene.ada}),
        ("queue", {}),
    ]
    for command, options in given:
        assert sentence in told(await scene.bob.slash(scene.channel, f"mod {command}", **options))
    assert await scene.bob.autocomplete(scene.channel, "mod unblock", "member", "") == []
    (job,) = await scene.all_jobs()
    assert sentence in told(await forged(scene, scene.bob, f"rc1:purge-yes:{scene.ada.id}"))
    assert "There is no such order" in told(await forged(scene, scene.mod, "rc1:hold-yes:madeup"))
    unknown = await forged(scene, scene.mod, "rc1:report-delete:madeup")
    assert "There is no such report" in read(unknown.followups[-1].content)
    form = await scene.mod.click(card, label="Reject…")
    roles = scene.env.backend.guilds[scene.guild.id].roles.values()
    (keeper,) = [each for each in roles if each.name == "keeper"]
    scene.env.backend.edit_role(scene.guild.id, keeper.id, {"permissions": 0})
    assert sentence in told(await scene.mod.submit_modal(form, {"reason": "late"}))
    stranger = strange_moderator(scene)
    elsewhere = stranger[1]
    row = discord.ui.View(timeout=None)
    row.add_item(discord.ui.Button(label="x", custom_id=f"rc1:hold-yes:{job.id}"))
    await scene.env.bot.get_partial_messageable(elsewhere.id, guild_id=stranger[2]).send("x", view=row)
    message = elsewhere.history(viewer=stranger[0])[-1]
    answered = await stranger[0].click(message, custom_id=f"rc1:hold-yes:{job.id}")
    assert "another server" in told(answered)
    assert (await scene.jobs.get(job.id)).state is State.HELD
    tried = {(who, what) for who, what, _, _ in await refused(scene)}
    presses = {(str(scene.bob.id), f"button {what}") for what in ("hold-yes", "hold-trust", "hold-no")}
    assert presses <= tried
    assert (str(scene.bob.id), "/mod block") in tried
    assert (str(scene.mod.id), "form") in tried
    noted = await trail(scene).everything(Sought(guild_id=str(stranger[2]), action="refused"))
    assert [(each.deed.subject, each.deed.after) for each in noted] == [("button hold-yes", job.id)]


def strange_moderator(scene: Scene) -> tuple[MemberActor, ChannelHandle, int]:
    """A moderator of another server with the same bot."""
    guild = scene.env.create_guild("Elsewhere")
    keeper = guild.create_role("keeper", permissions=discord.Permissions(manage_messages=True))
    eve = guild.add_member(scene.env.create_user("eve"), roles=[keeper])
    return eve, guild.create_text_channel("there"), guild.id


async def test_a_lost_channel_and_a_barred_asker_are_told(scene: Scene, cave: ChannelHandle) -> None:
    """Where moderators cannot be told, the queue says so; an author's yes does not help who is blocked."""
    await rule(scene, moderators_channel_id="77")
    await scene.riff(scene.ada, "wish")
    kit = scene.guild.add_member(scene.env.create_user("kit"))
    scene.clock.advance(1)
    await scene.riff(kit, "wish of one who leaves")
    scene.guild.remove_member(kit)
    assert "has left this server" in said(message_of(await look(scene, 1)))
    assert "has left" not in said(message_of(await look(scene, 0)))
    queue = message_of(await scene.mod.slash(scene.channel, "mod queue"))
    assert "moderators’ channel is not there any more" in said(queue)
    assert await cards(scene, cave) == []
    await rule(scene, moderators_channel_id=str(cave.id), hold_above=None)
    assert len(await cards(scene, cave)) == 2
    form: Any = await scene.mod.select(queue, [str(kit.id)], custom_id="rm1:queue-all:any")
    late: Any = await scene.mod.select(queue, [str(kit.id)], custom_id="rm1:queue-all:any")
    rejected = await scene.mod.submit_modal(form, {"reason": "gone"})
    assert form.modal["title"] == "Reject all that waits of kit"
    assert f"1 waiting order of <@{kit.id}> was rejected" in read(rejected.followups[-1].content)
    assert "They were told: gone" in said((await cards(scene, cave))[1])
    nothing = await scene.mod.submit_modal(late, {"reason": "gone"})
    assert read(nothing.followups[-1].content) == f"Nothing of <@{kit.id}> waits any more."  # but of others
    message = await scene.result(scene.ada)
    await scene.ada.slash(scene.channel, "privacy consent", who="ask")
    question = message_of(await scene.press(scene.bob, message, "Re-roll"))
    await scene.mod.slash(scene.channel, "mod block", member=scene.bob)
    assert "Whoever asked you" in told(await scene.press(scene.ada, question, "Allow"))
