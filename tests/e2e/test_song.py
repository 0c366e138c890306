"""/song on Discord: ordered by topic, by lyrics and by file; two takes, of which one stays or both."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from simcord import InteractionResult, MemberActor
from simcord.backend import serializers

from bot.client import RiffcordClient
from bot.jobs.recipes import Song
from bot.jobs.recipes.lyrics import LYRICS_MAX
from bot.protocol.engine import EngineInput
from bot.protocol.runs import Result
from bot.room.embeds import resolve
from bot.ui.cards.recipe import recipe_card
from tests.e2e.scene import Scene, custom_ids, labels, read, take_id_of, told

TAKES = (
    Result(id="r0", audio="first", title="Rain again"),
    Result(id="r1", audio="second", title="Rain again"),
)
UNDECIDED = ["Keep A", "Keep B", "Keep both", "More with A", "More with B"]


async def a_song(scene: Scene, member: MemberActor, **options: Any) -> Any:
    """The finished message of a new song with two takes."""
    ordered = await member.slash(scene.channel, "song", **(options or {"topic": "rain", "tags": "indie pop"}))
    await scene.play(results=TAKES)
    return cast("Any", ordered.response).message


def asked_of(scene: Scene) -> EngineInput:
    """What the host was last asked for."""
    wanted = list(scene.host.wanted.values())[-1]
    assert isinstance(wanted, EngineInput)
    return wanted


def files_of(message: Any) -> list[str]:
    """Names of a message's files."""
    return [file.filename for file in message.attachments]


def fields_of(form: InteractionResult) -> list[dict[str, Any]]:
    """The fields of a form, as Discord was told."""
    assert form.modal is not None
    return [label["component"] for label in form.modal["components"]]


async def test_a_song_by_topic_brings_two_takes_in_one_message(scene: Scene) -> None:
    """Every option reaches the host; one card tells of both, with both files, and one of them is kept."""
    message = await a_song(
        scene,
        scene.ada,
        topic="rain",
        tags="indie pop",
        model="FUZZ-1.1 Pro",
        voice="choir",
        length_s=90.0,
        seed=5,
        host="engine",
    )
    wanted = asked_of(scene)
    assert wanted.kind == "song"
    assert wanted.model_dump(exclude_unset=True) == {
        "prompt_a": "indie pop",
        "topic": "rain",
        "quality": "FUZZ-1.1 Pro",
        "voice": "choir",
        "length_s": 90.0,
        "seed": 5,
    }
    card = message.embeds[0]
    assert read(card.title) == "Rain again"
    lines = read(card.description).splitlines()
    assert lines[:3] == [
        "**A** · 0:05 · 90 BPM · A minor",
        "**B** · 0:05 · 90 BPM · A minor",
        "Style: indie pop",
    ]
    assert files_of(message) == ["rain-A.mp3", "spectrogram.png", "rain-B.mp3", "spectrogram2.png"]
    assert labels(message) == UNDECIDED
    first, second = [await scene.jobs.take(custom_ids(message)[n].rpartition(":")[2]) for n in (0, 1)]
    assert (first.number, second.number) == (0, 1)
    assert [cast("Song", take.recipe).take for take in (first, second)] == [0, 1]

    refused = told(await scene.press(scene.bob, message, "Keep B"))
    assert refused.startswith("Only the person who ordered this song")
    await scene.restart()
    await scene.press(scene.ada, message, "Keep B")
    (message,) = scene.messages()
    assert files_of(message) == ["rain-B.mp3", "spectrogram2.png"]
    assert [each.image.url for each in message.embeds] == ["attachment://spectrogram2.png"]
    assert labels(message)[0] == "Re-roll"
    assert await scene.jobs.beside(second) == []
    kept = {path.parent.name for path in (scene.backstage.folder / "blobs").rglob("*.*") if path.is_file()}
    assert kept == {second.id}
    recipe = await scene.jobs.take(second.id)
    told_so = recipe_card(recipe, None)
    assert "/song tags:indie pop topic:rain model:FUZZ-1.1 Pro voice:choir length_s:90 seed:7" in str(
        told_so.description
    )
    assert [read(field.value) for field in told_so.fields][-3:] == ["B", "`7`", "engine"]
    pressed = await scene.press(scene.bob, message, "Re-roll")
    again = cast("Song", (await scene.job(pressed)).order.recipe)
    assert (again.take, again.seed, again.topic) == (None, None, "rain")
    assert await scene.jobs.check_books() == []


