"""``/morph`` beyond covers: what is seen before it is spent, files that members bring, forms and menus."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial
from typing import Any, cast

import numpy as np
import soundfile
from PIL import Image
from simcord import MemberActor

from bot.jobs.recipes import Morph, Riff, Span, UploadSource
from bot.safety.words import Rule
from bot.store.blobs import FolderBlobs
from bot.ui.desks import sources
from tests.e2e.scene import Scene, card_of, labels, read, take_id_of, told


def tone(seconds: float, kind: str = "wav", level: float = 0.3) -> bytes:
    """A note, as a file."""
    file = io.BytesIO()
    times = np.arange(int(seconds * 8_000)) / 8_000
    soundfile.write(file, level * np.sin(times * 2 * np.pi * 220), 8_000, format=kind.upper())
    return file.getvalue()


async def heard(scene: Scene) -> Any:
    """Ada's finished riff, whose sound is real: five seconds of it."""
    scene.host.tells_score = True
    message = await scene.result(scene.ada)
    take = await scene.take(message)
    path = await FolderBlobs(scene.backstage.folder / "blobs").path(take.audio or "")
    path.write_bytes(tone(5, "flac"))
    return message


async def morph(scene: Scene, command: str, **options: Any) -> Any:
    """Bob types a command of the group."""
    return await scene.bob.slash(scene.channel, f"morph {command}", **options)


def lines_of(shown: Any) -> list[str]:
    """What a preview says below the line about its source."""
    return read(card_of(shown.response).description).splitlines()[1:]


def bobs_files(scene: Scene) -> list[str]:
    """Files that were brought and are kept."""
    return sorted(path.name for path in (scene.backstage.folder / "blobs").rglob("brought.*"))


async def forget(scene: Scene, member: MemberActor) -> None:
    """A member wants everything of theirs deleted, and is sure."""
    sure = await member.slash(scene.channel, "privacy delete")
    await member.click(cast("Any", sure.response).message, label="Delete everything")


async def ordered(scene: Scene, placed: Any) -> Morph:
    """The morph behind a card that everybody sees."""
    assert not placed.ephemeral
    recipe = (await scene.job(placed)).order.recipe
    assert isinstance(recipe, Morph)
    return recipe


async def test_a_part_is_seen_before_it_is_made_anew(scene: Scene) -> None:
    """A picture with the cost, other times, a restart; then it is ordered once, by whom it was shown to."""
    first = await heard(scene)
    shown = await morph(scene, "inpaint", take=take_id_of(first), to="2.5", **{"from": "0:01"})
    assert shown.ephemeral
    assert lines_of(shown) == ["From 0:01 to 0:02.5 it is made anew.", "It costs 2 credits."]
    (attached,) = shown.response.attachments
    assert Image.open(io.BytesIO(await attached.read())).size == (1000, 440)
    message = shown.response.message
    assert labels(message) == ["Make it", "Change times", "Cancel"]
    form = await scene.press(scene.bob, message, "Change times")
    late = await scene.bob.submit_modal(form, {"from": "0:03", "to": "0:09"})
    assert told(late) == "to is 0:09, and the music ends at 0:05. Choose an earlier time."
    form = await scene.press(scene.bob, message, "Change times")
    await scene.bob.submit_modal(form, {"from": "0:03", "to": "5"})
    assert lines_of(shown)[0] == "From 0:03 to 0:05 it is made anew."
    assert len(await scene.all_jobs()) == 1
    await scene.restart()
    recipe = await ordered(scene, await scene.press(scene.bob, message, "Make it"))
    assert recipe.span == Span(replace_start_s=3.0, replace_end_s=5.0)
    await scene.play()
    (_, result) = scene.messages()
    assert read(card_of(result).title) == "Mended: funky synth solo"
    assert scene.host.sources == [(".json", b'{"of": "p0"}')]
    await scene.jobs.check_books()
    recipe_shown = await scene.do(scene.bob, result, "recipe")
    assert f"/morph inpaint take:{take_id_of(first)} from:0:03 to:0:05 strength:0.5" in str(
        card_of(recipe_shown.response).description
    )


