"""Morphs over the wire: our client brings the source, our server hands it to the worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.errors import Refused
from bot.jobs.order import Order
from bot.jobs.recipes import Morph, Span, Strengths, TakeSource
from bot.jobs.records import Source
from bot.jobs.wanted import wanted_of
from bot.protocol.predictions import ENGINE_MODEL
from tests.providers.support import an_order, answer, client, scripted, told
from tests.web.api.support import server
from tests.web.songs.support import SCORE, TinySinger

SOURCE = TakeSource(take_id="t", prompt="funk", user_name="Ada", channel_id="1")


def a_morph(transform: str = "cover", **values: object) -> Order:
    """An order that reworks a take."""
    asked = {"transform": transform, "source": SOURCE, "tags": "techno", "seed": 5, **values}
    return an_order().model_copy(update={"recipe": Morph.model_validate(asked)})


@pytest.mark.parametrize(("name", "content"), [("score.json", json.dumps(SCORE).encode()), ("a.mp3", b"ID3")])
async def test_the_source_goes_along(tmp_path: Path, name: str, content: bytes) -> None:
    """A score or a recording, to the byte; strengths, words and seed with it."""
    file = tmp_path / name
    file.write_bytes(content)
    engine = TinySinger()
    order = a_morph(strengths=Strengths(cover=0.7, weirdness=0.1))
    async with server(tmp_path / "data", engine=engine) as here, client(here.url, model=ENGINE_MODEL) as host:
        assert "cover" in host.offers.transforms
        made = await host.create(wanted_of(order), reference="r", webhook=None, source=Source(file=file))
        ended = await here.ended(made.id)
        assert ended["status"] == "succeeded", ended["error"]
        fetched = await host.fetch((await host.get(made.id)).results[0], tmp_path)
    assert fetched.score is not None
    assert json.loads(fetched.score.read_bytes()) == SCORE
    (source,) = engine.sources
    assert json.loads(source or b"") == SCORE if name == "score.json" else source == content
    (spec,) = engine.jobs[0].wanted.specs
    asked = ("transform", "tags", "seed", "cover_strength", "weirdness")
    assert [spec[each] for each in asked] == ["cover", "techno", 5, 0.7, 0.1]


@pytest.mark.parametrize(
    ("transform", "span"),
    [
        ("extend", Span(crop_end_s=2.5)),
        ("inpaint", Span(replace_start_s=1, replace_end_s=2)),
        ("swap_vocals", Span()),
        ("swap_sound", Span()),
    ],
)
async def test_every_transform_has_its_shape(tmp_path: Path, transform: str, span: Span) -> None:
    """The server accepts what the client makes of each."""
    file = tmp_path / "score.json"
    file.write_text(json.dumps(SCORE))
    order = a_morph(transform, span=span, strengths=Strengths(variation=0.3, lyrics=0.2, sound_prompt=1))
    async with server(tmp_path / "data") as here, client(here.url, model=ENGINE_MODEL) as host:
        made = await host.create(wanted_of(order), reference="r", webhook=None, source=Source(file=file))
        stored = (await here.ended(made.id))["input"]
        assert stored["transform"] == transform
        assert {name: stored[name] for name in ("crop_end_at",) if name in stored} == (
            {"crop_end_at": 2.5} if transform == "extend" else {}
        )


async def test_riffusion_makes_riffs_only(tmp_path: Path) -> None:
    """Refused at home: the host is never called."""
    async with scripted(answer(201, told())) as script, client(script.url) as host:
        assert not host.offers.transforms
        source = Source(file=tmp_path / "score.json")
        with pytest.raises(Refused):
            await host.create(wanted_of(a_morph()), reference="r", webhook=None, source=source)
        assert script.calls == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/score.json", "nothing", "data:,hello"])
async def test_a_score_that_cannot_be_had_spoils_nothing(tmp_path: Path, address: str) -> None:
    """The sound is there, and that is what was ordered."""
    sound = "data:audio/wav;base64,UklGRgAAAABXQVZF"
    output = {"audio": sound, "score": address}
    done = told(status="succeeded", output=output)
    lost = answer(404)
    async with scripted(answer(200, done), lost) as script, client(script.url, model=ENGINE_MODEL) as host:
        fetched = await host.fetch((await host.get("p")).results[0], tmp_path)
    assert fetched.audio.exists()
    assert fetched.score is None
