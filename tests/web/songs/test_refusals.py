"""What the songs dialect refuses, in the gateways' envelope."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio

from tests.web.api.support import Server, server
from tests.web.songs.support import SONG, STRENGTHS, TinySinger, finished, generate, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Server]:
    """One server for all: nothing is made that another test could see."""
    async with server(tmp_path_factory.mktemp("engine"), engine=TinySinger()) as opened:
        yield opened


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"model": "FUZZ-2.0"}, "model"),
        ({"model": None}, "model"),
        ({"lyrics": None}, "lyrics"),
        ({"tag": 7}, "tag"),
        ({"title": "x" * 201}, "title"),
        ({"tag": " ", "lyrics": "", "title": ""}, "tag"),
        ({"instrumental": "perhaps"}, "instrumental"),
        ({"morph": {}}, "morph.riff_id"),
        ({"morph": "cover"}, "morph"),
        ({"duration": 20}, "duration"),
        ({"riff_id": "5b0f2c1e-0000-4000-8000-000000000001"}, "riff_id"),
        ({"normalized_weirdness": 0, "morph": {"transform": "cover"}}, "normalized_weirdness"),
    ],
)
async def test_wrong_requests_are_named(here: Server, changes: dict[str, Any], field: str) -> None:
    """400 in the gateways' envelope, with the field at fault."""
    named, message = await refused(here, **{**SONG, **changes})
    assert named == field
    assert message.startswith(f"{field}: ")
    assert here.engine.jobs == []


async def test_what_nobody_knows_is_ignored(here: Server) -> None:
    """Gateways' clients send fields of their own; a morph's field beside it is named when filled."""
    asked = await generate(here, zzz=1, callback={"a": []}, duration=None)
    await finished(here, *asked)
    assert here.engine.jobs.pop().wanted.kind == "song"
    here.engine.jobs.clear()
    _, message = await refused(here, **SONG, transform="cover")
    assert message.startswith("transform: belongs into morph, as morph.transform")


@pytest.mark.parametrize("missing", ["model", "lyrics", "tag", "title"])
async def test_required_fields_are_missed(here: Server, missing: str) -> None:
    """Each of the four that the document calls required."""
    sent = {name: value for name, value in SONG.items() if name != missing}
    assert (await refused(here, **sent))[0] == missing


@pytest.mark.parametrize("body", [b"", b"{", b'{"model": NaN}', b"\xff", b'"\\ud800"', b"[" * 100_000])
async def test_what_is_no_json_is_refused(here: Server, body: bytes) -> None:
    """Broken, not finite, not Unicode, too deep."""
    headers = {"Content-Type": "application/json"}
    async with here.session.post(f"{here.url}/riffusion/generate", data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/riffusion/generate", 405, "method_not_allowed"),
        ("GET", "/riffusion/nothing", 404, "not_found"),
        ("GET", "/riffusion/feed/5b0f2c1e-0000-4000-8000-000000000001", 404, "not_found"),
        ("GET", "/riffusion/feed/hello", 404, "not_found"),
        ("GET", "/riffusion/feed/,", 400, "invalid_request"),
        ("POST", "/riffusion/generate", 415, "unsupported_media_type"),
        ("POST", "/riffusion/upload", 415, "unsupported_media_type"),
    ],
)
async def test_every_refusal_has_the_envelope(
    here: Server, method: str, path: str, status: int, code: str
) -> None:
    """Whoever refuses: a handler or the router."""
    answered, told, response = await here.call(method, path)
    assert (answered, told["error"]["code"]) == (status, code)
    assert response.content_type == "application/json"
    assert status != 405 or "POST" in response.headers["Allow"]


MORPHS: dict[str, dict[str, Any]] = {
    "cover": {"normalized_cover_strength": 0.8, "normalized_variation_strength": None},
    "extend": {"crop_end_at": 2, "normalized_variation_strength": 1},
    "inpaint": {"replace_start_at": 1.5, "replace_end_at": 3, "normalized_variation_strength": 0.2},
    "swap_vocals": {"normalized_cover_strength": 1, "normalized_variation_strength": None},
    "swap_sound": {"normalized_variation_strength": 0.5},
}
"""What is asked of each transform besides the strengths that all take."""


async def _parent(here: Server) -> str:
    ids = await generate(here)
    await finished(here, *ids)
    return ids[0]


@pytest.mark.parametrize("transform", MORPHS)
async def test_each_transform_takes_its_fields(here: Server, transform: str) -> None:
    """Integers, floats and null; the engine gets them by its names, and the parent's score with them."""
    parent = await _parent(here)
    before = len(here.engine.jobs)
    morph = {"riff_id": parent, "transform": transform, **STRENGTHS, **MORPHS[transform], "duration": 0}
    ids = await generate(here, morph=morph)
    told = await finished(here, *ids)
    assert [(song.transform, song.parent_riff_id) for song in told.generations] == [(transform, parent)] * 2
    made = here.engine.jobs[before:]
    assert {job.wanted.specs[0]["transform"] for job in made} == {transform}
    assert sorted(job.wanted.specs[0]["take"] for job in made) == [0, 1]


FOREIGN = [
    ("cover", "normalized_variation_strength", 0.5),
    ("cover", "crop_end_at", 0),
    ("cover", "replace_end_at", 4),
    ("extend", "normalized_cover_strength", 0),
    ("extend", "replace_start_at", 1),
    ("inpaint", "crop_end_at", 4),
    ("swap_vocals", "normalized_variation_strength", 0),
    ("swap_vocals", "replace_start_at", 0),
    ("swap_sound", "crop_end_at", 1),
]
WRONG = [
    ("cover", "normalized_weirdness", 1.01),
    ("cover", "normalized_lyrics_strength", -0.1),
    ("cover", "normalized_sound_prompt_strength", "much"),
    ("cover", "duration", 5),
    ("cover", "duration", 241),
    ("cover", "transform", "remix"),
    ("cover", "transform", None),
    ("cover", "riff_id", "5b0f2c1e-0000-4000-8000-000000000001"),
    ("cover", "riff_id", "string"),
    ("cover", "riff_id", ""),
    ("cover", "audio_upload_id", "5b0f2c1e-0000-4000-8000-000000000001"),
    ("cover", "loudness", 1),
    ("extend", "crop_end_at", 0),
    ("extend", "crop_end_at", None),
    ("inpaint", "replace_start_at", None),
    ("inpaint", "replace_end_at", None),
    ("inpaint", "replace_end_at", 1.5),
]


@pytest.mark.parametrize(("transform", "field", "value"), [*FOREIGN, *WRONG])
async def test_a_wrong_morph_is_named(here: Server, transform: str, field: str, value: object) -> None:
    """Foreign, missing, out of range, contradictory or unknown: 400 with the field, and nothing is made."""
    parent = await _parent(here)
    before = len(here.engine.jobs)
    morph = {"riff_id": parent, "transform": transform, **STRENGTHS, **MORPHS[transform], field: value}
    named, _ = await refused(here, **SONG, morph=morph)
    assert named == f"morph.{field}"
    assert len(here.engine.jobs) == before


async def test_no_voice_and_another_voice_exclude_each_other(here: Server) -> None:
    """``instrumental`` with ``swap_vocals`` is a contradiction."""
    morph = {"riff_id": await _parent(here), "transform": "swap_vocals", **STRENGTHS}
    assert (await refused(here, **SONG, instrumental=True, morph=morph))[0] == "instrumental"