async def test_everything_typed_for_a_part_reaches_the_host(scene: Scene) -> None:
    """By way of the preview, across new times: words, lines, both strengths and the seed."""
    take = take_id_of(await heard(scene))
    typed = {"tags": "harp", "lyrics": "one / two", "strength": 0.3, "weirdness": 0.8, "seed": 9}
    shown = await morph(scene, "inpaint", take=take, to="2", **{"from": "1"}, **typed)
    form = await scene.press(scene.bob, shown.response.message, "Change times")
    await scene.bob.submit_modal(form, {"from": "0:03", "to": "0:04"})
    await scene.press(scene.bob, shown.response.message, "Make it")
    await scene.play()
    asked = scene.host.wanted["p1"].model_dump()
    wishes = {
        "transform": "inpaint",
        "prompt_a": "harp",
        "lyrics": "one\ntwo",
        "normalized_variation_strength": 0.3,
        "normalized_weirdness": 0.8,
        "seed": 9,
        "replace_start_at": 3.0,
        "replace_end_at": 4.0,
    }
    assert {name: asked[name] for name in wishes} == wishes


async def test_what_is_carried_on_goes_on_from_its_end(scene: Scene) -> None:
    """Where nobody says, from the end; what is added makes the whole; without room or sense it is said."""
    first = await heard(scene)
    take = take_id_of(first)
    shown = await morph(scene, "extend", take=take, tags="harp", lyrics="one / two", strength=0.8)
    assert lines_of(shown)[0] == "Goes on from 0:05."
    longer = await morph(scene, "extend", take=take, at="0:04", longer="0:20", weirdness=0.3, seed=9)
    assert lines_of(longer)[0] == "Goes on from 0:04 for 0:20, 0:24 in all."
    form = await scene.press(scene.bob, longer.response.message, "Change times")
    assert form.modal is not None
    await scene.bob.submit_modal(form, {"at": "", "longer": "1:00"})
    assert lines_of(longer)[0] == "Goes on from 0:05 for 1:00, 1:05 in all."
    mistakes: list[tuple[dict[str, str], str]] = [
        ({"at": "soon"}, "at is not a time. Write it as 1:23, as 83 for seconds, or as 1:23.5."),
        ({"at": "0"}, "at must be later than the very beginning."),
        ({"at": "0:04", "longer": "0:03"}, "longer must lie between 0:06 and 3:56 here."),
        ({"longer": "9:00"}, "longer must lie between 0:05 and 3:55 here."),
    ]
    for options, sentence in mistakes:
        assert told(await morph(scene, "extend", take=take, **options)) == sentence
    recipe = await ordered(scene, await scene.press(scene.bob, shown.response.message, "Make it"))
    assert (recipe.span.crop_end_s, recipe.length_s, recipe.lyrics) == (5.0, None, "one\ntwo")
    recipe = await ordered(scene, await scene.press(scene.bob, longer.response.message, "Make it"))
    assert (recipe.span.crop_end_s, recipe.length_s, recipe.seed) == (5.0, 65.0, 9)


async def test_a_preview_is_its_owners_and_is_used_once(scene: Scene) -> None:
    """Somebody else's press, a second one, one after *Cancel* and one a day later are told so."""
    part = partial(morph, scene, "inpaint", take=take_id_of(await heard(scene)), to="2", **{"from": "1"})
    shown, again, old = await part(), await part(), await part()
    used = "That preview was used already, or is over a day old. Give the command again."
    scene.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    unheard = await scene.press(scene.bob, shown.response.message, "Make it")
    assert unheard.response is None  # the order stands all the same, and is not made twice
    assert len(await scene.all_jobs()) == 2
    assert told(await scene.press(scene.bob, shown.response.message, "Make it")) == used
    dropped = await scene.press(scene.bob, again.response.message, "Cancel")
    assert dropped.acknowledged
    assert again.response.content == "Nothing was made, and nothing was charged."
    unwanted = await part(tags="zonk")
    house = scene.backstage.house
    assert house is not None
    rule = Rule(id=0, kind="word", text="zonk", action="refuse")
    await house.screen_rules.add(str(scene.guild.id), [rule], actor_id="1", origin="hand")
    refused = await scene.press(scene.bob, unwanted.response.message, "Make it")
    assert refused.followups == []  # it stands in place of the preview, and gives the words back
    assert "want some of these words" in unwanted.response.content
    assert (labels(unwanted.response.message), unwanted.response.embeds) == (["Change it"], [])
    scene.clock.advance(90_000)
    assert told(await scene.press(scene.bob, old.response.message, "Make it")) == used
    assert len(await scene.all_jobs()) == 2


