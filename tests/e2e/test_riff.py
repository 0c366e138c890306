"""``/riff`` from the typed command to the music in the channel."""

from __future__ import annotations

from typing import Any

import pytest
from simcord.backend.errors import OptionError

from bot.jobs.options import SEED_MAX
from tests.e2e.scene import Scene, card_of, labels, read, told


async def test_the_card_is_the_acknowledgement(scene: Scene) -> None:
    """The first answer is a public card with the prompt, who asked, the cost, and a way to stop it."""
    ordered = await scene.riff(scene.ada)
    assert ordered.acknowledged
    assert not ordered.deferred
    assert not ordered.ephemeral
    message = ordered.response.message if ordered.response else None
    card = card_of(message)
    assert read(card.title) == "funky synth solo"
    assert card.description == "Next in line."
    assert card.footer.text == "Asked by Ada · 2 credits"
    assert labels(message) == ["Cancel"]
    assert (await scene.job(ordered)).message_id == str(ordered.response and ordered.response.id)


async def test_the_card_becomes_the_result(scene: Scene) -> None:
    """One classic message: the same one, now with sound, picture, how it was made, and five buttons."""
    ordered = await scene.riff(scene.ada, prompt_b="church bells", alpha=0.3, denoising=0.6, length_s=12.0)
    await scene.play()
    (message,) = scene.messages()
    assert ordered.response is not None
    assert message.id == ordered.response.id
    card = card_of(message)
    assert read(card.title) == "funky synth solo → church bells"
    assert read(card.description).splitlines() == [
        "**90 BPM · A minor · 5.0 s**",
        "alpha 0.3 · denoising 0.6 · vibes · 50 steps · seed 7",
    ]
    assert card.footer.text == "Asked by Ada"
    assert card.image.url == "attachment://spectrogram.png"
    assert [file.filename for file in message.attachments] == ["funky-synth-solo.mp3", "spectrogram.png"]
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
    assert not message.flags.components_v2


BAD_INPUT: list[tuple[dict[str, Any], str]] = [
    ({"prompt": "   "}, "prompt is empty. Describe the sound you want, for example: lofi piano with rain."),
    (
        {"prompt": "\u200b"},
        "prompt is empty. Describe the sound you want, for example: lofi piano with rain.",
    ),
    ({"prompt": "x" * 501}, "prompt is 501 characters long; 500 is the most. Please shorten it."),
    ({"prompt_b": "y" * 777}, "prompt_b is 777 characters long; 500 is the most. Please shorten it."),
]
OUT_OF_BOUNDS: list[dict[str, Any]] = [
    {"alpha": 1.5},
    {"alpha": -0.01},
    {"denoising": 2.0},
    {"steps": 0},
    {"seed": -1},
    {"length_s": 61.0},
    {"length_s": 0.5},
]


@pytest.mark.parametrize(("typed", "sentence"), BAD_INPUT)
async def test_bad_input_is_one_sentence_and_no_job(
    scene: Scene, typed: dict[str, Any], sentence: str
) -> None:
    """Only the person who typed it reads what is wrong; nothing is ordered or posted."""
    answered = await scene.riff(scene.ada, **typed)
    assert told(answered) == sentence
    assert await scene.all_jobs() == []
    assert scene.messages() == []


@pytest.mark.parametrize("typed", OUT_OF_BOUNDS)
async def test_bounds_are_told_to_discord(scene: Scene, typed: dict[str, Any]) -> None:
    """It refuses such a number before it is sent, and what was typed is still there to be mended."""
    with pytest.raises(OptionError, match="must be"):
        await scene.riff(scene.ada, **typed)


AWKWARD = [
    "@everyone @here jazz",
    "<@1> <@&2> <#3> </riff:4> <t:0:R> <a:b:5>",
    "**bold** __under__ ~~gone~~ ||hidden|| `code` ```block```",
    "[press me](https://example.com) https://example.com",
    "# heading",
    "> quote",
    "- item 1. item",
    "\\",
    "🎸🥁👩‍🎤 🏴‍☠️",
    "موسيقى هادئة مع العود",
    "נגינה (slow) של פסנתר",
    "abc \u202egnp.exe\u202c \u2066open",
    "z̸̢̛a̴l̶g̷o",
    "x" * 500,
]


