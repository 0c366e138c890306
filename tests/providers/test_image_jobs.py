"""Pictures and films from the order to the message: a job machine, a real client, a stand-in that paints."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from PIL import Image as Picture

from bot.jobs.ids import new_id
from bot.jobs.recipes import Image, UploadSource
from bot.jobs.recipes.image import words_field
from bot.jobs.states import State
from bot.protocol.image_models import IMAGE_MODELS
from bot.store.blobs import FolderBlobs
from tests.jobs.atelier import painted
from tests.jobs.world import an_order
from tests.peers.standin.host import body_of
from tests.providers.houses import House, a_house


@pytest.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncGenerator[House]:
    """The house, and a stand-in for Replicate."""
    async with a_house(tmp_path, sqlite_url, "predictions") as made:
        yield made


async def brought(house: House, folder: Path) -> UploadSource:
    """A picture that a member brought."""
    file = folder / "brought.png"
    file.write_bytes(painted("PNG", 64))
    upload_id = new_id()
    key = f"{upload_id}/picture-0.png"
    await house.world.blobs.put(file, key=key)
    return UploadSource(upload_id=upload_id, key=key, name="a.png", user_name="Ada", duration_s=0.0)


async def test_every_model_paints_once_for_one_price(house: House, tmp_path: Path) -> None:
    """Each is asked in its own words, with the pictures it needs; what comes is one picture or film."""
    kinds: dict[str, str] = {}
    for number, (name, model) in enumerate(IMAGE_MODELS.items()):
        needed = {field for field in model.pictures if model.inputs[field].required}
        pictures = {field: await brought(house, tmp_path) for field in needed}
        prompt = None if words_field(name) is None else "a red fox"
        more = "prompt_end=a blue fox" if "prompt_end" in model.inputs else None
        recipe = Image.checked(name, prompt=prompt, pictures=pictures, more=more)
        order = an_order(host="paid").model_copy(update={"recipe": recipe})
        job = await house.jobs.order(order, interaction_token=f"token {number}")
        await house.jobs.card_shown(job.id, house.world.stage.card(job, f"token {number}"))
        await house.jobs.step_until_idle()
        run_id = house.host.charges[-1]
        assert house.host.predictions.rows[run_id]["model"] == name
        await house.host.predictions.ends(run_id)
        job = await house.later(job)
        assert (name, job.state, job.ending) == (name, State.DONE, None)
        take = await house.jobs.take(job.take_id or "")
        kept = await FolderBlobs(house.world.folder / "blobs").path(take.picture)
        kinds[name] = kept.suffix
        if kept.suffix != ".mp4":
            Picture.open(kept).verify()
        sent = body_of(house.host.at("create")[-1])["input"]
        assert all(str(sent[field]).startswith("data:image/png;base64,") for field in needed)
    assert len(house.host.charges) == len(IMAGE_MODELS) == 10
    assert kinds["lucataco/animate-diff"] == ".mp4"
    assert kinds["andreasjansson/stable-diffusion-animation"] == ".gif"
