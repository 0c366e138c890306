"""``/library`` and ``/tree`` from the typed command to what is seen, and who may do what."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from typing import Any

import discord
import pytest
from PIL import Image
from simcord import InteractionResult, MemberActor

from bot.ui import exporting
from tests.e2e.scene import Scene, card_of, custom_ids, read, take_id_of, told


def message_of(result: InteractionResult) -> Any:
    """The message that answers."""
    assert result.response is not None
    return result.response.message


def buttons_of(message: Any) -> list[str]:
    """What stands on a message's buttons; it may have menus as well."""
    parts = [part for row in message.components for part in row.children]
    return [part.label for part in parts if isinstance(part, discord.Button) and part.label]


async def shelf(scene: Scene, member: MemberActor, command: str, **options: Any) -> InteractionResult:
    """What a /library command shows to this person alone."""
    answer = await member.slash(scene.channel, f"library {command}", **options)
    assert answer.ephemeral
    return answer


def names_on(answer: Any) -> list[str]:
    """The names of the takes of a page, as a person reads them."""
    lines = read(card_of(answer).description).splitlines()
    return [line.partition("[")[2].partition("]")[0] for line in lines if line.startswith("**")]


async def search(scene: Scene, **options: Any) -> list[str]:
    """What Bob finds."""
    return names_on((await shelf(scene, scene.bob, "search", **options)).response)


async def test_shelves_pages_and_search(scene: Scene) -> None:
    """Newest first, eight a page, buttons that outlive a restart; words, tempo and key narrow."""
    for number in range(9):
        await scene.result(scene.ada, f"riff number {number}", length_s=5)
        scene.clock.advance(60)
    await scene.result(scene.bob, "bossa nova")
    page = await shelf(scene, scene.ada, "mine")
    assert names_on(page.response) == [f"riff number {number}" for number in range(8, 0, -1)]
    await scene.restart()
    page = await scene.ada.click(message_of(page), label="More")
    assert names_on(page.response) == ["riff number 0"]
    assert card_of(page.response).footer.text == "Page 2"
    page = await scene.ada.click(message_of(page), label="Back")
    assert len(names_on(page.response)) == 8
    assert names_on((await shelf(scene, scene.ada, "channel")).response)[0] == "bossa nova"
    assert read(card_of((await shelf(scene, scene.ada, "favourites")).response).description).startswith(
        "Nothing yet."
    )
    assert await search(scene, words="NUMBER 3") == ["riff number 3"]
    assert await search(scene, words="ada riff", style="number 4") == ["riff number 4"]
    assert await search(scene, style="bossa", tempo_from=90, tempo_to=92) == ["bossa nova"]
    assert await search(scene, style="bossa", tempo_from=100) == []
    assert await search(scene, key="Eb minor") == []
    assert len(await search(scene, key="a moll")) == 8
    assert await search(scene, words="100%_") == []
    found = await shelf(scene, scene.bob, "search", words="number")
    assert names_on((await scene.bob.click(message_of(found), label="More")).response) == ["riff number 0"]
    wrong = await scene.bob.slash(scene.channel, "library search", key="loud")
    assert told(wrong).startswith("That is no key.")


