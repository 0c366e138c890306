"""``/morph cover`` from the typed command to the cover in the channel."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from simcord.backend.errors import OptionError

from bot.jobs.recipes import Morph
from bot.jobs.records import Offers
from bot.protocol.runs import Result
from tests.e2e.scene import Scene, card_of, labels, read, take_id_of, told
from tests.e2e.test_library import message_of


async def cover(scene: Scene, message: Any, *, tags: str = "techno, 140 bpm", **options: Any) -> Any:
    """Bob covers what stands in this message."""
    return await scene.bob.slash(scene.channel, "morph cover", take=take_id_of(message), tags=tags, **options)


@pytest.fixture(autouse=True)
def scores(scene: Scene) -> None:
    """The host is our engine: it tells the score of what it plays."""
    scene.host.tells_score = True


async def test_a_cover_stands_where_its_parent_stands(scene: Scene) -> None:
    """A card that says of what; then one message with sound, parent, credit and the five buttons."""
    first = await scene.result(scene.ada)
    ordered = await cover(scene, first, strength=0.7)
    link = f"https://discord.com/channels/{scene.guild.id}/{scene.channel.id}/{first.id}"
    running = card_of(ordered.response.message)
    assert read(running.title) == "Cover: techno, 140 bpm"
    assert read(running.description) == f"Cover of [funky synth solo]({link}) by Ada\nNext in line."
    assert running.footer.text == "Asked by Bob · from Ada’s riff · 2 credits"
    await scene.play()
    (_, message) = scene.messages()
    assert message.id == ordered.response.id
    card = card_of(message)
    assert read(card.title) == "Cover: techno, 140 bpm"
    assert f"Cover of [funky synth solo]({link}) by Ada" in read(card.description)
    assert "strength 0.7 · seed 7" in read(card.description)
    assert card.footer.text == "Asked by Bob · from Ada’s riff"
    assert labels(message) == [
        "Re-roll",
        "Vary slight",
        "Vary strong",
        "Edit prompt",
        "Extend",
        "Morph",
        "Like",
        "More",
    ]
    assert scene.host.sources == [(".json", b'{"of": "p0"}')]
    take = await scene.take(message)
    assert take.parent_take_id == take_id_of(first)
    assert await scene.jobs.check_books() == []


async def test_a_take_without_a_score_is_covered_by_its_sound(scene: Scene) -> None:
    """As those of other hosts: the lossless file goes along."""
    scene.host.tells_score = False
    first = await scene.result(scene.ada)
    await cover(scene, first)
    await scene.play()
    assert [suffix for suffix, _ in scene.host.sources] == [".flac"]


async def test_a_cover_is_covered_and_re_rolled(scene: Scene) -> None:
    """Re-roll makes the same cover of the same parent anew; a cover of a cover is made from that."""
    first = await scene.result(scene.ada)
    once = await cover(scene, first)
    await scene.play()
    again = await scene.press(scene.ada, once.response.message, "Re-roll")
    assert "by Ada" in read(card_of(again.response).description)
    assert card_of(again.response).footer.text == "Asked by Ada · from Bob’s riff · 2 credits"
    await scene.play()
    twice = await cover(scene, once.response.message, tags="harp")
    assert "Cover of [techno, 140 bpm](" in read(card_of(twice.response.message).description)
    await scene.play()
    assert [content for _, content in scene.host.sources] == [
        b'{"of": "p0"}',
        b'{"of": "p0"}',
        b'{"of": "p1"}',
    ]


@pytest.mark.parametrize("button", ["Vary slight", "Vary strong"])
async def test_a_varied_cover_goes_less_far_or_further(scene: Scene, button: str) -> None:
    """The words, the parent and the seed stay; the strength moves."""
    first = await scene.result(scene.ada)
    once = await cover(scene, first, strength=0.5)
    await scene.play()
    before = await scene.take(once.response.message)
    varied = await scene.press(scene.bob, once.response.message, button)
    await scene.play()
    assert varied.response is not None
    after = await scene.take(varied.response.message)
    made, remade = before.recipe, after.recipe
    assert isinstance(made, Morph)
    assert isinstance(remade, Morph)
    assert remade.strengths.cover not in (None, 0.5)
    assert remade.model_copy(update={"strengths": made.strengths}) == made


async def test_the_recipe_of_a_cover_can_be_typed(scene: Scene) -> None:
    """The command line, the parent with its link, and the strength; typed again it orders the same."""
    first = await scene.result(scene.ada)
    once = await cover(scene, first)
    await scene.play()
    pressed = await scene.do(scene.mod, once.response.message, "recipe")
    card = card_of(pressed.response)
    line = f"/morph cover take:{take_id_of(first)} tags:techno, 140 bpm strength:0.5 seed:7"
    assert line in str(card.description)
    link = f"Ada’s riff: https://discord.com/channels/{scene.guild.id}/{scene.channel.id}/{first.id}"
    assert {field.name: read(field.value) for field in card.fields} == {
        "Style": "techno, 140 bpm",
        "Cover of": link,
        "Strength": "0.5",
        "Seed": "`7`",
        "Host": "engine",
    }
    again = await cover(scene, first, strength=0.5, seed=7)
    await scene.play()
    made, remade = await scene.take(once.response.message), await scene.take(again.response.message)
    assert remade.recipe == made.recipe


async def test_everything_typed_for_a_cover_reaches_the_host(scene: Scene) -> None:
    """Words, lines, both strengths and the seed, each where the host looks for it."""
    first = await scene.result(scene.ada)
    await cover(scene, first, lyrics="one / two", strength=0.3, weirdness=0.8, seed=9)
    await scene.play()
    asked = scene.host.wanted["p1"].model_dump()
    wishes = {
        "transform": "cover",
        "prompt_a": "techno, 140 bpm",
        "lyrics": "one\ntwo",
        "normalized_cover_strength": 0.3,
        "normalized_weirdness": 0.8,
        "seed": 9,
    }
    assert {name: asked[name] for name in wishes} == wishes


async def test_a_take_is_found_by_words_that_fit_only_it(scene: Scene) -> None:
    """What was offered and typed is taken; words that fit two takes, or none, are asked about again."""
    await scene.result(scene.ada)
    bells = await scene.result(scene.bob, "church bells")
    ordered: Any = await scene.bob.slash(scene.channel, "morph cover", take=" BELLS ", tags="harp")
    assert "Cover of [church bells](" in read(card_of(ordered.response.message).description)
    assert (await scene.job(ordered)).order.parent_take_id == take_id_of(bells)
    for words in ("5 s", "zither", " "):
        answered = await scene.bob.slash(scene.channel, "morph cover", take=words, tags="harp")
        assert told(answered).startswith("Choose one of the riffs")


async def test_a_take_that_is_deleted_after_it_was_chosen_is_told(scene: Scene) -> None:
    """Not as if the person had not chosen one."""
    first = await scene.result(scene.ada)
    await scene.delete(scene.ada, first)
    answered = await scene.bob.slash(scene.channel, "morph cover", take=take_id_of(first), tags="harp")
    assert told(answered) == "The riff that this was to be made from was deleted. Nothing was charged."


async def test_what_was_asked_and_not_played_stands_on_the_result(scene: Scene) -> None:
    """In one line, as the engine tells it."""
    first = await scene.result(scene.ada)
    ordered = await cover(scene, first)
    not_played = (("tempo", "240", "120"), ("key", "B major", "A minor"), ("lyrics", "x", "y"))
    await scene.play(results=(Result(audio="x", clamped=not_played),))
    lines = read(card_of(ordered.response.message).description).splitlines()
    assert lines[1] == "240 BPM asked, 120 played · B major asked, A minor played"


async def test_the_channels_takes_are_offered(scene: Scene) -> None:
    """Newest first, by what they are and who made them; narrowed by what was typed; none that is deleted."""
    first = await scene.result(scene.ada)
    scene.clock.advance(1)
    second = await scene.result(scene.bob, "church bells")
    offered = await scene.bob.autocomplete(scene.channel, "morph cover", "take", "")
    assert [choice["name"] for choice in offered] == [
        "church bells · Bob · 5 s",
        "funky synth solo · Ada · 5 s",
    ]
    assert [choice["value"] for choice in offered] == [take_id_of(second), take_id_of(first)]
    fitting = await scene.bob.autocomplete(scene.channel, "morph cover", "take", "SYNTH")
    assert [choice["value"] for choice in fitting] == [take_id_of(first)]
    await scene.delete(scene.ada, first)
    for command in ("cover", "extend", "inpaint", "swap-sound", "swap-vocals"):
        left = await scene.bob.autocomplete(scene.channel, f"morph {command}", "take", "")
        assert [choice["value"] for choice in left] == [take_id_of(second)]


async def test_what_cannot_be_covered_is_said(scene: Scene) -> None:
    """Unknown or unseen takes, no style; nothing is ordered. Bounds are told to Discord."""
    message = await scene.result(scene.ada)
    hidden = discord.PermissionOverwrite(view_channel=False)
    secret = scene.guild.create_text_channel("secret", overwrites={scene.bob: hidden})
    await scene.ada.slash(secret, "riff", prompt="whispers")
    await scene.play()
    whispers = take_id_of(secret.history(viewer=scene.ada)[-1])
    take = take_id_of(message)
    for options, answer in (
        ({"take": "nothing", "tags": "techno"}, "Choose one of the riffs"),
        ({"take": whispers, "tags": "techno"}, "Choose one of the riffs"),
        ({"take": take, "tags": " \u200b "}, "tags is empty"),
        ({"tags": "techno"}, "Say what it is to be made from: choose a riff"),
    ):
        said = await scene.bob.slash(scene.channel, "morph cover", **options)
        assert told(said).startswith(answer)
    out_of_bounds: list[dict[str, Any]] = [{"strength": 1.5}, {"seed": -1}]
    for typed in out_of_bounds:
        with pytest.raises(OptionError, match="must be"):
            await cover(scene, message, **typed)
    offers, scene.host.offers = scene.host.offers, Offers()
    nowhere = await cover(scene, message)
    assert told(nowhere).startswith("No music host of this bot")
    assert message_of(nowhere).components == []  # another take would not help
    assert len(await scene.all_jobs()) == 1
    scene.host.offers = offers
    recipe = (await scene.job(await scene.bob.select(message_of(said), [take]))).order.recipe
    assert isinstance(recipe, Morph)
    assert recipe.tags == "techno"  # what was typed counts for what is chosen


async def test_a_cover_is_made_across_a_restart(scene: Scene) -> None:
    """Ordered before the bot died, covered after, from the score that was kept; its buttons work."""
    first = await scene.result(scene.ada)
    ordered = await cover(scene, first)
    await scene.restart()
    await scene.play()
    (_, message) = scene.messages()
    assert message.id == ordered.response.id
    assert scene.host.sources == [(".json", b'{"of": "p0"}')]
    await scene.restart()
    again = await scene.press(scene.ada, message, "Re-roll")
    await scene.play()
    assert again.response is not None
    assert len(scene.host.sources) == 2


async def test_a_parent_that_is_deleted_meanwhile_costs_nothing(scene: Scene) -> None:
    """The cover ends with a sentence and its money back; the host was never asked."""
    first = await scene.result(scene.ada)
    await cover(scene, first)
    await scene.delete(scene.ada, first)
    await scene.jobs.step_until_idle()
    (message,) = scene.messages()
    told_last = "The riff that this was to be made from was deleted. Nothing was charged."
    assert read(card_of(message).description) == told_last
    assert scene.host.sources == []
    assert await scene.jobs.check_books() == []


async def test_words_of_style_are_offered_for_every_transform(scene: Scene) -> None:
    """The last of the tags is completed, as for songs."""
    for command in ("cover", "extend", "inpaint", "swap-vocals", "swap-sound"):
        offered = await scene.bob.autocomplete(scene.channel, f"morph {command}", "tags", "techno, ban")
        assert [choice["value"] for choice in offered][:2] == ["techno, ban", "techno, banjo"]
