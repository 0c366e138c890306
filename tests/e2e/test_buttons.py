"""The buttons under results and cards, pressed by anyone, at any time."""

from __future__ import annotations

from typing import Any, cast

import discord
import pytest
from simcord import InteractionResult, MemberActor

from bot.errors import NotFound
from bot.jobs.recipes import Riff
from tests.e2e.scene import Scene, card_of, custom_ids, labels, read, told

TAKE_BUTTONS = ("Re-roll", "Vary slight", "Vary strong", "Edit prompt", "Extend", "Morph", "Like", "More")


async def test_anyone_may_re_roll(scene: Scene) -> None:
    """A new riff by the same recipe with a seed of its own, which says who asked and whose it came from."""
    first = await scene.result(scene.ada, prompt_b="church bells", denoising=0.4, steps=70)
    pressed = await scene.press(scene.bob, first, "Re-roll")
    assert pressed.response is not None
    assert not pressed.ephemeral
    assert pressed.response.id != first.id
    assert card_of(pressed.response).footer.text == "Asked by Bob · from Ada’s riff · 2 credits"
    order = (await scene.job(pressed)).order
    take = await scene.take(first)
    assert order.recipe == take.recipe.seeded(None)
    assert order.parent_take_id == take.id
    assert order.user_id == str(scene.bob.id)
    await scene.play()
    result = pressed.response.message
    assert labels(result) == list(TAKE_BUTTONS)
    assert card_of(result).footer.text == "Asked by Bob · from Ada’s riff"


@pytest.mark.parametrize(("button", "least", "most"), [("Vary slight", 0.05, 0.2), ("Vary strong", 0.2, 0.5)])
async def test_variations_stay_near_or_go_far(scene: Scene, button: str, least: float, most: float) -> None:
    """The recipe moves a little or a lot, and the seed stays, so the music is still known again."""
    first = await scene.result(scene.ada, prompt_b="church bells")
    pressed = await scene.press(scene.bob, first, button)
    take, order = await scene.take(first), (await scene.job(pressed)).order
    before, varied = take.recipe, order.recipe
    assert isinstance(before, Riff)
    assert isinstance(varied, Riff)
    assert least < abs(varied.denoising - before.denoising) < most
    assert least < abs(varied.alpha - before.alpha) < most
    assert varied.seed == before.seed == 7
    assert varied.texts == ("funky synth solo", "church bells")


async def test_results_of_buttons_have_buttons_too(scene: Scene) -> None:
    """A re-roll of a variation of a re-roll: a chain without end."""
    message: Any = await scene.result(scene.ada)
    for button in ("Re-roll", "Vary slight", "Vary strong", "Re-roll"):
        pressed = await scene.press(scene.bob, message, button)
        await scene.play()
        assert pressed.response is not None
        message = pressed.response.message
        assert labels(message) == list(TAKE_BUTTONS)


async def test_the_recipe_tells_everything_to_whoever_asks(scene: Scene) -> None:
    """All parameters, a command line to copy, and a link to the riff it came from; for this person alone."""
    first = await scene.result(scene.ada, prompt_b="bells", alpha=0.25, length_s=8.0)
    again = await scene.press(scene.bob, first, "Re-roll")
    await scene.play()
    assert again.response is not None
    pressed = await scene.do(scene.mod, again.response.message, "recipe")
    assert pressed.ephemeral
    card = card_of(pressed.response)
    fields = {field.name: read(field.value) for field in card.fields}
    assert fields == {
        "Prompt": "funky synth solo",
        "Second prompt": "bells",
        "Alpha": "0.25",
        "Denoising": "0.75",
        "Seed image": "`vibes`",
        "Steps": "50",
        "Seed": "`7`",
        "Length asked for": "8 s",
        "Host": "engine",
        "Comes from": "Ada’s riff: "
        f"https://discord.com/channels/{scene.guild.id}/{scene.channel.id}/{first.id}",
    }
    assert (
        "/riff prompt:funky synth solo prompt_b:bells alpha:0.25 denoising:0.75 seed_image:vibes steps:50 "
        "seed:7 length_s:8"
    ) in str(card.description)


