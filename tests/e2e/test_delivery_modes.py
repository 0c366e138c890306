"""Where a channel wants its results: in a thread of each order, or first before its owner alone."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from simcord import InteractionResult

from bot.client import RiffcordClient
from bot.errors import NotAllowed
from bot.jobs.parcels import Delivery, Part, Posted
from bot.jobs.preferences import ChannelSettings
from bot.jobs.records import NOWHERE
from bot.jobs.service import Jobs
from bot.jobs.states import State
from bot.store.blobs import FolderBlobs
from tests.e2e.scene import Scene, card_of, labels, read, told

PREVIEW = ["Post it", "Discard", "Re-roll", "Recipe"]


async def wanting(scene: Scene, delivery: str) -> None:
    """A moderator sets it for the channel, as they do."""
    keeper = scene.guild.create_role("owner", permissions=discord.Permissions(manage_guild=True))
    boss = scene.guild.add_member(scene.env.create_user("boss", global_name="Boss"), roles=[keeper])
    await scene.env.settle()
    await boss.slash(scene.channel, "settings", delivery=delivery)
    house = scene.backstage.house
    assert house is not None
    settings = await house.choices.of(str(scene.guild.id), str(scene.channel.id))
    assert settings.channel == ChannelSettings.model_validate({"delivery": delivery})


def own(result: InteractionResult) -> Any:
    """What its owner sees of an answer."""
    assert result.response is not None
    return result.response.message


def thread_of(scene: Scene) -> Any:
    """The one thread of the channel."""
    (thread,) = scene.channel.threads
    return thread


async def test_each_order_gets_a_thread(scene: Scene, bot: tuple[RiffcordClient, Jobs]) -> None:
    """The card says where; the take lives there, its children as well; what was begun twice stands once."""
    await wanting(scene, "thread")
    ordered = await scene.riff(scene.ada, "w" * 300)
    await scene.play()
    thread = thread_of(scene)
    card = own(ordered)
    assert thread.id == card.id
    assert len(thread.name) == 100
    assert card_of(card).description == f"Ready: <#{thread.id}>"
    assert not card.attachments
    assert not labels(card)
    (posted,) = [each for each in thread.history(viewer=scene.mod) if each.attachments]
    (job,) = await scene.all_jobs()
    take = await scene.take(posted)
    assert (job.state, job.message_id) == (State.DONE, str(card.id))
    assert (take.channel_id, take.message_id) == (str(thread.id), str(posted.id))

    # a repeat, long after the nonce was forgotten, finds both the thread and the result
    scene.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160004)
    picture = FolderBlobs(scene.backstage.folder / "blobs")
    part = Part(take=take, sound=None, picture=await picture.path(take.picture))
    again = await bot[0].stage.deliver(job, Delivery(parts=(part,)))
    assert again == Posted(card_id=str(card.id), channel_id=str(thread.id), message_id=str(posted.id))
    assert len([each for each in thread.history(viewer=scene.mod) if each.attachments]) == 1

    rerolled = await scene.press(scene.bob, posted, "Re-roll")
    await scene.play()
    child = own(rerolled)
    assert child.channel.id == thread.id
    assert child.attachments
    assert thread_of(scene).id == thread.id


@pytest.mark.parametrize("code", [50013, 50024, 160006])
async def test_without_a_thread_the_result_stands_here(scene: Scene, code: int) -> None:
    """The first card in the channel tells why; the music is there either way."""
    await wanting(scene, "thread")
    for expected in (True, False):
        scene.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=code)
        message = await scene.result(scene.ada)
        assert message.attachments
        assert ("cannot open one here" in read(card_of(message).description)) is expected
    assert scene.channel.threads == []


async def test_a_preview_is_seen_by_its_owner_until_they_post_it(scene: Scene) -> None:
    """Card, progress and music are hers; a restart loses nothing; two presses post once, with all buttons."""
    await wanting(scene, "private")
    ordered = await scene.riff(scene.ada, "secret song")
    assert ordered.ephemeral
    assert labels(own(ordered)) == ["Cancel"]
    await scene.jobs.step_until_idle()
    scene.clock.advance(5)
    await scene.report(status="processing", progress=0.5)
    assert "50 %" in read(card_of(own(ordered)).description)
    await scene.restart()
    await scene.play()
    assert scene.messages() == []
    preview = own(ordered)
    assert labels(preview) == PREVIEW
    assert preview.attachments
    recipe = await scene.press(scene.ada, preview, "Recipe")
    assert "secret song" in str(card_of(recipe.response).description)
    (job,) = await scene.all_jobs()
    assert job.state is State.DONE
    assert job.interaction_token is None
    assert await scene.jobs.check_books() == []
    listed = {
        member: own(await member.slash(scene.channel, "jobs list")) for member in (scene.bob, scene.mod)
    }
    assert card_of(listed[scene.bob]).description == "Nothing plays here yet. Begin with /riff."
    assert "(private)" in read(card_of(listed[scene.mod]).description)
    assert "secret" not in read(card_of(listed[scene.mod]).description)
    take = await scene.take(preview)
    assert take.channel_id == NOWHERE
    look = discord.ui.Button[discord.ui.View](custom_id=f"rc1:recipe:{take.id}", label="x")
    where = scene.env.bot.get_partial_messageable(scene.channel.id)
    await where.send("old", view=discord.ui.View(timeout=None).add_item(look))
    (forged,) = scene.messages()
    assert told(await scene.bob.click(forged, custom_id=look.custom_id)).startswith("Only the")
    await scene.mod.delete(forged)

    posted = await scene.press(scene.ada, preview, "Post it")
    (message,) = scene.messages()
    assert read(own(posted).content).endswith(f"/{scene.channel.id}/{message.id}")
    assert labels(message)[:2] == ["Re-roll", "Vary slight"]
    assert message.attachments
    take = await scene.take(message)
    assert (take.channel_id, take.message_id) == (str(scene.channel.id), str(message.id))
    _, again = await scene.jobs.previews.post(take.id, actor_id=str(scene.ada.id))
    assert again.message_id == str(message.id)
    assert len(scene.messages()) == 1


async def test_late_previews_wait_behind_a_card(scene: Scene) -> None:
    """After a quarter of an hour a public card without words tells; only its owner opens it, and discards."""
    await wanting(scene, "private")
    await scene.riff(scene.ada, "secret song")
    scene.clock.advance(16 * 60)
    await scene.restart()
    await scene.play()
    (ready,) = scene.messages()
    assert labels(ready) == ["Open preview"]
    assert read(card_of(ready).description) == "Ordered by Ada, who alone can open it."
    assert told(await scene.press(scene.bob, ready, "Open preview")) == (
        "Only the person who ordered it can open this preview."
    )
    opened = await scene.press(scene.ada, ready, "Open preview")
    preview = own(opened)
    assert opened.ephemeral
    assert labels(preview) == PREVIEW
    assert preview.attachments
    take = await scene.take(preview)
    for deed in (scene.jobs.previews.post, scene.jobs.previews.discard):
        with pytest.raises(NotAllowed):
            await deed(take.id, actor_id=str(scene.mod.id))
    twin = own(await scene.press(scene.ada, ready, "Open preview"))
    await scene.press(scene.ada, preview, "Discard")
    assert not labels(own(opened))
    assert scene.messages() == []
    gone = await scene.press(scene.ada, twin, "Post it")
    assert told(gone).startswith("That riff was deleted")
    assert await scene.jobs.check_books() == []


async def test_private_orders_end_in_private(scene: Scene) -> None:
    """A failure is told to its owner; when that is no longer possible, a card without words tells."""
    await wanting(scene, "private")
    ordered = await scene.riff(scene.ada, "secret song")
    await scene.jobs.step_until_idle()
    await scene.report(status="failed", error="broke")
    assert not labels(own(ordered))
    assert scene.messages() == []
    await scene.riff(scene.ada, "secret song")
    scene.clock.advance(16 * 60)
    await scene.jobs.step_until_idle()
    await scene.report(status="failed", error="broke")
    (over,) = scene.messages()
    assert read(card_of(over).description).startswith("A private order of Ada ended without music")
    assert await scene.jobs.check_books() == []
