"""``/morph`` beyond covers: what is seen before it is spent, files that members bring, forms and menus."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image
from simcord import MemberActor

from bot.jobs.recipes import Morph, Riff, Span, UploadSource
from bot.jobs.records import Offers
from bot.store.blobs import FolderBlobs
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
    recipe_shown = await scene.press(scene.bob, result, "Recipe")
    assert f"/morph inpaint take:{take_id_of(first)} from:0:03 to:0:05 strength:0.5" in str(
        card_of(recipe_shown.response).description
    )