async def test_the_recipe_of_the_longest_prompts_fits(scene: Scene) -> None:
    """Two prompts of 500 characters that are all markup still fit Discord's limits, whole."""
    first = await scene.result(scene.ada, "*" * 500, prompt_b="`" * 500)
    pressed = await scene.do(scene.bob, first, "recipe")
    card = card_of(pressed.response)
    assert "prompt:" + "*" * 500 in str(card.description)
    assert len(card) <= 6_000


async def test_a_deleted_parent_is_no_obstacle(scene: Scene) -> None:
    """The recipe says that the riff it came from is gone."""
    first = await scene.result(scene.ada)
    again = await scene.press(scene.bob, first, "Re-roll")
    await scene.play()
    await scene.delete(scene.ada, first)
    assert again.response is not None
    pressed = await scene.do(scene.bob, again.response.message, "recipe")
    assert card_of(pressed.response).fields[-1].value == "a riff that was deleted"


async def test_others_may_not_delete(scene: Scene) -> None:
    """A member's press on somebody else's riff changes nothing and says who can."""
    message = await scene.result(scene.ada)
    menu = await scene.press(scene.bob, message, "More")
    assert offered(menu) == ["recipe", "tree", "report"]
    answer = told(await press_id(scene, f"rc1:delete:{(await scene.take(message)).id}"))
    assert answer.startswith("Only the person who made this riff, or a moderator")
    asked = await press_id(scene, f"rc1:delete:{(await scene.take(message)).id}", by=scene.ada)
    assert told(asked).startswith("Delete “funky synth solo”")
    shown = await scene.press(scene.ada, message, "More")
    assert offered(shown) == ["recipe", "tree", "title", "delete"]
    asked = await scene.ada.select(cast("Any", shown.response), ["delete"])
    assert told(asked).startswith("Delete “funky synth solo” with its message")
    kept = await scene.ada.click(cast("Any", asked.response), label="Keep it")
    assert kept.acknowledged
    assert (await scene.take(message)).deleted is False
    assert message.id in [each.id for each in scene.messages()]


@pytest.mark.parametrize("who", ["ada", "mod"])
async def test_the_owner_and_moderators_may_delete(scene: Scene, who: str) -> None:
    """The message goes, and the stored sound with it."""
    message = await scene.result(scene.ada)
    kept = {path.name for path in (scene.backstage.folder / "blobs").rglob("*.*")}
    assert kept
    deleted = await scene.delete(getattr(scene, who), message)
    assert deleted.acknowledged
    assert scene.messages() == []
    assert not [path for path in (scene.backstage.folder / "blobs").rglob("*.*") if path.is_file()]
    with pytest.raises(NotFound):
        await scene.take(message)


async def test_a_copy_of_a_deleted_riff_answers_kindly(scene: Scene) -> None:
    """Buttons that outlive their take say that it was deleted."""
    message = await scene.result(scene.ada)
    scene.env.inject_error("DELETE", "/channels/*/messages/*", status=404, code=10008)
    await scene.delete(scene.ada, message)
    for button in TAKE_BUTTONS:
        assert told(await scene.press(scene.bob, message, button)).startswith("That riff was deleted")


async def test_every_button_works_after_a_restart(scene: Scene) -> None:
    """A process that never saw the message handles each of its buttons."""
    message = await scene.result(scene.ada)
    await scene.restart()
    for button in ("Re-roll", "Vary slight", "Vary strong"):
        pressed = await scene.press(scene.bob, message, button)
        assert card_of(pressed.response).footer.text == "Asked by Bob · from Ada’s riff · 2 credits"
        assert not pressed.ephemeral
    assert (await scene.do(scene.bob, message, "recipe")).ephemeral
    assert (await scene.press(scene.bob, message, "Edit prompt")).modal is not None
    await scene.delete(scene.ada, message)
    assert message.id not in [each.id for each in scene.messages()]


async def test_cancel_works_after_a_restart(scene: Scene) -> None:
    """The owner of a riff that was ordered before the restart stops it after."""
    ordered = await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    await scene.restart()
    assert ordered.response is not None
    answer = told(await scene.press(scene.ada, ordered.response.message, "Cancel"))
    assert answer.startswith("Stopping it.")
    await scene.jobs.step_until_idle()
    assert scene.host.cancelled == ["p0"]
    (message,) = scene.messages()
    assert read(card_of(message).description) == "Cancelled by Ada. Nothing was charged."
    assert custom_ids(message) == []


