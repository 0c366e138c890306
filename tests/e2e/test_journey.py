"""``/journey`` from the typed command to one track in the channel."""

from __future__ import annotations

from typing import Any

import pytest
from simcord.backend.errors import OptionError

from bot.jobs.recipes import Journey
from bot.jobs.states import State
from tests.e2e.scene import Scene, card_of, labels, read, take_id_of, told


async def asked(scene: Scene, **options: Any) -> Any:
    """Ada wants a journey."""
    wishes = {"prompt": "slow *jazz*", "prompt_b": "techno", "steps": 3, "seed": 5} | options
    return await scene.ada.slash(scene.channel, "journey", **wishes)


async def test_a_journey_is_seen_started_watched_and_heard(scene: Scene) -> None:
    """Its price is shown to one person, who starts it once; one card counts the steps, one take is heard."""
    offer = await asked(scene, denoising=0.5, seed_image="og_beat")
    assert offer.response.ephemeral
    card = card_of(offer.response)
    assert read(card.title) == "slow *jazz* → techno"
    assert read(card.description).startswith("This costs 6 credits.\nEach of the 3 steps")
    assert read(card.description).count("6 credits") == 1
    assert scene.host.runs == {}
    await scene.restart()
    started = await scene.press(scene.ada, offer.response, "Make it")
    assert started.response is None  # the preview is gone
    running = card_of(started.followups[0])
    assert "0 of 3 steps are ready" in read(running.description)
    assert running.footer.text == "Asked by Ada · 6 credits"
    await scene.jobs.step_until_idle()
    scene.clock.advance(3)
    await scene.report(status="succeeded")
    (message,) = scene.messages()
    assert "1 of 3 steps are ready" in read(card_of(message).description)
    scene.clock.advance(3)
    await scene.report(status="succeeded")
    (message,) = scene.messages()
    assert "3 steps" in read(card_of(message).description)
    assert "seed 5" in read(card_of(message).description)
    assert "More" in labels(message)
    take = await scene.take(message)
    assert isinstance(take.recipe, Journey)
    story = await scene.jobs.whole_story(take.job_id)
    assert [step.state for step in story.steps] == [State.DONE] * 3
    shown = await scene.ada.slash(scene.channel, "jobs show", job=take.job_id)
    assert "3. done · 2 credits" in read(str(card_of(shown.response).to_dict()))
    recipe = await scene.do(scene.ada, message, "recipe")
    assert "/journey prompt:slow" in read(str(card_of(recipe.response).description))
    again = await scene.press(scene.bob, message, "Re-roll")
    assert "This costs 6 credits." in read(card_of(again.response).description)
    given_up = await scene.press(scene.bob, again.response, "Cancel")
    assert given_up is not None
    assert await scene.jobs.check_books() == []


async def test_it_is_stopped_by_whoever_may(scene: Scene) -> None:
    """Without a price it begins at once; somebody else cannot stop it, a moderator stops all its steps."""
    scene.backstage.prices["engine"] = 0
    await scene.restart()
    ordered = await asked(scene)
    await scene.jobs.step_until_idle()
    refused = await scene.press(scene.bob, ordered.response.message, "Cancel")
    assert "moderator" in told(refused)
    await scene.press(scene.mod, ordered.response.message, "Cancel")
    await scene.jobs.step_until_idle()
    scene.clock.advance(3)
    await scene.jobs.step_until_idle()
    (message,) = scene.messages()
    assert "Nothing was charged" in read(card_of(message).description)
    assert all(run.ended for run in scene.host.runs.values())


async def test_what_is_missing_is_told(scene: Scene) -> None:
    """A step that fails is named on the card; two are left, so they are heard."""
    offer = await asked(scene)
    await scene.press(scene.ada, offer.response, "Make it")
    await scene.jobs.step_until_idle()
    await scene.report(status="failed")
    for _ in range(3):
        scene.clock.advance(6)
        await scene.report(status="succeeded")
    (message,) = scene.messages()
    assert "2 of 3 steps: the others could not be made" in read(card_of(message).description)
    assert (await scene.take(message)).id == take_id_of(message)


@pytest.mark.parametrize("steps", [2, 13])
async def test_bad_numbers_are_refused(scene: Scene, steps: int) -> None:
    """Discord itself keeps steps within 3 to 12."""
    with pytest.raises(OptionError):
        await asked(scene, steps=steps)


async def test_bad_words_are_refused(scene: Scene) -> None:
    """Both ends need words, and the picture one that there is."""
    refused = await asked(scene, prompt_b=" ")
    assert refused.response.ephemeral
    assert scene.messages() == []
    for option in ("prompt", "prompt_b"):
        found = await scene.ada.autocomplete(scene.channel, "journey", option, "jazz p")
        assert [each["value"] for each in found[:2]] == ["jazz p", "jazz piano trio in a small club"]