async def test_two_presses_settle_once(scene: Scene) -> None:
    """Whoever is later, even at the same moment, changes nothing and is told what was chosen."""
    message = await a_song(scene, scene.ada)
    first, second = [await scene.jobs.take(custom_ids(message)[n].rpartition(":")[2]) for n in (0, 1)]
    made = [
        scene.jobs.choose(take.id, both=both, actor_id=str(scene.ada.id), is_moderator=False)
        for take, both in ((first, False), (second, False), (first, True))
    ]
    choices = await asyncio.gather(*made)
    assert sorted(choice.was_made for choice in choices) == [False, True, True]
    assert len({tuple(take.id for take in choice.stays) for choice in choices}) == 1
    (late,) = (await scene.press(scene.mod, message, "Keep B")).followups
    assert late.content == "That was chosen already: the other take was deleted."
    (message,) = scene.messages()
    assert files_of(message) == ["rain-A.mp3", "spectrogram.png"]
    assert labels(message)[0] == "Re-roll"
    assert [take.id for take in await scene.jobs.takes_in(str(scene.channel.id))] == [first.id]


async def test_both_are_kept_and_each_has_its_buttons(scene: Scene) -> None:
    """What can be done with a take opens for this person alone; one of them is deleted without the other."""
    message = await a_song(scene, scene.ada, instrumental=True, tags="jazz")
    assert asked_of(scene).instrumental is True
    panel = await scene.press(scene.bob, message, "More with B")
    assert panel.ephemeral
    await scene.press(scene.ada, message, "Keep both")
    (message,) = scene.messages()
    assert labels(message) == ["More with A", "More with B"]
    assert len(files_of(message)) == 4
    assert "keep one or both" not in str(message.embeds[0].description)
    panel = cast("Any", (await scene.press(scene.bob, message, "More with A")).response).message
    again = await scene.press(scene.bob, panel, "Re-roll")
    assert not again.ephemeral
    panel = cast("Any", (await scene.press(scene.ada, message, "More with A")).response).message
    deleted = take_id_of(panel)
    take = await scene.jobs.delete_take(deleted, actor_id=str(scene.ada.id), is_moderator=False)
    await cast("RiffcordClient", scene.env.bot).unpost(take)
    (message, _) = scene.messages()
    assert files_of(message) == ["jazz-B.mp3", "spectrogram2.png"]
    assert labels(message)[0] == "Re-roll"


