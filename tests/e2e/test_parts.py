"""``/like``, ``/stems``, ``/midi`` and covers: more of a take than its sound."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import soundfile as sf

from bot.engine import RiffSpec, make_riff, score_to_json
from bot.jobs.recipes import Parts, Riff
from bot.jobs.records import Facts, Fetched
from bot.protocol.engine import EngineInput
from bot.protocol.runs import Result
from tests.audio.sounds import plucks
from tests.e2e.scene import Scene, card_of, read, take_id_of, told


@pytest.fixture(autouse=True)
def engine(scene: Scene) -> None:
    """The host is our engine: it tells scores, and parts where they are wanted."""
    whole = plucks(duration_s=2.0)

    async def fetch(result: Result, folder: Path) -> Fetched:
        audio, score = folder / "fetched.flac", folder / "score.json"
        sf.write(audio, whole, 44_100, subtype="PCM_24")
        score.write_text(json.dumps(score_to_json(make_riff(RiffSpec(prompt_a="piano", seed=7)).score)))
        stems: dict[str, Path] = {}
        for name, share in result.stems.items():
            stems[name] = folder / f"{name}.wav"
            sf.write(stems[name], whole * np.float32(float(share)), 44_100, subtype="PCM_24")
        facts = Facts(bpm=120.0, key="A minor", seed=7)
        return Fetched(audio=audio, facts=facts, score=score, stems=stems)

    scene.host.fetch = fetch  # pyright: ignore[reportAttributeAccessIssue]


async def parts(scene: Scene, **shares: str) -> Any:
    """The message that becomes of an order of parts, told with these shares of the whole."""
    await scene.play(results=(Result(audio="https://h/a.wav", stems=shares),))
    return scene.messages()[-1]


async def test_parts_are_proven_and_come_as_one_archive(scene: Scene) -> None:
    """The same again by seed with its parts; those that do not make up the whole are refused, unpaid."""
    whole = await scene.result(scene.ada)
    take_id = take_id_of(whole)
    offered = await scene.bob.autocomplete(scene.channel, "stems", "take", "")
    assert [choice["value"] for choice in offered] == [take_id]
    ordered = await scene.bob.slash(scene.channel, "stems", take=take_id)
    message = await parts(scene, bass="0.25", keys="0.75")
    wanted = list(scene.host.wanted.values())[-1]
    assert isinstance(wanted, EngineInput)
    assert (wanted.stems, wanted.seed) == (True, 7)
    (archive,) = [each for each in message.attachments if each.filename.endswith(".zip")]
    with zipfile.ZipFile(io.BytesIO(await archive.read())) as opened:
        assert sorted(opened.namelist()) == ["bass.flac", "keys.flac"]
    take = await scene.jobs.take((await scene.job(ordered)).take_id or "")
    assert isinstance(take.recipe, Parts)
    assert take.audio is None
    offer = await scene.do(scene.mod, whole, "stems")
    assert read(card_of(offer.response).description).startswith("This costs 2 credits.")
    await scene.press(scene.mod, offer.response, "Make it")
    refused = await parts(scene, bass="0.25", keys="0.5")
    assert "parts together are not the music" in read(card_of(refused).description)
    assert await scene.jobs.check_books() == []
    nothing = await scene.bob.slash(scene.channel, "stems", take=take.id)
    assert "has no parts" in told(nothing)


async def test_notes_come_at_once_and_riffs_go_with_others(scene: Scene) -> None:
    """A MIDI file for one person, no job; a riff like another brings its score along."""
    message = await scene.result(scene.ada)
    take_id = take_id_of(message)
    assert await scene.bob.autocomplete(scene.channel, "midi", "take", "")
    before = len(await scene.all_jobs())
    answer = await scene.bob.slash(scene.channel, "midi", take=take_id)
    response = answer.response
    assert response is not None
    (notes,) = response.message.attachments
    assert (await notes.read())[:4] == b"MThd"
    chosen = await scene.do(scene.mod, message, "midi")
    assert chosen.ephemeral
    (same,) = cast("Any", chosen.response).message.attachments
    assert await same.read() == await notes.read()
    assert len(await scene.all_jobs()) == before
    assert await scene.bob.autocomplete(scene.channel, "like", "take", "")
    assert await scene.bob.autocomplete(scene.channel, "like", "prompt", "jazz")
    ordered = await scene.bob.slash(
        scene.channel, "like", take=take_id, prompt="strings", how="layer", seed=5
    )
    await scene.play()
    recipe = (await scene.job(ordered)).order.recipe
    assert isinstance(recipe, Riff)
    assert recipe.like is not None
    assert (recipe.like.take_id, recipe.like_as, recipe.seed) == (take_id, "layer", 5)
    assert scene.host.sources[-1][0] == ".json"
    for command, options in (("midi", {}), ("stems", {}), ("like", {"prompt": "x"})):
        assert "offered while you type" in told(
            await scene.bob.slash(scene.channel, command, take="none such", **options)
        )