async def test_a_file_is_heard_seen_and_made_into_music(scene: Scene) -> None:
    """By what is in it, not by its name; it goes to the host as it came, and again on a re-roll."""
    shown = await morph(scene, "cover", tags="harp", file=("my *song*.exe", tone(3)))
    assert read(card_of(shown.response).description).splitlines() == [
        "Cover of my *song*.exe by Bob",
        "Your file is 0:03 long.",
        "It costs 2 credits.",
    ]
    assert labels(shown.response.message) == ["Make it", "Cancel"]
    placed = await scene.press(scene.bob, shown.response.message, "Make it")
    recipe = await ordered(scene, placed)
    assert isinstance(recipe.source, UploadSource)
    await scene.play()
    (result,) = scene.messages()
    assert "Cover of my *song*.exe by Bob" in read(card_of(result).description)
    again = await scene.press(scene.ada, result, "Re-roll")
    assert not again.ephemeral
    await scene.play()
    assert scene.host.sources == [(".wav", tone(3))] * 2
    assert bobs_files(scene) == ["brought.wav"]
    extended = await morph(scene, "extend", at="0:02", longer="0:30", file=("a.flac", tone(3, "flac")))
    assert lines_of(extended)[:2] == ["Goes on from 0:02 for 0:30, 0:32 in all.", "Your file is 0:03 long."]
    mended = await morph(scene, "inpaint", to="2", file=("a.ogg", tone(3, "ogg")), **{"from": "1"})
    assert lines_of(mended)[0] == "From 0:01 to 0:02 it is made anew."
    assert bobs_files(scene) == ["brought.flac", "brought.ogg", "brought.wav"]
    await scene.press(scene.bob, mended.response.message, "Cancel")
    assert bobs_files(scene) == ["brought.flac", "brought.wav"]
    remade = await scene.take(cast("Any", again.response).message)
    await forget(scene, scene.bob)
    assert "brought.wav" in bobs_files(scene)  # Ada's music was made from it
    assert scene.backstage.house is not None
    left = await scene.jobs.take(remade.id)
    assert isinstance(left.recipe.made_of, UploadSource)
    assert (left.recipe.made_of.name, left.recipe.made_of.user_name) == ("", "")
    await forget(scene, scene.ada)
    assert "brought.wav" not in bobs_files(scene)
    assert await scene.jobs.check_books() == []


async def test_a_file_that_cannot_be_used_is_refused_kindly(scene: Scene, monkeypatch: Any) -> None:
    """Nothing of it is kept or ordered; what our engine cannot do with recordings is said at once."""
    here: dict[str, Any] = {"tags": "harp"}
    for content, sentence in (
        (b"#!/bin/sh\nrm -rf /\n" * 9, "There is no music in that file."),
        (tone(3, level=0.0), "That file is silent from beginning to end."),
        (tone(1), "The file is shorter than 2 seconds."),
        (tone(241), "The file is longer than 4 minutes."),
    ):
        answered = await morph(scene, "cover", file=("song.mp3", content), **here)
        assert read(answered.response.content).startswith(sentence)
    both = await morph(scene, "cover", take="it", file=("song.wav", tone(3)), **here)
    assert told(both).startswith("Choose one riff of this server, or bring one file")
    sound = await morph(scene, "swap-sound", file=("song.wav", tone(3)), **here)
    assert told(sound).startswith("That needs music that was made here")
    monkeypatch.setattr(sources, "MAX_SOURCE_BYTES", 2 * 2**20)
    large = await morph(scene, "cover", file=("song.wav", bytes(3 * 2**20)), **here)
    assert told(large) == "The file is larger than 2 MB. Bring a smaller one."
    assert bobs_files(scene) == []
    assert await scene.all_jobs() == []


async def test_voices_and_sounds_are_swapped_where_players_are_known(scene: Scene) -> None:
    """Ordered at once from the score; without one, or without words, it is said what is missing."""
    first = await scene.result(scene.ada)
    await scene.play()
    told_why = await morph(scene, "swap-sound", take=take_id_of(first), tags="banjo")
    assert told(told_why).startswith("That needs music that was made here")
    scene.host.tells_score = True
    take = take_id_of(await scene.result(scene.ada, "church bells"))
    silent = await morph(scene, "swap-vocals", take=take, strength=0.2, seed=1)
    assert told(silent).startswith("Say in tags whose voice it is to be")
    sung: dict[str, Any] = {"lyrics": "la / la", "tags": "male"}
    voice = await ordered(scene, await morph(scene, "swap-vocals", take=take, **sung))
    assert (voice.lyrics, voice.strengths.sound_prompt) == ("la\nla", 0.5)
    voice = await ordered(scene, await morph(scene, "swap-vocals", take=take, strength=0.2, seed=1, **sung))
    assert (voice.seed, voice.strengths.sound_prompt) == (1, 0.2)
    sound = await morph(scene, "swap-sound", take=take, tags="banjo", strength=0.9, weirdness=0.1, seed=7)
    await scene.play()
    card = card_of(sound.response.message)
    assert read(card.title) == "New sound: banjo"
    shown = await scene.do(scene.ada, sound.response.message, "recipe")
    line = f"/morph swap-sound take:{take} tags:banjo strength:0.9 weirdness:0.1 seed:7"
    assert line in str(card_of(shown.response).description)
    scene.host.offers = replace(scene.host.offers, engine_extras=False)  # one that hears players itself
    brought = await morph(scene, "swap-sound", tags="harp", file=("song.wav", tone(3)))
    assert labels(brought.response.message) == ["Make it", "Cancel"]