async def test_pictures_that_embeds_show_stay_there(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord does not list them among the attachments; whatever is chosen or deleted, they are kept."""
    plain = serializers.message_payload

    def as_discord_tells(backend: Any, message: Any, **facts: Any) -> Any:
        payload = cast("dict[str, Any]", plain(backend, message, **facts))
        payload["embeds"], payload["attachments"] = resolve(payload["embeds"], payload["attachments"])
        return payload

    monkeypatch.setattr(serializers, "message_payload", as_discord_tells)
    message = await a_song(scene, scene.ada)
    await scene.press(scene.ada, message, "Keep both")
    (message,) = scene.messages()
    assert files_of(message) == ["rain-A.mp3", "rain-B.mp3"]
    shown = [str(each.image.url).rpartition("/")[2] for each in message.embeds]
    assert shown == ["None", "spectrogram.png", "spectrogram2.png"]
    listed = cast("Any", (await scene.ada.slash(scene.channel, "library mine")).response).message
    lines = read(listed.embeds[0].description).splitlines()[1::2]
    assert sorted(line[:15] for line in lines) == ["song · A · Ada ", "song · B · Ada "]
    message = await a_song(scene, scene.bob)
    await scene.press(scene.bob, message, "Keep B")
    alone = scene.messages()[-1]
    assert files_of(alone) == ["rain-B.mp3"]
    assert [str(each.image.url).rpartition("/")[2] for each in alone.embeds] == ["spectrogram2.png"]


async def test_lyrics_are_written_in_a_form(scene: Scene) -> None:
    """Two long fields, sections by a menu, and an example where nothing was written yet."""
    form = await scene.ada.slash(scene.channel, "song", tags="folk", voice="male")
    empty = await scene.ada.submit_modal(form, {"skeleton": ["short"], "tags": "folk"})
    told_so = told(empty)
    assert told_so.startswith("Here are the sections.")
    assert "[Chorus]" in told_so
    example = cast("Any", empty.response).message
    form = await scene.ada.click(example, label="Go on writing")
    assert {field["custom_id"]: field.get("value") for field in fields_of(form)} == {
        "first": "[Verse]\nYour lines of this part\n\n[Chorus]\nYour lines of this part\n\n"
        "[Verse]\nYour lines of this part\n\n[Chorus]",
        "rest": None,
        "skeleton": None,
        "tags": "folk",
        "title": None,
    }
    filled = {"first": "one two\n\nla la", "rest": "three four", "skeleton": ["short"]}
    filled |= {"tags": "folk", "title": "Count"}
    ordered = await scene.ada.submit_modal(form, filled)
    assert not ordered.ephemeral
    song = cast("Song", (await scene.job(ordered)).order.recipe)
    assert (song.tags, song.voice, song.title) == ("folk", "male", "Count")
    assert song.lyrics == "[Verse]\none two\n\n[Chorus]\nla la\nthree four\n\n[Chorus]\nla la\nthree four"


async def test_a_refused_form_loses_nothing(scene: Scene) -> None:
    """What cannot be ordered comes back as a file, and the form opens again with all of it; also later."""
    form = await scene.ada.slash(scene.channel, "song", host="engine")
    lines = "\n".join(["[Verse]", *["🎸 la la la " * 8] * 60])
    written = {"first": lines[:3_500], "rest": lines[3_500:], "tags": "punk"}
    refused = await scene.ada.submit_modal(form, written)
    assert told(refused).startswith("The lyrics are ")
    assert f"{LYRICS_MAX} is the most" in told(refused)
    (kept,) = refused.followups
    assert files_of(kept.message) == ["lyrics.txt"]
    await scene.restart()
    form = await scene.ada.click(kept.message, label="Go on writing")
    fields = {field["custom_id"]: field.get("value") for field in fields_of(form)}
    assert fields["tags"] == "punk"
    assert f"{fields['first']}\n{fields['rest']}".split() == lines.split()
    ordered = await scene.ada.submit_modal(form, {"first": "[Verse]\nla la", "tags": "punk"})
    assert (await scene.job(ordered)).order.recipe.texts == ("punk", "[Verse]\nla la")
    scene.clock.advance(2 * 24 * 3_600)
    gone = await scene.ada.click(kept.message, label="Go on writing")
    assert told(gone).startswith("These lyrics are no longer kept here.")


REFUSED: dict[str, dict[str, Any]] = {
    "A song has either your lyrics or a topic": {"topic": "rain", "lyrics_file": ("l.txt", b"la")},
    "Nobody sings an instrumental: leave the lyrics out": {
        "instrumental": True,
        "tags": "jazz",
        "lyrics_file": ("l.txt", b"la"),
    },
    "Nobody sings an instrumental: leave voice out": {"instrumental": True, "tags": "jazz", "voice": "child"},
    "Say what the instrumental is to sound like": {"instrumental": True},
    "title is 201 characters long": {"topic": "rain", "title": "x" * 201},
    "lyrics_file is larger than 64 KB": {"lyrics_file": ("l.txt", b"la " * 30_000)},
    "lyrics_file is no plain text": {"lyrics_file": ("l.txt", bytes(range(256)))},
    "These lyrics have marks of sections": {"lyrics_file": ("l.txt", b"[Verse]\n\n[Chorus]")},
    "The music host moon cannot make this song": {"topic": "rain", "host": "moon"},
}


async def test_what_cannot_be_sung_is_told_and_costs_nothing(scene: Scene) -> None:
    """Each mistake has a sentence that says how to do it right; a file of another encoding is none."""
    for sentence, options in REFUSED.items():
        answer = await scene.ada.slash(scene.channel, "song", **options)
        (said,) = answer.followups or [answer.response]
        assert said is not None
        assert said.ephemeral
        assert read(said.content).startswith(sentence), sentence
    assert scene.messages() == []
    assert await scene.all_jobs() == []
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le"):
        file = ("lyrics.txt", "[Verse]\nlà là".encode(encoding))
        ordered = await scene.ada.slash(scene.channel, "song", lyrics_file=file)
        assert cast("Song", (await scene.job(ordered)).order.recipe).lyrics == "[Verse]\nlà là", encoding
        await scene.jobs.cancel((await scene.job(ordered)).id, actor_id=str(scene.ada.id), is_moderator=False)
        await scene.jobs.step_until_idle()
    assert await scene.jobs.check_books() == []


async def test_styles_and_hosts_are_offered_while_typing(scene: Scene) -> None:
    """The last tag is completed behind those before it; only hosts that make songs are offered."""
    offered = await scene.ada.autocomplete(scene.channel, "song", "tags", "indie rock, pia")
    names = [choice["value"] for choice in offered]
    assert names[:2] == ["indie rock, pia", "indie rock, piano"]
    offered = await scene.ada.autocomplete(scene.channel, "song", "host", "")
    assert [choice["value"] for choice in offered] == ["engine"]