async def test_a_take_is_picked_liked_named_played_and_deleted(scene: Scene) -> None:
    """The whole way through one take's panel, by its author; the posted copy has working buttons."""
    message = await scene.result(scene.ada, "funky *solo*")
    take = await scene.take(message)
    page = await shelf(scene, scene.ada, "mine")
    panel = await scene.ada.select(message_of(page), [take.id])
    assert buttons_of(message_of(panel)) == ["Play again", "Like", "Family", "Rename", "Delete"]
    assert "You like it." in told(await scene.press(scene.ada, message_of(panel), "Like"))
    assert names_on((await shelf(scene, scene.ada, "favourites")).response) == ["funky *solo*"]
    bobs = await scene.bob.select(message_of(await shelf(scene, scene.bob, "channel")), [take.id])
    assert buttons_of(message_of(bobs)) == ["Play again", "Like", "Family"]
    liked = await scene.press(scene.bob, message_of(bobs), "Like")
    assert "You and one other" in next(str(each.content) for each in liked.followups)
    assert buttons_of(message_of(bobs)) == ["Play again", "2", "Family"]
    assert "♥ 2 (you)" in read(card_of((await shelf(scene, scene.bob, "channel")).response).description)
    no_longer = await scene.press(scene.bob, message_of(bobs), "2")
    assert "one other does" in next(str(each.content) for each in no_longer.followups)
    assert "♥ 1" in read(card_of((await shelf(scene, scene.bob, "channel")).response).description)
    modal = await scene.press(scene.ada, message_of(panel), "Rename")
    assert "“Night train”" in told(await scene.ada.submit_modal(modal, {"title": " Night  train "}))
    assert await search(scene, words="night train") == ["Night train"]
    played = await scene.press(scene.bob, message_of(bobs), "Play again")
    (_, again) = scene.messages()
    assert not played.ephemeral
    assert read(card_of(again).title) == "Night train"
    assert [file.filename for file in again.attachments] == ["Night-train.mp3", "picture.png"]
    assert custom_ids(again) == custom_ids(message)
    remade = await scene.press(scene.bob, again, "Re-roll")
    await scene.play()
    await scene.bob.slash(scene.channel, "library play", take=take_id_of(message_of(remade)))
    *_, child, copy = scene.messages()
    assert "by Ada" in read(card_of(copy).description)
    assert card_of(copy).description == card_of(child).description
    assert card_of(copy).footer.text == card_of(child).footer.text
    await scene.delete(scene.bob, child)
    await scene.env.settle()
    assert not {child.id, copy.id} & {each.id for each in scene.messages()}
    asked = await scene.press(scene.ada, message_of(panel), "Delete")
    assert told(asked).startswith("Delete “Night train”")
    await scene.press(scene.ada, message_of(asked), "Delete it")
    assert [each.id for each in scene.messages()] == []
    gone = await scene.press(scene.bob, message_of(bobs), "Play again")
    assert "deleted" in told(gone)
    assert await scene.jobs.check_books() == []


async def test_commands_do_the_same_and_know_whose_it_is(scene: Scene) -> None:
    """Play, rename and delete by command; others may not, moderators may; fitting words will do."""
    message = await scene.result(scene.ada, "lofi rain")
    await scene.result(scene.bob, "techno")
    take_id = take_id_of(message)
    offered = await scene.bob.autocomplete(scene.channel, "library play", "take", "RAIN ada")
    assert offered == [{"name": "lofi rain · Ada · 0:05", "value": take_id}]
    assert await scene.bob.autocomplete(scene.channel, "library rename", "take", "rain") == []
    mine = await scene.ada.autocomplete(scene.channel, "library rename", "take", "")
    assert [choice["value"] for choice in mine] == [take_id]
    mods = await scene.mod.autocomplete(scene.channel, "library delete", "take", "rain")
    assert [choice["value"] for choice in mods] == [take_id]
    await scene.bob.slash(scene.channel, "library play", take="rain")
    assert read(card_of(scene.messages()[-1]).title) == "lofi rain"
    assert "Only the person who made it" in told(
        await scene.bob.slash(scene.channel, "library rename", take=take_id, title="mine now")
    )
    assert "now called" in told(
        await scene.mod.slash(scene.channel, "library rename", take=take_id, title="Rain")
    )
    assert "words of its recipe" in told(await scene.ada.slash(scene.channel, "library rename", take=take_id))
    assert "Only the person who made this riff" in told(
        await scene.bob.slash(scene.channel, "library delete", take=take_id)
    )
    asked = await scene.ada.slash(scene.channel, "library delete", take=take_id)
    assert told(asked).startswith("Delete “")
    await scene.press(scene.ada, message_of(asked), "Delete it")
    assert message_of(asked).content.startswith("Deleted")
    assert "not there any more" in told(await scene.ada.slash(scene.channel, "library play", take=take_id))
    answer = told(await scene.ada.slash(scene.channel, "library play", take="no such words"))
    assert answer.startswith("Choose one")
    before = len(scene.messages())
    shutil.rmtree(scene.backstage.folder / "blobs")
    lost = await scene.bob.slash(scene.channel, "library play", take="techno")
    assert lost.followups[-1].ephemeral  # what was promised to everybody is withdrawn
    assert len(scene.messages()) == before


