"""``/image`` and covers, from what was typed to the picture in the channel."""

from __future__ import annotations

from typing import Any

import pytest
from simcord.backend.errors import OptionError

from bot.client import RiffcordClient
from bot.jobs.recipes import Image
from bot.jobs.records import Offers
from bot.jobs.service import Jobs
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import Result
from tests.e2e.scene import Backstage, Scene, card_of, read, told
from tests.jobs.atelier import painted

SDXL = "stability-ai/sdxl"


@pytest.fixture
def bot(backstage: Backstage, log: object) -> tuple[RiffcordClient, Jobs]:
    """A bot whose host paints as well."""
    backstage.host.offers = Offers(images=True, lists=True, signs=True)
    return backstage.new_bot()


async def paint(scene: Scene) -> None:
    """Every open job is painted and delivered."""
    await scene.play(results=(Result(picture="https://host/p.png"),))


async def test_a_picture_is_ordered_with_all_that_its_model_takes(scene: Scene) -> None:
    """Words, a picture that was brought, other inputs by name; one message with what was painted."""
    inputs = await scene.ada.autocomplete(scene.channel, "image", "more", "wid", model=SDXL)
    assert [choice["value"] for choice in inputs] == ["width=1024"]
    scene.host.paints = painted("GIF")
    ordered = await scene.ada.slash(
        scene.channel,
        "image",
        prompt="a fox in the rain",
        picture=("fox.png", painted("PNG", 3_000)),
        more="width=512; scheduler=K_EULER",
        seed=11,
    )
    assert ordered.response is not None
    await paint(scene)
    (message,) = scene.messages()
    assert message.id == ordered.response.id
    card = card_of(message)
    assert read(card.title) == "a fox in the rain"
    assert f"painted by {SDXL}" in read(card.description)
    assert [each.filename for each in message.attachments] == ["picture.gif"]
    (wanted,) = scene.host.wanted.values()
    assert isinstance(wanted, ImageInput)
    brought = wanted.inputs.pop("image")
    assert str(brought).startswith("data:image/png;base64,")
    assert wanted.inputs == {
        "prompt": "a fox in the rain",
        "width": 512,
        "scheduler": "K_EULER",
        "seed": 11,
    }
    take = await scene.jobs.take((await scene.job(ordered)).take_id or "")
    assert take.audio is None
    assert take.duration_s is None
    assert isinstance(take.recipe, Image)
    assert take.recipe.inputs == {"prompt": "a fox in the rain", "width": 512, "scheduler": "K_EULER"}
    assert await scene.jobs.check_books() == []


async def test_what_a_model_cannot_use_is_told_before_anything_is_paid(scene: Scene) -> None:
    """Unknown inputs, missing pictures, files that are none: a sentence each, and no job."""
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"prompt": "x", "more": "colour=red"}, "has no colour"),
        ({"prompt": "x", "more": "red"}, "not understood"),
        ({"prompt": "x", "more": "num_outputs=4"}, "has no num_outputs"),
        ({"prompt": "x", "more": "width=big"}, "width"),
        ({"prompt": "x", "model": "cjwbw/rembg"}, "takes no prompt"),
        ({"model": "cjwbw/rembg"}, "needs picture"),
        ({"model": "lucataco/flux-dev-lora"}, "needs prompt"),
        ({"prompt": "x", "mask": ("m.png", painted())}, "picture"),
    ]
    for options, sentence in wrong:
        assert sentence in told(await scene.ada.slash(scene.channel, "image", **options)), options
    await scene.ada.slash(scene.channel, "image", prompt="x", picture=("m.png", b"no picture at all"))
    (answer,) = scene.messages()
    assert "That is not a picture that can be used." in read(answer.content)
    assert await scene.all_jobs() == []


async def test_what_comes_back_as_no_picture_costs_nothing(scene: Scene) -> None:
    """The card says so; the credits are back."""
    await scene.ada.slash(scene.channel, "image", prompt="a fox")
    scene.host.paints = b"\x89PNG\r\n\x1a\nbroken"
    await paint(scene)
    (message,) = scene.messages()
    assert "no picture" in read(card_of(message).description)
    assert await scene.jobs.check_books() == []
    with pytest.raises(OptionError):
        await scene.ada.slash(scene.channel, "image", prompt="x", model="nobody/knows")
