"""Whose music others may use: asked, allowed, refused; by buttons and commands, across restarts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.library.lending import ANSWER_WITHIN
from tests.e2e.scene import Scene, card_of, labels, read, take_id_of, told
from tests.e2e.test_library import message_of, shelf


async def consent(scene: Scene, who: str) -> str:
    """Ada decides for all of her music."""
    return told(await scene.ada.slash(scene.channel, "privacy consent", who=who))


async def test_nobody_means_nobody_but_the_author(scene: Scene) -> None:
    """Buttons and commands of others are refused, moderators' too; the author's own work."""
    message = await scene.result(scene.ada)
    assert "nobody but you" in await consent(scene, "nobody")
    for button in ("Re-roll", "Vary slight"):
        assert "does not let others" in told(await scene.press(scene.mod, message, button))
    cover = await scene.bob.slash(scene.channel, "morph cover", take=take_id_of(message), tags="harp")
    assert "does not let others" in told(cover)
    own = await scene.press(scene.ada, message, "Re-roll")
    assert not own.ephemeral
    assert len(await scene.all_jobs()) == 2
    assert "server's own rule" in await consent(scene, "server")
    assert not (await scene.press(scene.bob, message, "Re-roll")).ephemeral


async def test_an_asked_author_allows(scene: Scene) -> None:
    """The question stands in the channel; after a restart only the author's yes orders it, as the asker's."""
    message = await scene.result(scene.ada)
    await consent(scene, "ask")
    asked = await scene.press(scene.bob, message, "Vary strong")
    question = message_of(asked)
    assert f"<@{scene.ada.id}>, Bob wants to make this from your music." in read(
        card_of(question).description
    )
    assert labels(question) == ["Allow", "Refuse"]
    assert len(await scene.all_jobs()) == 1
    await scene.restart()
    for other in (scene.bob, scene.mod):
        assert "Only the author" in told(await scene.press(other, question, "Allow"))
    assert "Only the author" in told(await scene.press(scene.mod, question, "Refuse"))
    await scene.press(scene.ada, question, "Allow")
    (running, _) = await scene.all_jobs()
    assert (running.order.user_name, running.message_id) == ("Bob", str(question.id))
    await scene.play()
    last = scene.messages()[-1]
    assert last.id == question.id
    assert card_of(last).footer.text == "Asked by Bob · from Ada’s riff"
    assert await scene.jobs.check_books() == []
    await moderators_wait_as_members(scene, message)


async def moderators_wait_as_members(scene: Scene, message: Any) -> None:
    """Whoever moderates when they ask may do so no more when they are answered."""
    asked = message_of(await scene.press(scene.mod, message, "Vary strong"))
    ask_id = asked.components[0].children[0].custom_id.split(":")[2]
    house = scene.backstage.house
    assert house is not None
    assert not (await house.consent.open_ask(ask_id)).order.member.moderates
    await scene.press(scene.mod, asked, "Refuse")


async def test_an_asked_author_refuses_or_is_late_or_the_asker_withdraws(scene: Scene) -> None:
    """Each ends the question kindly, and nothing is ordered; three questions may wait at once."""
    message = await scene.result(scene.ada)
    await consent(scene, "ask")

    async def ask() -> Any:
        return message_of(await scene.press(scene.bob, message, "Re-roll"))

    refused, withdrawn, late = [await ask() for _ in range(3)]
    assert "Three of your questions" in told(await scene.press(scene.bob, message, "Re-roll"))
    await scene.press(scene.ada, refused, "Refuse")
    await scene.press(scene.bob, withdrawn, "Refuse")
    shown = {each.id: read(card_of(each).description) for each in scene.messages()}
    assert shown[refused.id] == f"<@{scene.ada.id}> would rather not."
    assert shown[withdrawn.id].startswith("Withdrawn")
    scene.clock.advance((ANSWER_WITHIN + timedelta(seconds=1)).total_seconds())
    assert "its time is over" in told(await scene.press(scene.ada, late, "Allow"))
    assert len(await scene.all_jobs()) == 1


async def test_everyone_of_several_authors_is_asked(scene: Scene) -> None:
    """A re-roll of a cover is made from two takes: both authors are asked, one after the other."""
    message = await scene.result(scene.ada)
    cover = await scene.bob.slash(scene.channel, "morph cover", take=take_id_of(message), tags="harp")
    await scene.play()
    for author in (scene.ada, scene.bob):
        await author.slash(scene.channel, "privacy consent", who="ask")
    question = message_of(await scene.press(scene.mod, message_of(cover), "Re-roll"))
    assert f"<@{scene.bob.id}>" in str(card_of(question).description)
    await scene.press(scene.bob, question, "Allow")
    question = next(each for each in scene.messages() if each.id == question.id)
    assert f"<@{scene.ada.id}>" in str(card_of(question).description)
    assert len(await scene.all_jobs()) == 2
    await scene.press(scene.ada, question, "Allow")
    assert len(await scene.all_jobs()) == 3


async def test_one_take_can_be_lent_otherwise(scene: Scene) -> None:
    """Its author's choice for one take goes before the one for everything; nobody else chooses."""
    message = await scene.result(scene.ada)
    take_id = take_id_of(message)
    await consent(scene, "nobody")
    panel = await scene.ada.select(message_of(await shelf(scene, scene.ada, "mine")), [take_id])
    lent = await scene.ada.select(message_of(panel), ["anyone"], custom_id=f"rm1:lend:{take_id}")
    assert told(lent).startswith("From now on anyone")
    assert not (await scene.press(scene.bob, message, "Re-roll")).ephemeral
    await scene.ada.select(message_of(panel), ["default"], custom_id=f"rm1:lend:{take_id}")
    assert "does not let others" in told(await scene.press(scene.bob, message, "Re-roll"))