@pytest.mark.parametrize("prompt", AWKWARD)
async def test_awkward_prompts_are_played_escaped_and_ping_nobody(scene: Scene, prompt: str) -> None:
    """The card shows what was typed, inert; no message of the bot may mention anyone."""
    message = await scene.result(scene.ada, prompt)
    title = read(card_of(message).title)
    shown = "".join(c for c in prompt if c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert title == shown or (title.endswith("…") and shown.startswith(title[:-1]))
    assert message.attachments
    assert not message.mentions
    assert not message.role_mentions
    assert not message.mention_everyone
    for request in [*scene.requests("POST", "/callback"), *scene.requests("PATCH", "/messages/")]:
        body: dict[str, Any] = request.json.get("data", request.json)
        assert body["allowed_mentions"] == {"parse": []}
        assert not body.get("content")


async def test_right_to_left_prompts_keep_to_themselves(scene: Scene) -> None:
    """Each prompt stands in its own direction, so the arrow between two stays between them."""
    message = await scene.result(scene.ada, "עוד", prompt_b="piano")
    assert card_of(message).title == "\u2068עוד\u2069 → \u2068piano\u2069"


async def test_steps_beyond_the_cap_are_capped(scene: Scene) -> None:
    """A member who asks for a thousand steps gets 150 and no refusal."""
    ordered = await scene.riff(scene.ada, steps=1_000)
    assert (await scene.job(ordered)).order.recipe.model_dump()["steps"] == 150


async def test_every_seed_image_is_offered_by_name(scene: Scene) -> None:
    """Eleven choices with readable names whose values are the API's ids."""
    (command,) = [each for each in scene.env.backend.commands[None].values() if each["name"] == "riff"]
    choices = next(o for o in command["options"] if o["name"] == "seed_image")["choices"]
    assert len(choices) == 11
    ordered = await scene.riff(scene.ada, seed_image="mask_graident_top_fifth_75")
    recipe = (await scene.job(ordered)).order.recipe
    assert recipe.model_dump()["seed_image"] == "mask_graident_top_fifth_75"


@pytest.mark.parametrize("option", ["prompt", "prompt_b"])
async def test_prompts_are_suggested(scene: Scene, option: str) -> None:
    """The typed text first, then what fits; never more or longer than Discord takes."""
    offered = await scene.ada.autocomplete(scene.channel, "riff", option, "jazz p")
    assert [choice["value"] for choice in offered[:2]] == ["jazz p", "jazz piano trio in a small club"]
    everything = await scene.ada.autocomplete(scene.channel, "riff", option, "")
    assert len(everything) == 25
    assert all(0 < len(choice["name"]) <= 100 for choice in everything)
    assert await scene.ada.autocomplete(scene.channel, "riff", option, "x" * 101) == []


async def test_a_seed_is_what_the_host_is_asked_for(scene: Scene) -> None:
    """The least and the greatest that may be typed arrive as they are; without one, the host draws it."""
    await scene.result(scene.ada, seed=0)
    await scene.result(scene.ada, seed=SEED_MAX)
    await scene.result(scene.ada)
    asked = [wanted.model_dump()["seed"] for wanted in scene.host.wanted.values()]
    assert asked == [0, SEED_MAX, None]


async def test_threads_have_their_own_permission_to_send(scene: Scene) -> None:
    """In a thread the bot plays without Send Messages, which counts in channels only."""
    scene.env.backend.create_thread(scene.channel.id, "jam", scene.ada.id)
    await scene.env.settle()
    (thread,) = scene.channel.threads
    scene.forbid("send_messages")
    await scene.env.settle()
    assert told(await scene.riff(scene.ada)).startswith("I need the permission “Send Messages”")
    ordered = await scene.ada.slash(thread, "riff", prompt="jam")
    await scene.play()
    assert ordered.response is not None
    assert labels(ordered.response.message)[0] == "Re-roll"
    scene.forbid("send_messages_in_threads")
    refused = await scene.ada.slash(thread, "riff", prompt="jam")
    assert told(refused).startswith("I need the permission “Send Messages In Threads”")


async def test_commands_are_for_servers(scene: Scene) -> None:
    """In a direct message nothing is offered that makes music; settings are for moderators."""
    user = scene.env.create_user("lonely")
    assert {name.split()[0] for name in user.available_commands()} == {"help", "about", "privacy"}
    of_members = {name.split()[0] for name in scene.ada.available_commands(scene.channel)}
    assert of_members >= {"riff", "song", "morph", "journey", "library", "jobs", "help"}
    assert "settings" not in of_members


async def test_one_person_may_not_have_too_much_in_the_making(scene: Scene) -> None:
    """The order over the limit is refused with the number, to this person alone."""
    limit = scene.backstage.limits.open_per_user
    for _ in range(limit):
        await scene.riff(scene.ada)
    assert told(await scene.riff(scene.ada)).startswith(f"You already have {limit} riffs in the making")
    assert not (await scene.riff(scene.bob)).ephemeral
