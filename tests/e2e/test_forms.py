"""Forms: a riff with all its options, and the words of a take; what was typed wrong is not lost."""

from __future__ import annotations

from typing import Any, cast

from simcord import InteractionResult

from bot.jobs.preferences import Preset
from bot.jobs.recipes import Morph, Riff
from tests.e2e.scene import Scene, card_of, labels, read, told

LINES = "alpha 0.25\ndenoising: 0,6\nsteps 400\nseed=12"


def filled(shown: InteractionResult) -> dict[str, Any]:
    """What stands in the fields of a form that was shown."""
    assert shown.modal is not None
    found: dict[str, Any] = {}
    for row in cast("Any", shown.modal)["components"]:
        field = row.get("component") or row["components"][0]
        chosen = [each["value"] for each in field.get("options", []) if each.get("default")]
        found[field["custom_id"]] = field.get("value") or chosen or None
    return found


async def test_a_riff_is_filled_in_mended_and_played(scene: Scene) -> None:
    """The form has what was typed and asks for more; a mistake shows it again as it was; too much is told."""
    house = scene.backstage.house
    assert house is not None
    rain = Preset(name="Rain", prompt="lofi rain")
    await house.choices.put_preset(str(scene.guild.id), rain, actor_id="1")
    shown = await scene.ada.slash(scene.channel, "riff", prompt="rain", denoising=0.5, more=True)
    assert filled(shown)["prompt"] == "rain"
    assert filled(shown)["numbers"] == "denoising 0.5"
    typed = {"prompt": "piano", "preset": ["Rain"], "prompt_b": "bells", "seed_image": ["agile"]}
    wrong = await scene.ada.submit_modal(shown, {**typed, "numbers": "loudness 3"})
    assert told(wrong).startswith("A line of the numbers is not understood.")
    again = await scene.ada.click(cast("Any", wrong.response), label="Try again")
    assert filled(again) == {**typed, "numbers": "loudness 3"}
    ordered = await scene.ada.submit_modal(again, {**typed, "numbers": LINES})
    recipe = (await scene.job(ordered)).order.recipe
    assert recipe == Riff(
        prompt="piano, lofi rain",
        prompt_b="bells",
        seed_image="agile",
        alpha=0.25,
        denoising=0.6,
        steps=150,
        seed=12,
    )
    await scene.play()
    result = cast("Any", ordered.response).message
    assert "400 steps asked, 150 is the most" in read(card_of(result).description)
    long = await scene.riff(scene.ada, "x" * 501)
    assert told(long).startswith("prompt is 501 characters long; 500 is the most.")
    mended = await scene.ada.click(cast("Any", long.response), label="Try again")
    assert filled(mended)["prompt"] == "x" * 501
    await scene.restart()
    gone = await scene.ada.click(cast("Any", long.response), label="Try again")
    assert told(gone).startswith("What you typed is not kept any more.")


async def test_a_form_that_is_sent_too_late_is_given_back(scene: Scene) -> None:
    """After a restart, as after its time: what stands in it comes back as a file; no words, a sentence."""
    opened = await scene.riff(scene.ada, "piano", more=True)
    lyrics = await scene.ada.slash(scene.channel, "song")
    await scene.restart()
    late = await scene.ada.submit_modal(opened, {"prompt": "piano, at *dawn*", "seed_image": ["agile"]})
    assert told(late).startswith("This form is not open any more")
    (file,) = cast("Any", late.response).attachments
    assert "piano, at *dawn*" in (await file.read()).decode()
    empty = await scene.ada.submit_modal(lyrics, {"first": "", "rest": "", "skeleton": []})
    assert "Please open it again" in told(empty)
    assert await scene.all_jobs() == []
    form: Any = await scene.riff(scene.ada, "piano", more=True)
    await scene.ada.submit_modal(form, {"prompt": "piano", "numbers": "loudness 3"})
    form._interaction.modal_consumed = False  # as where Discord did not hear of our answer
    again = await scene.ada.submit_modal(form, {"prompt": "piano, again", "seed_image": ["agile"]})
    (file,) = cast("Any", again.response).attachments
    assert "piano, again" in (await file.read()).decode()


async def test_presets_are_offered_and_unknown_ones_told(scene: Scene) -> None:
    """Ours are there without any setting; one that is not there says so and is not lost."""
    offered = await scene.ada.autocomplete(scene.channel, "riff", "preset", "club")
    assert [choice["value"] for choice in offered] == ["Small club"]
    ordered = await scene.riff(scene.ada, "waltz", preset="small club")
    assert (await scene.job(ordered)).order.recipe.words.startswith("waltz, jazz piano trio")
    refused = await scene.riff(scene.ada, "waltz", preset="large club")
    assert told(refused).startswith("There is no preset of that name.")
    assert labels(cast("Any", refused.response).message) == ["Try again"]


async def test_words_are_edited_by_anyone_into_a_child(scene: Scene) -> None:
    """The form has the words of the take; what is sent is its child; an empty one is asked for again."""
    first = await scene.result(scene.ada, prompt_b="bells", denoising=0.4)
    take = await scene.take(first)
    shown = await scene.press(scene.bob, first, "Edit prompt")
    assert filled(shown)["prompt"] == "funky synth solo"
    typed = {**filled(shown), "prompt": "funky bass solo"}
    child = await scene.bob.submit_modal(shown, {name: value for name, value in typed.items() if value})
    order = (await scene.job(child)).order
    assert (order.parent_take_id, order.recipe.words) == (take.id, "funky bass solo")
    assert cast("Riff", order.recipe).denoising == 0.4
    cover = await scene.ada.slash(scene.channel, "morph cover", take=take.id, tags="techno")
    await scene.play()
    shown = await scene.press(scene.bob, cast("Any", cover.response).message, "Edit prompt")
    empty = await scene.bob.submit_modal(shown, {"tags": " "})
    again = await scene.bob.click(cast("Any", empty.response), label="Try again")
    edited = await scene.bob.submit_modal(again, {"tags": "house"})
    recipe = (await scene.job(edited)).order.recipe
    assert isinstance(recipe, Morph)
    assert (recipe.tags, recipe.transform) == ("house", "cover")


async def test_credits_and_hearts_stand_on_the_card(scene: Scene) -> None:
    """Who else's music it goes back to, a link to its parent, and how many like it, on the button."""
    first = await scene.result(scene.ada)
    second = await scene.press(scene.bob, first, "Re-roll")
    await scene.play()
    third = await scene.press(scene.mod, cast("Any", second.response).message, "Vary slight")
    await scene.play()
    result = cast("Any", third.response).message
    card = card_of(result)
    assert card.footer.text == "Asked by Mod · from Bob’s riff · with Ada"
    assert f"/{scene.channel.id}/{cast('Any', second.response).id})" in str(card.description)
    liked = await scene.press(scene.ada, result, "Like")
    assert next(each.content for each in liked.followups).startswith("You like it.")
    assert "1" in labels(scene.messages()[-1])
    await scene.press(scene.bob, scene.messages()[-1], "1")
    assert "2" in labels(scene.messages()[-1])