async def test_what_one_cannot_see_is_not_there(scene: Scene) -> None:
    """Takes of a hidden channel are neither listed, found, offered, played nor named in a family."""
    hidden = discord.PermissionOverwrite(view_channel=False)
    secret = scene.guild.create_text_channel("secret", overwrites={scene.bob: hidden})
    first = message_of(await scene.ada.slash(secret, "riff", prompt="secret plan"))
    await scene.play()
    take_id = take_id_of(secret.history(viewer=scene.ada)[-1])
    assert names_on((await shelf(scene, scene.ada, "mine")).response) == ["secret plan"]
    assert await search(scene, words="plan") == []
    assert await scene.bob.autocomplete(scene.channel, "library play", "take", "plan") == []
    assert "cannot see" in told(await scene.bob.slash(scene.channel, "library play", take=take_id))
    assert "cannot see" in told(await scene.bob.slash(scene.channel, "tree", take=take_id))
    await scene.ada.slash(scene.channel, "library play", take=take_id)
    again = scene.messages()[-1]
    assert again.id != first.id
    await scene.press(scene.bob, again, "Re-roll")
    await scene.play()
    answer = await scene.bob.slash(scene.channel, "tree", take=take_id_of(scene.messages()[-1]))
    lines = read(card_of(answer.response).description).splitlines()
    assert [line.strip() for line in lines][:2] == [
        "in a channel that you cannot see",
        "↳ **secret plan** · Bob · riff",
    ]


async def test_an_export_holds_files_and_recipes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive to this person alone, of their own takes or of the channel's; nothing to export is said."""
    assert told(await scene.ada.slash(scene.channel, "library export")) == (
        "You made nothing here yet. Begin with /riff."
    )
    await scene.result(scene.ada, "lofi rain")
    scene.clock.advance(1)
    await scene.result(scene.bob, "techno")
    answer = await scene.ada.slash(scene.channel, "library export", what="channel")
    (archive,) = message_of(answer).attachments
    with zipfile.ZipFile(io.BytesIO(await archive.read())) as opened:
        names = opened.namelist()
        takes = json.loads(opened.read("takes.json"))
    assert [take["recipe"]["prompt"] for take in takes] == ["techno", "lofi rain"]
    assert sum(name.endswith(".mp3") for name in names) == 2
    monkeypatch.setattr(exporting, "MOST_TAKES", 1)
    answer = await scene.ada.slash(scene.channel, "library export", what="channel")
    assert "the newest 1 takes" in read(message_of(answer).content)


async def test_a_family_is_drawn_and_told(scene: Scene) -> None:
    """Parents above children, deleted ones as gone, credits below; a PNG of a fixed width."""
    first = await scene.result(scene.ada, "a great *riff*")
    cover = await scene.bob.slash(scene.channel, "morph cover", take=take_id_of(first), tags="harp")
    await scene.play()
    middle = message_of(cover)
    await scene.ada.slash(scene.channel, "morph cover", take=take_id_of(middle), tags="techno")
    await scene.play()
    last = scene.messages()[-1]
    await scene.delete(scene.bob, middle)
    answer = await scene.bob.slash(scene.channel, "tree", take=take_id_of(last))
    assert answer.ephemeral
    lines = read(card_of(answer.response).description).splitlines()
    assert [line.strip() for line in lines] == [
        "a great *riff* · Ada · riff",
        "↳ deleted",
        "↳ **techno** · Ada · cover",
        "",
        "With Ada (2)",
    ]
    (file,) = message_of(answer).attachments
    picture = Image.open(io.BytesIO(await file.read()))
    assert (picture.format, picture.width) == ("PNG", 1000)
    page = await shelf(scene, scene.ada, "mine")
    panel = await scene.ada.select(message_of(page), [take_id_of(last)])
    assert "techno" in read(
        card_of((await scene.press(scene.ada, message_of(panel), "Family")).response).description
    )
    offered = await scene.ada.autocomplete(scene.channel, "tree", "take", "great")
    assert [choice["value"] for choice in offered] == [take_id_of(first)]
