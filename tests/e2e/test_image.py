"""``/image`` and covers, from what was typed to the picture in the channel."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any, cast

import pytest
import soundfile as sf
from PIL import Image as Picture
from simcord.backend.errors import OptionError

from bot.client import RiffcordClient
from bot.errors import NotFound
from bot.jobs.recipes import Image
from bot.jobs.records import Facts, Fetched, Offers
from bot.jobs.service import Jobs
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import Result
from bot.store.blobs import FolderBlobs
from tests.audio.sounds import plucks
from tests.e2e.scene import Backstage, Scene, card_of, custom_ids, read, told
from tests.e2e.test_forms import filled
from tests.jobs.atelier import painted
from tests.peers.standin.files import content_of

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
        mask=("mask.png", painted()),
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
    for name in ("image", "mask"):
        assert str(wanted.inputs.pop(name)).startswith("data:image/png;base64,")
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
    refused = await scene.ada.slash(
        scene.channel, "image", prompt="x", picture=("m.png", b"no picture at all")
    )
    (answer,) = refused.followups
    assert answer.ephemeral
    assert "That is not a picture that can be used." in read(answer.content)
    assert scene.messages() == []
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


@pytest.fixture
def music(scene: Scene) -> None:
    """Riffs of this host are real sound, so that a cover can go inside of their files."""

    async def fetch(result: Result, folder: Path) -> Fetched:
        audio = folder / "fetched.flac"
        sf.write(audio, plucks(duration_s=1.0), 44_100, subtype="PCM_24")
        return Fetched(audio=audio, facts=Facts(bpm=120.0, key="A minor", seed=7), score=None)

    scene.host.fetch = fetch  # pyright: ignore[reportAttributeAccessIssue]


async def content(scene: Scene, key: str | None) -> bytes:
    """A kept file."""
    path = await FolderBlobs(scene.backstage.folder / "blobs").path(key or "")
    return await asyncio.to_thread(path.read_bytes)


@pytest.mark.usefixtures("music")
async def test_a_picture_becomes_the_cover_of_music(scene: Scene) -> None:
    """Asked for behind More in a form; then it is on the card and inside the files, and the buttons stay."""
    message = await scene.result(scene.ada)
    before, buttons = await scene.take(message), custom_ids(message)
    form = await scene.do(scene.bob, message, "cover-art")
    typed = {**filled(form), "prompt": "a red fox"}
    assert typed["model"] == [SDXL]
    assert filled(form)["prompt"] == "funky synth solo, album cover"
    asked = await scene.bob.submit_modal(form, typed)
    assert "as its cover. May they?" in read(card_of(asked.response).description)
    ordered = await scene.press(scene.ada, cast("Any", asked.response).message, "Allow")
    scene.host.paints = painted("WEBP", 200, noisy=True)
    await paint(scene)
    assert read(card_of(scene.messages()[-1]).title) == "a red fox"
    recipe = (await scene.jobs.take((await scene.job(ordered)).take_id or "")).recipe
    assert isinstance(recipe, Image)
    assert recipe.cover_of is not None
    assert recipe.cover_of.take_id == before.id
    worn = next(each for each in scene.messages() if each.id == message.id)
    assert custom_ids(worn) == buttons
    assert str(card_of(worn).thumbnail.url).partition("?")[0].endswith("/cover.jpg")
    files = {each.filename: await each.read() for each in worn.attachments}
    assert sorted(files) == ["cover.jpg", "funky-synth-solo.mp3", "spectrogram.png"]
    take = await scene.take(message)
    cover = await content(scene, take.cover)
    with Picture.open(io.BytesIO(cover)) as shown:
        assert (shown.format, shown.width) == ("JPEG", shown.height)
    assert files["cover.jpg"] == cover
    assert files["funky-synth-solo.mp3"] == await content(scene, take.upload)
    assert cover in await content(scene, take.upload)
    assert cover in await content(scene, take.audio)
    for old in (before.audio, before.upload):
        with pytest.raises(NotFound):
            await content(scene, old)
    assert sf.read(io.BytesIO(await content(scene, take.audio)))[0].shape == (44_100, 2)
    assert await scene.jobs.check_books() == []


@pytest.mark.usefixtures("music")
async def test_covers_that_cannot_be_leave_the_music_as_it_was(scene: Scene) -> None:
    """Empty words, others whom its author does not let, a host that fails, a lost take: nothing is paid."""
    message = await scene.result(scene.ada)
    before = await scene.take(message)
    form = await scene.do(scene.ada, message, "cover-art")
    refused = await scene.ada.submit_modal(form, {**filled(form), "prompt": "  "})
    assert "needs prompt" in told(refused)
    again = await scene.press(scene.ada, cast("Any", refused.response).message, "Try again")
    assert filled(again)["model"] == filled(form)["model"]
    await scene.ada.slash(scene.channel, "privacy consent", who="nobody")
    strange = await scene.do(scene.bob, message, "cover-art")
    assert "does not let others" in told(await scene.bob.submit_modal(strange, filled(strange)))
    assert len(await scene.all_jobs()) == 1
    form = await scene.do(scene.ada, message, "cover-art")
    ordered = await scene.ada.submit_modal(form, filled(form))
    job = await scene.job(ordered)
    await scene.jobs.step_until_idle()
    await scene.report(status="failed", error="out of paint")
    assert (await scene.jobs.get(job.id)).take_id is None
    assert "Nothing was charged" in read(card_of(scene.messages()[-1]).description)
    assert await scene.take(message) == before
    assert await content(scene, before.audio)
    assert await scene.jobs.check_books() == []
    form = await scene.do(scene.ada, message, "cover-art")
    await scene.delete(scene.ada, message)
    gone = await scene.ada.submit_modal(form, filled(form))
    assert "was deleted" in told(gone)


async def test_a_film_is_posted_as_one_that_plays(scene: Scene) -> None:
    """It stands beside the card, where Discord plays it, and not in it, where nothing would be seen."""
    await scene.ada.slash(scene.channel, "image", prompt="a fox runs", model="lucataco/animate-diff")
    scene.host.paints, _ = content_of("film.mp4")
    await paint(scene)
    await scene.bob.slash(scene.channel, "library play", take="a fox runs")
    for message in scene.messages():
        (film,) = message.attachments
        assert film.filename == "picture.mp4"
        assert await film.read() == scene.host.paints
        assert card_of(message).image.url is None
        assert read(card_of(message).title) == "a fox runs"
    assert len(scene.messages()) == 2