async def test_others_may_not_cancel_but_moderators_may(scene: Scene) -> None:
    """Cancel belongs to who ordered, and to moderators."""
    ordered = await scene.riff(scene.ada)
    assert ordered.response is not None
    card = ordered.response.message
    answer = told(await scene.press(scene.bob, card, "Cancel"))
    assert answer.startswith("Only the person who ordered this riff, or a moderator")
    assert told(await scene.press(scene.mod, card, "Cancel")).startswith("Stopping it.")
    await scene.jobs.step_until_idle()
    assert (await scene.all_jobs())[0].cancel_requested_by == str(scene.mod.id)
    assert await scene.jobs.check_books() == []


async def test_a_late_cancel_says_so(scene: Scene) -> None:
    """A press on a card that a slow phone still shows: the riff was done already."""
    ordered = await scene.riff(scene.ada)
    assert ordered.response is not None
    job = await scene.job(ordered)
    await scene.play()
    answer = told(await press_id(scene, f"rc1:cancel:{job.id}", by=scene.ada))
    assert answer == "It was over already."


STRANGE = [
    "rc0:reroll:abcdefgh12",
    "rc2:reroll:abcdefgh12",
    "rc1:remix:abcdefgh12",
    "riff:reroll:7",
    "x" * 100,
]
UNKNOWN = ["rc1:reroll:aaaaaaaaaaaaaaaaaaaaaa", "rc1:recipe:aaaaaaaa", "rc1:delete:a1a1a1a1a1"]


@pytest.mark.parametrize("custom_id", STRANGE)
async def test_strange_buttons_answer_kindly(scene: Scene, custom_id: str) -> None:
    """Old, newer and foreign ids get a sentence instead of a dead press."""
    assert told(await press_id(scene, custom_id)).startswith("This button comes from another version")


@pytest.mark.parametrize("custom_id", UNKNOWN)
async def test_unknown_takes_answer_kindly(scene: Scene, custom_id: str) -> None:
    """A well-formed id of a take that is not there."""
    assert told(await press_id(scene, custom_id)).startswith("That riff was deleted")


async def test_an_unknown_job_answers_kindly(scene: Scene) -> None:
    """A well-formed id of a job that is not there."""
    answer = told(await press_id(scene, "rc1:cancel:aaaaaaaaaaaaaaaaaaaaaa"))
    assert answer.startswith("That job is over or was never here.")


async def test_jobs_of_another_server_cannot_be_stopped_from_here(scene: Scene) -> None:
    """A moderator is one in their own server only."""
    ordered = await scene.riff(scene.ada)
    job = await scene.job(ordered)
    elsewhere = scene.env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("general")
    keeper = elsewhere.create_role("keeper", permissions=discord.Permissions(manage_messages=True))
    stranger = elsewhere.add_member(scene.env.create_user("eve"), roles=[keeper])
    answer = told(await stranger.slash(channel, "jobs cancel", job=job.id))
    assert answer.startswith("That belongs to another server")
    assert (await scene.jobs.get(job.id)).cancel_requested_by is None


def offered(menu: InteractionResult) -> list[str]:
    """What the one menu of an answer offers."""
    assert menu.ephemeral
    (row,) = cast("Any", menu.response).message.components
    return [option.value for option in row.children[0].options]


async def press_id(scene: Scene, custom_id: str, *, by: MemberActor | None = None) -> InteractionResult:
    """Press a button with this id on a message that the bot sent before it was started anew."""
    row = discord.ui.View(timeout=None)
    row.add_item(discord.ui.Button(label="old", custom_id=custom_id))
    channel = scene.env.bot.get_partial_messageable(scene.channel.id, guild_id=scene.guild.id)
    sent = await channel.send("old", view=row)
    await scene.restart()
    (message,) = [each for each in scene.messages() if each.id == sent.id]
    return await (by or scene.bob).click(message, custom_id=custom_id)