async def test_music_is_taken_from_where_it_stands(scene: Scene) -> None:
    """*Recipe*, *Morph this* and *Riff on this* of a message; other messages and a host's loss are told."""
    first = await heard(scene)
    recipe = await scene.bob.context_menu(scene.channel, "Recipe", first)
    assert "/riff prompt:funky synth solo" in str(card_of(recipe.response).description)
    menu: Any = await scene.bob.context_menu(scene.channel, "Morph this", first)
    assert told(menu) == "What shall become of **funky synth solo**?"
    form = await scene.bob.select(menu.response.message, ["cover"])
    wrong: Any = await scene.bob.submit_modal(form, {"tags": "harp", "strength": "much"})
    assert told(wrong) == "strength is not a number. Please give one, for example 0.5."
    form = await scene.press(scene.bob, wrong.response.message, "Try again")
    assert "'value': 'much'" in str(form.modal)
    covered = await scene.bob.submit_modal(form, {"tags": "harp", "strength": "0,7", "lyrics": "la"})
    assert (await ordered(scene, covered)).strengths.cover == 0.7
    form = await scene.bob.select(menu.response.message, ["inpaint"])
    shown = await scene.bob.submit_modal(form, {"from": "1", "to": "0:02.5"})
    assert lines_of(shown)[0] == "From 0:01 to 0:02.5 it is made anew."
    form = await scene.bob.context_menu(scene.channel, "Riff on this", first)
    riffed = await scene.bob.submit_modal(form, {"prompt": "banjo"})
    order = (await scene.job(riffed)).order
    assert isinstance(order.recipe, Riff)
    assert order.recipe.like is not None
    assert order.parent_take_id == take_id_of(first)
    words = await scene.ada.send(scene.channel, "hello")
    for name in ("Recipe", "Morph this", "Riff on this"):
        answered = await scene.bob.context_menu(scene.channel, name, words)
        assert told(answered).startswith("There is no music of mine in this message.")
    scene.host.offers = replace(scene.host.offers, transforms=frozenset())
    gone = await scene.bob.select(menu.response.message, ["cover"])
    assert told(gone).startswith("No music host of this bot can make something else of a riff.")


async def test_only_what_a_host_can_do_is_offered(scene: Scene) -> None:
    """Commands, the menu of messages and the choices follow the hosts from the next start on."""
    scene.host.offers = replace(scene.host.offers, transforms=frozenset({"cover"}))
    first = await heard(scene)
    await scene.restart()
    assert [name for name in scene.bob.available_commands(scene.channel) if name.startswith("morph")] == [
        "morph cover"
    ]
    menu: Any = await scene.bob.context_menu(scene.channel, "Morph this", first)
    options = menu.response.components[0]["components"][0]["options"]
    assert [option["value"] for option in options] == ["cover"]


async def test_a_result_is_carried_on_and_morphed_by_its_buttons(scene: Scene) -> None:
    """A form or a choice from what the result says, by anyone; a deleted take is told."""
    first = await heard(scene)
    form = await scene.press(scene.bob, first, "Extend")
    shown: Any = await scene.bob.submit_modal(form, {"longer": "0:10", "tags": "harp"})
    assert lines_of(shown)[0] == "Goes on from 0:05 for 0:10, 0:15 in all."
    menu: Any = await scene.press(scene.mod, first, "Morph")
    form = await scene.mod.select(menu.response.message, ["swap_sound"])
    assert (await ordered(scene, await scene.mod.submit_modal(form, {"tags": "banjo"}))).tags == "banjo"
    await scene.jobs.delete_take(take_id_of(first), actor_id=str(scene.ada.id), is_moderator=False)
    for button in ("Extend", "Morph"):
        assert told(await scene.press(scene.bob, first, button)).startswith("That riff was deleted")
    late = await scene.press(scene.bob, shown.response.message, "Make it")
    assert told(late).startswith("The riff that this was to be made from was deleted.")
