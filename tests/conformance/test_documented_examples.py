"""The request examples that API documents of this dialect print, sent as they stand."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.conformance.support import TOKEN, front

RIFFUSION = "8cf61ea6c56afd61d8f5b9ffd14d7c216c0a93844ce2d82ac1c9ecc9c7f24e05"
SIX: dict[str, Any] = {
    "alpha": 0.5,
    "prompt_a": "funky synth solo",
    "prompt_b": "90's rap",
    "denoising": 0.75,
    "seed_image_id": "vibes",
    "num_inference_steps": 50,
}
OTHER_MODEL = "stability-ai/stable-diffusion:ac732df83cea7fff18b8472768c88ad041fa750ff7682a21affe81863cbe77e4"
FULL: dict[str, Any] = {
    "version": RIFFUSION,
    "input": SIX,
    "stream": True,
    "webhook": "https://example.com/hook",
    "webhook_events_filter": "completed",
}


@pytest.fixture
async def session(tmp_path: Path) -> AsyncGenerator[aiohttp.ClientSession]:
    """Calls to a server, with its token."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with front(tmp_path, https=False) as here, aiohttp.ClientSession(here.url, headers=headers) as made:
        here.engine.free.clear()
        yield made
        here.engine.free.set()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{gateway}/models/riffusion/riffusion/predictions", {"version": RIFFUSION, "input": SIX}, status)
        for gateway, status in (("/replicate/v1", 200), ("/v1", 201), ("", 201))
    ]
    + [
        (f"{prefix}/predictions", body, status)
        for prefix, status in (("", 201), ("/v1", 201), ("/replicate/v1", 200))
        for body in (FULL, {**FULL, "webhook_events_filter": ["start", "output"]}, {**FULL, "stream": False})
    ],
)
async def test_creating(session: aiohttp.ClientSession, path: str, body: Any, status: int) -> None:
    """Accepted with the status of that gateway; the answer has every field that documents call required."""
    async with session.post(path, json=body) as response:
        told = await response.json()
        assert response.status == status, told
    required = {"id", "model", "version", "input", "logs", "output", "data_removed", "error", "status"}
    assert required | {"created_at", "urls"} <= told.keys()
    assert told["input"] == SIX
    assert {"get", "cancel", "stream", "web"} <= told["urls"].keys()
    async with aiohttp.ClientSession() as anybody, anybody.get(told["urls"]["web"]) as page:
        assert (page.status, page.content_type) == (200, "text/html")
    plain = path.removesuffix("/models/riffusion/riffusion/predictions").removesuffix("/predictions")
    for method, call in (
        ("GET", f"{plain}/predictions"),
        ("GET", f"{plain}/predictions/{told['id']}"),
        ("POST", f"{plain}/predictions/{told['id']}/cancel"),
    ):
        async with session.request(method, call, headers={"Content-Type": "application/json"}) as response:
            assert response.status == 200


async def test_a_model_that_is_not_here(session: aiohttp.ClientSession) -> None:
    """The example of another model's page is understood, and refused for its version alone."""
    body = {"version": OTHER_MODEL, "input": {"width": 768, "height": 768, "prompt": "an astronaut"}}
    async with session.post("/replicate/v1/predictions", json=body) as response:
        told = await response.json(content_type="application/problem+json")
        assert (response.status, [fault["field"] for fault in told["invalid_fields"]]) == (422, ["version"])


async def test_a_song(session: aiohttp.ClientSession) -> None:
    """The example of the songs dialect, whose morph holds nothing but placeholders, gives two jobs."""
    zeros = dict.fromkeys(
        (
            *("normalized_lyrics_strength", "normalized_sound_prompt_strength", "normalized_weirdness"),
            *("normalized_cover_strength", "normalized_variation_strength", "crop_end_at"),
            *("replace_start_at", "replace_end_at", "duration"),
        ),
        0,
    )
    named = {"riff_id": "string", "audio_upload_id": "string", "transform": "cover"}
    body = {
        "model": "FUZZ-1.0",
        "lyrics": "string",
        "tag": "string",
        "title": "string",
        "instrumental": False,
        "morph": {**named, **zeros},
    }
    async with session.post("/riffusion/generate", json=body) as response:
        told = await response.json()
        assert response.status == 200, told
    assert len(told["jobs"]) == 2
